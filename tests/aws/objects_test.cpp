// Listing, reading, copying and deleting objects against the simulator.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/aws/simulated_s3.hpp"

namespace s3m::aws {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

class Objects : public SimulatedS3 {
 protected:
  Objects() : SimulatedS3(filled()) {}

  static sim::Scenario filled() {
    auto scenario = world();
    scenario.bucket("photos", sim::source_account).odd_keys = true;
    scenario.switches.listing_page = 7;
    return scenario;
  }

  void put(std::string_view bucket, sim::ObjectSpec object) {
    cloud([&](sim::Cloud& cloud) { cloud.put(bucket, object); });
  }
  std::vector<std::string> listed(std::string bucket, std::string prefix = {}) {
    std::vector<std::string> keys;
    ListRequest request{.bucket = std::move(bucket), .prefix = std::move(prefix)};
    for (;;) {
      auto page = run(s3_.list_objects(request));
      if (!page) {
        ADD_FAILURE() << page.error().describe();
        return keys;
      }
      for (auto& object : page->objects)
        keys.push_back(std::move(object.key));
      if (!page->truncated) return keys;
      request.continuation_token = page->next_token;
    }
  }
  std::vector<std::string> keys_of(std::string_view bucket) {
    return cloud([bucket](sim::Cloud& cloud) { return cloud.keys(bucket); });
  }

  S3 s3_ = s3(administrator());
};

TEST_F(Objects, EveryOddKeyIsListedInOrder) {
  const auto keys = listed("photos");
  EXPECT_EQ(keys, keys_of("photos"));
  EXPECT_GE(keys.size(), 20u);
}

TEST_F(Objects, AListingStartsAfterAKeyAndEndsWithItsPrefix) {
  for (auto* const key : {"a", "p/1", "p/2", "p/3", "q"})
    put("copies", {.key = key});
  EXPECT_THAT(listed("copies", "p/"), ElementsAre("p/1", "p/2", "p/3"));
  const auto page =
      run(s3_.list_objects({.bucket = "copies", .prefix = "p/", .start_after = "p/1"}));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "p/2");
  EXPECT_NE(page->request_id, "");
}

TEST_F(Objects, EveryOddKeyIsCopiedReadAndDeleted) {
  for (const auto& key : keys_of("photos")) {
    const auto head = run(s3_.head_object({.object = {"photos", key, ""}}));
    ASSERT_TRUE(head) << head.error().describe();
    const auto copied = run(s3_.copy_object({.source = {"photos", key, ""},
                                             .source_etag = head->etag,
                                             .bucket = "copies",
                                             .key = key,
                                             .write = {.if_none_match = true}}));
    ASSERT_TRUE(copied) << copied.error().describe();
    EXPECT_EQ(copied->etag, head->etag);
    const auto original = run(s3_.get_object({"photos", key, ""}, ""));
    const auto copy = run(s3_.get_object({"copies", key, ""}, ""));
    ASSERT_TRUE(original && copy);
    EXPECT_EQ(*original, *copy);
  }
  EXPECT_EQ(keys_of("copies"), keys_of("photos"));
  for (const auto& key : keys_of("copies"))
    EXPECT_EQ(outcome(run(s3_.delete_object({"copies", key, ""}, "", ""))), "ok");
  EXPECT_TRUE(keys_of("copies").empty());
}

