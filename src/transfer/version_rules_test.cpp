#include "transfer/version_rules.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using namespace std::chrono_literals;

struct Listed {
  std::string key, id;
  int second = 0;
  bool latest = false, marker = false;
};

aws::VersionPage page_of(std::initializer_list<Listed> all, std::string next_key = {},
                         std::string next_id = {}) {
  aws::VersionPage page;
  for (const auto& one : all) {
    aws::VersionEntry entry{.key = one.key, .latest = one.latest};
    entry.version.id = one.id;
    entry.version.delete_marker = one.marker;
    entry.version.last_modified = WallTime(std::chrono::seconds(one.second));
    page.versions.push_back(std::move(entry));
  }
  page.truncated = !next_key.empty();
  page.next_key_marker = std::move(next_key);
  page.next_version_id_marker = std::move(next_id);
  page.request_id = "R1";
  return page;
}

std::string verdict(const aws::VersionPage& page, const aws::ListVersionsRequest& request = {}) {
  VersionRules rules("bucket", request.prefix);
  const auto result = rules.check(page, request);
  if (result) return "believed";
  EXPECT_EQ(result.error().code(), Errc::listing_order);
  EXPECT_EQ(result.error().bucket(), "bucket");
  EXPECT_EQ(result.error().operation(), "ListObjectVersions");
  EXPECT_EQ(result.error().request_id(), "R1");
  return result.error().message();
}

#define EXPECT_VERDICT(text, part) EXPECT_NE(text.find(part), std::string::npos) << text

constexpr bool latest = true, marker = true;

TEST(VersionRules, HistoriesNewestFirstAreBelieved) {
  EXPECT_EQ(verdict(page_of({{"a", "3", 30, latest, marker},
                             {"a", "2", 20},
                             {"a", "1", 20, false, marker},
                             {"b", "4", 5, latest}},
                            "b", "4")),
            "believed");
  EXPECT_EQ(verdict(page_of({{"a", "1", 10}, {"b", "2", 9, latest}}),
                    {.key_marker = "a", .version_id_marker = "2"}),
            "believed")
      << "the rest of the marker's key";
}

TEST(VersionRules, KeysAndTimesMustNotGoBack) {
  EXPECT_VERDICT(verdict(page_of({{"b", "1", 1, latest}, {"a", "2", 1, latest}})), "binary order");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1, latest}, {"a", "2", 2}})), "behind an older one");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1, latest}, {"a", "1", 1}})), "twice");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1, latest}, {"a", "2", 1, latest}})), "latest");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1}})), "does not begin a key with its latest");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1, latest}}), {.key_marker = "b"}), "goes back");
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1, latest}}), {.prefix = "b"}), "outside the prefix");
}

TEST(VersionRules, MarkersListedApartAreNoHistory) {
  const std::string_view apart = "apart from each other";
  EXPECT_VERDICT(verdict(page_of(
                     {{"a", "1", 1, latest}, {"b", "2", 1, latest}, {"a", "3", 2, false, marker}})),
                 apart)
      << "the keys begin again";
  EXPECT_VERDICT(verdict(page_of({{"a", "1", 1}, {"a", "3", 2, latest, marker}})), apart);
  EXPECT_VERDICT(
      verdict(page_of({{"a", "3", 3, latest}, {"a", "1", 1}, {"a", "2", 2, false, marker}})), apart)
      << "the marker stood between them";
}

TEST(VersionRules, ACutPageMustSayHowToGoOn) {
  auto cut = page_of({{"a", "1", 1, latest}}, "a", "1");
  EXPECT_EQ(verdict(cut), "believed");
  EXPECT_VERDICT(verdict(cut, {.key_marker = "a", .version_id_marker = "1"}), "repeats its marker");
  cut.next_key_marker.clear();
  EXPECT_VERDICT(verdict(cut), "has no marker");
}

TEST(VersionRules, EmptyPagesEnd) {
  VersionRules rules("bucket", "");
  const aws::ListVersionsRequest request{.key_marker = "a", .version_id_marker = "1"};
  const auto empty = page_of({}, "a", "1");
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(rules.check(empty, request).has_value());
  EXPECT_FALSE(rules.check(empty, request).has_value());
}

}  // namespace
}  // namespace s3m::transfer
