// The pure halves of DeleteObjects, hostile answers among them (guards G5 and G6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/s3_codec.hpp"

namespace s3m::aws {
namespace {

using testing::HasSubstr;

std::string result(std::string_view inside) {
  return "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + std::string(inside) +
         "</DeleteResult>";
}

const std::vector<DeleteTarget> two{{.key = "a", .etag = "e"}, {.key = "b", .version = "v"}};

TEST(DeleteObjects, PinsEachObject) {
  const auto request = delete_objects_request(
      {.bucket = "b",
       .objects = {{.key = "a&b", .etag = "e"}, {.key = "k", .version = "v1"}},
       .expected_owner = "111122223333"});
  EXPECT_THAT(request.body,
              HasSubstr("<Object><Key>a&amp;b</Key><ETag>&quot;e&quot;</ETag></Object>"
                        "<Object><Key>k</Key><VersionId>v1</VersionId></Object>"));
  EXPECT_EQ(request.answer, Answer::xml);
  EXPECT_EQ(request.kind, RequestKind::remove);
}

TEST(DeleteObjects, SaysOfEachWhatBecameOfIt) {
  const auto outcomes = parse_delete_result(
      result("<Error><Key>b</Key><VersionId>v</VersionId><Code>PreconditionFailed</Code>"
             "<Message>no</Message></Error><Deleted><Key>a</Key></Deleted>"),
      two);
  ASSERT_TRUE(outcomes) << outcomes.error().describe();
  ASSERT_EQ(outcomes->size(), 2U);
  EXPECT_FALSE((*outcomes)[0].has_value());
  ASSERT_TRUE((*outcomes)[1].has_value());
  EXPECT_EQ((*outcomes)[1]->code(), Errc::precondition_failed);
  EXPECT_EQ((*outcomes)[1]->key(), "b");
}

TEST(DeleteObjects, WhatMayBeTriedAgainSaysSo) {
  const auto outcomes = parse_delete_result(
      result("<Error><Key>a</Key><Code>SlowDown</Code></Error><Error><Key>b</Key>"
             "<VersionId>v</VersionId><Code>SomethingNew</Code></Error>"),
      two);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0]->retry(), RetryClass::throttle);
  EXPECT_EQ((*outcomes)[1]->retry(), RetryClass::never);
}

TEST(DeleteObjects, G6AnAnswerAboutSomethingElseIsAnError) {
  for (const auto* const inside :
       {"<Deleted><Key>a</Key></Deleted><Deleted><Key>c</Key></Deleted>",
        "<Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key><VersionId>w</VersionId></Deleted>",
        "<Deleted><Key>a</Key></Deleted><Deleted><Key>a</Key></Deleted>",
        "<Deleted><Key>a</Key></Deleted>", "", "<Deleted/>"}) {
    const auto outcomes = parse_delete_result(result(inside), two);
    ASSERT_FALSE(outcomes.has_value()) << inside;
    EXPECT_EQ(outcomes.error().code(), Errc::protocol) << inside;
  }
}

TEST(DeleteObjects, VersionsOfAKeyAreToldApart) {
  const std::vector<DeleteTarget> versions{{.key = "k", .version = "1"},
                                           {.key = "k", .version = "2"}};
  const auto outcomes = parse_delete_result(
      result("<Deleted><Key>k</Key><VersionId>2</VersionId></Deleted><Error><Key>k</Key>"
             "<VersionId>1</VersionId><Code>AccessDenied</Code></Error>"),
      versions);
  ASSERT_TRUE(outcomes);
  EXPECT_TRUE((*outcomes)[0].has_value());
  EXPECT_FALSE((*outcomes)[1].has_value());
  EXPECT_FALSE(parse_delete_result(result("<Deleted><Key>k</Key></Deleted><Deleted><Key>k</Key>"
                                          "</Deleted>"),
                                   versions)
                   .has_value())
      << "which of them is gone?";
}

}  // namespace
}  // namespace s3m::aws
