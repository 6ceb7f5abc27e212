#include "aws/sub_resource.hpp"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/s3_codec.hpp"

namespace s3m::aws {
namespace {

using testing::ElementsAre;
using testing::Pair;

const SubResourceKind& kind(std::string_view query) {
  const auto* found = find_sub_resource_kind(query);
  if (found == nullptr) throw std::runtime_error("no such kind");
  return *found;
}

net::HttpResponse answer(std::string body, std::string_view name = {},
                         std::string_view value = {}) {
  net::HttpResponse response{.status = 200, .headers = {}, .body = std::move(body)};
  if (name.empty()) return response;
  response.headers.reset(fmt::format("{}{}", name, value));
  const auto block = response.headers.block();
  response.headers.add(block.substr(0, name.size()), block.substr(name.size()));
  return response;
}

// The document, or what there is in its place.
std::string parsed(std::string_view query, std::string body) {
  const auto found = parse_sub_resource(kind(query), answer(std::move(body)));
  if (!found) return std::string(name(found.error().code()));
  return *found ? (*found)->document : "absent";
}

std::string header(const Request& request, std::string_view wanted) {
  for (const auto& field : request.headers)
    if (field.name == wanted) return field.value;
  return "(none)";
}

TEST(SubResources, AreEachThereOnce) {
  std::set<std::string_view> queries;
  for (const auto& one : sub_resource_kinds()) {
    EXPECT_TRUE(queries.insert(one.query).second) << one.query;
    EXPECT_TRUE(one.read_permission.starts_with("s3:Get")) << one.query;
    EXPECT_FALSE(one.get.empty()) << one.query;
    EXPECT_EQ(one.put.empty(), one.write_permission.empty()) << one.query;
    EXPECT_EQ(find_sub_resource_kind(one.query), &one);
  }
  EXPECT_EQ(find_sub_resource_kind("acls"), nullptr);
  EXPECT_EQ(find_sub_resource_kind(""), nullptr);
}

TEST(SubResources, AreGivenAsTheyWereWritten) {
  const std::string cors =
      "<?xml version=\"1.0\"?>\n<CORSConfiguration xmlns=\"x\">\n<CORSRule/>"
      "</CORSConfiguration>\n";
  EXPECT_EQ(parsed("cors", cors), cors);
  EXPECT_EQ(parsed("policy", "{ \"Statement\": [] }"), "{ \"Statement\": [] }");
}

TEST(SubResources, AnEmptyDocumentSaysThatNothingIsSet) {
  EXPECT_EQ(parsed("versioning", "<VersioningConfiguration xmlns=\"x\"/>"), "absent");
  EXPECT_EQ(parsed("notification", "<NotificationConfiguration>\n</NotificationConfiguration>"),
            "absent");
  EXPECT_EQ(parsed("policy", ""), "absent");
}

TEST(SubResources, AnAnswerToAnotherQuestionIsNone) {
  for (const auto* body : {"", "  \n", "<ListBucketResult><Name>b</Name></ListBucketResult>",
                           "<LocationConstraint>x</LocationConstraint>"})
    EXPECT_EQ(parsed("replication", body), "not_supported") << body;
  EXPECT_EQ(parsed("policy", "<ListBucketResult/>"), "not_supported");
}

TEST(SubResources, WhatIsBrokenIsNeverAbsence) {
  EXPECT_EQ(parsed("lifecycle", "<LifecycleConfiguration><Rule>"), "protocol");
  EXPECT_EQ(parsed("lifecycle", "<Error><Code>InternalError</Code></Error>"), "unavailable");
}

TEST(SubResources, AnotherServicesRootIsNamedAsS3NamesIt) {
  const auto text = parsed("versioning",
                           "<GetBucketVersioningResponse><Status>Enabled</Status>"
                           "</GetBucketVersioningResponse>");
  EXPECT_NE(text.find("<VersioningConfiguration><Status>Enabled</Status>"), std::string::npos)
      << text;
}

TEST(SubResources, AHeaderThatBelongsToADocumentComesAlong) {
  const std::string_view header_name = "x-amz-transition-default-minimum-object-size";
  const std::string body = "<LifecycleConfiguration><Rule/></LifecycleConfiguration>";
  const auto found =
      parse_sub_resource(kind("lifecycle"), answer(body, header_name, "varies_by_storage_class"));
  ASSERT_TRUE(found && *found);
  EXPECT_THAT((*found)->headers, ElementsAre(Pair(header_name, "varies_by_storage_class")));
  const auto request = put_sub_resource_request(kind("lifecycle"), "b", "", **found, "1");
  EXPECT_EQ(header(request, header_name), "varies_by_storage_class");
  EXPECT_EQ(header(request, "x-amz-expected-bucket-owner"), "1");
  EXPECT_EQ(request.body, body);
}

TEST(SubResources, APutCarriesItsChecksumAndAsksNoTargetOfNotifications) {
  const auto cors = put_sub_resource_request(kind("cors"), "b", "", {"{}", {{"x-evil", "1"}}}, "");
  EXPECT_EQ(header(cors, "content-md5"), "mZFLkyvTelC5g8XnyQrpOw==");
  EXPECT_EQ(header(cors, "x-evil"), "(none)") << "only the header of the kind";
  EXPECT_EQ(header(cors, "x-amz-skip-destination-validation"), "(none)");
  const auto events = put_sub_resource_request(kind("notification"), "b", "", {"<N/>", {}}, "");
  EXPECT_EQ(header(events, "x-amz-skip-destination-validation"), "true");
}

TEST(SubResources, IdsOfAPage) {
  const auto ids = [](std::string_view inside,
                      std::string_view root = "ListInventoryConfigurationsResult") {
    return parse_sub_resource_page(kind("inventory"), fmt::format("<{0}>{1}</{0}>", root, inside));
  };
  const auto page = ids(
      "<InventoryConfiguration><Id>a b</Id></InventoryConfiguration><InventoryConfiguration><Id>c"
      "</Id></InventoryConfiguration><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t</NextContinuationToken>");
  ASSERT_TRUE(page);
  EXPECT_THAT(page->ids, ElementsAre("a b", "c"));
  EXPECT_EQ(page->next_token, "t");
  EXPECT_EQ(ids("<IsTruncated>true</IsTruncated>").error().code(), Errc::protocol);
  EXPECT_EQ(ids("<InventoryConfiguration/>").error().code(), Errc::protocol);
  EXPECT_EQ(ids("<IsTruncated>false</IsTruncated>", "ListBucketResult").error().code(),
            Errc::not_supported);
  EXPECT_TRUE(ids("")->ids.empty());
}

}  // namespace
}  // namespace s3m::aws