TEST_F(Objects, WhatAHeadSays) {
  put("photos", {.key = "k",
                 .body = "hello",
                 .metadata = {{"camera", "x100"}, {"place", "=?UTF-8?B?w7w=?="}},
                 .headers = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
                 .tags = {{"a", "1"}, {"b", " "}},
                 .storage_class = "STANDARD_IA"});
  const auto head = run(s3_.head_object({.object = {"photos", "k", ""}, .checksum = true}));
  ASSERT_TRUE(head) << head.error().describe();
  EXPECT_EQ(head->size, 5u);
  EXPECT_EQ(head->etag, "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(head->content_type, "text/plain");
  EXPECT_EQ(head->cache_control, "no-store");
  EXPECT_EQ(head->storage_class, "STANDARD_IA");
  EXPECT_EQ(head->tag_count, 2);
  EXPECT_THAT(head->metadata,
              UnorderedElementsAre(Pair("camera", "x100"), Pair("place", "=?UTF-8?B?w7w=?=")));
  ASSERT_EQ(head->checksums.size(), 1u);
  EXPECT_EQ(head->checksums[0].algorithm, "CRC64NVME");
  EXPECT_TRUE(head->checksums[0].full_object);
  const auto tags = run(s3_.get_object_tagging({"photos", "k", ""}, ""));
  ASSERT_TRUE(tags);
  EXPECT_THAT(*tags, UnorderedElementsAre(Pair("a", "1"), Pair("b", " ")));
}

TEST_F(Objects, PutGivesTheETagOfItsBytes) {
  const auto put = run(s3_.put_object({.bucket = "copies",
                                       .key = "note",
                                       .body = "hello",
                                       .content_type = "text/plain",
                                       .write = {.if_none_match = true}}));
  ASSERT_TRUE(put) << put.error().describe();
  EXPECT_EQ(put->etag, "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(
      outcome(run(s3_.put_object(
          {.bucket = "copies", .key = "note", .body = "x", .write = {.if_none_match = true}}))),
      "precondition_failed");
}

TEST_F(Objects, CopiesArePinnedAndConditional) {
  put("photos", {.key = "k", .body = "hello"});
  const auto copy = [this](std::string source_etag, WriteOptions write) {
    return outcome(run(s3_.copy_object({.source = {"photos", "k", ""},
                                        .source_etag = std::move(source_etag),
                                        .bucket = "copies",
                                        .key = "k",
                                        .write = std::move(write)})));
  };
  const std::string etag = "5d41402abc4b2a76b9719d911017c592";
  EXPECT_EQ(copy("another", {}), "precondition_failed");
  EXPECT_EQ(copy(etag, {.if_none_match = true}), "ok");
  EXPECT_EQ(copy(etag, {.if_none_match = true}), "precondition_failed");
  EXPECT_EQ(copy(etag, {.if_match = "another"}), "precondition_failed");
  EXPECT_EQ(copy(etag, {.if_match = etag}), "ok");
}

TEST_F(Objects, OwnersAreExpectedOnBothSides) {
  put("photos", {.key = "k", .body = "hello"});
  const auto copy = [this](std::string source_owner, std::string owner) {
    return outcome(run(s3_.copy_object({.source = {"photos", "k", ""},
                                        .source_expected_owner = std::move(source_owner),
                                        .bucket = "copies",
                                        .key = "k",
                                        .write = {.expected_owner = std::move(owner)}})));
  };
  const std::string us(sim::source_account), others(sim::destination_account);
  EXPECT_EQ(copy(us, us), "ok");
  EXPECT_EQ(copy(others, us), "access_denied");
  EXPECT_EQ(copy(us, others), "access_denied");
}

TEST_F(Objects, AnObjectAboveFiveGibibytesIsTooLargeToCopyInOne) {
  put("photos", {.key = "big", .size = (5ULL << 30) + 1});
  EXPECT_EQ(outcome(run(s3_.copy_object(
                {.source = {"photos", "big", ""}, .bucket = "copies", .key = "big"}))),
            "too_large");
}

TEST_F(Objects, DeletesArePinnedAndTheGoneIsGone) {
  put("copies", {.key = "k", .body = "hello"});
  const ObjectAddress object{"copies", "k", ""};
  EXPECT_EQ(outcome(run(s3_.delete_object(object, "another", ""))), "precondition_failed");
  EXPECT_EQ(outcome(run(s3_.delete_object(object, "5d41402abc4b2a76b9719d911017c592", ""))), "ok");
  EXPECT_EQ(outcome(run(s3_.delete_object(object, "", ""))), "ok");
  EXPECT_EQ(outcome(run(s3_.delete_object({"nowhere", "k", ""}, "", ""))), "no_such_bucket");
}

TEST_F(Objects, ManyAreDeletedAtOnceEachPinned) {
  for (auto* const key : {"a<&>\"'", "b", "c"})
    put("copies", {.key = key, .body = "hello"});
  const std::string etag = "5d41402abc4b2a76b9719d911017c592";
  const auto deleted = run(s3_.delete_objects({.bucket = "copies",
                                               .objects = {{.key = "a<&>\"'", .etag = etag},
                                                           {.key = "b", .etag = "another"},
                                                           {.key = "gone", .etag = etag}}}));
  ASSERT_TRUE(deleted.has_value()) << deleted.error().describe();
  ASSERT_EQ(deleted->size(), 3U);
  EXPECT_FALSE((*deleted)[0].has_value());
  ASSERT_TRUE((*deleted)[1].has_value());
  EXPECT_EQ((*deleted)[1]->code(), Errc::precondition_failed);
  EXPECT_EQ((*deleted)[1]->bucket(), "copies");
  EXPECT_FALSE((*deleted)[1]->request_id().empty());
  EXPECT_FALSE((*deleted)[2].has_value());
  EXPECT_THAT(keys_of("copies"), ElementsAre("b", "c"));
}

TEST_F(Objects, G6AKeyThatXmlCannotCarryIsNotSentInIt) {
  put("copies", {.key = "a\nb", .body = "hello"});
  EXPECT_EQ(outcome(run(s3_.delete_objects(
                {.bucket = "copies", .objects = {{.key = "a\rb", .version = {}, .etag = "e"}}}))),
            "refused");
  EXPECT_EQ(seen("DeleteObjects"), 0U);
  EXPECT_THAT(keys_of("copies"), ElementsAre("a\nb"));
}

TEST_F(Objects, G6AnAnswerAboutAnotherKeyIsAnError) {
  put("copies", {.key = "k", .body = "hello"});
  add_fault({.operation = "DeleteObjects", .effect = sim::FaultEffect::names_another_key});
  EXPECT_EQ(outcome(run(s3_.delete_objects(
                {.bucket = "copies", .objects = {{.key = "k", .version = {}, .etag = {}}}}))),
            "protocol");
}

TEST_F(Objects, WhatIsNotThere) {
  EXPECT_EQ(outcome(run(s3_.head_object({.object = {"photos", "none", ""}}))), "no_such_key");
  EXPECT_EQ(outcome(run(s3_.get_object({"photos", "none", ""}, ""))), "no_such_key");
  EXPECT_EQ(outcome(run(s3_.list_objects({.bucket = "nowhere"}))), "no_such_bucket");
  EXPECT_EQ(outcome(run(s3_.copy_object(
                {.source = {"photos", "none", ""}, .bucket = "copies", .key = "k"}))),
            "no_such_key");
}

TEST_F(Objects, StrangersAreDenied) {
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_EQ(outcome(run(stranger.list_objects({.bucket = "photos"}))), "access_denied");
  const auto head = run(stranger.head_object({.object = {"photos", "k", ""}}));
  EXPECT_EQ(outcome(head), "access_denied");
}

}  // namespace
}  // namespace s3m::aws
