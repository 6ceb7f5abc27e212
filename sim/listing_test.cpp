#include "sim/listing.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "sim/page.hpp"
#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::element;
using testing::elements;
using testing::Rig;
using testing::Signer;

class Listing : public ::testing::Test {
 protected:
  Listing() : rig(scenario()) {}
  static Scenario scenario() {
    Scenario scenario = article_scenario();
    scenario.bucket("b", source_account);
    return scenario;
  }
  void add(const std::vector<std::string>& keys) {
    for (const auto& key : keys)
      rig.cloud.put("b", {.key = key, .body = ""});
  }
  std::string get(const std::string& query) { return rig.send(admin, "GET", "/b?" + query).body; }
  // All pages, each of at most `size` keys.
  std::vector<std::string> walk(std::size_t size) {
    rig.cloud.switches().listing_page = size;
    std::vector<std::string> keys;
    std::string token;
    do {
      const std::string page =
          token.empty()
              ? get("list-type=2")
              : get("continuation-token=" + percent_encode(token, false) + "&list-type=2");
      for (auto& key : elements(page, "Key"))
        keys.push_back(std::move(key));
      token = element(page, "NextContinuationToken");
      EXPECT_EQ(element(page, "IsTruncated"), token.empty() ? "false" : "true");
    } while (!token.empty() && keys.size() < 10'000);
    return keys;
  }

  Rig rig;
  Signer admin = rig.user(source_account);
};

TEST_F(Listing, EveryKeyOnceInBinaryOrderWhateverThePageSize) {
  std::mt19937 random(5);
  std::set<std::string> keys;
  while (keys.size() < 200) {
    std::string key;
    for (std::size_t i = 1 + random() % 4; i > 0; --i)
      key.push_back("ab/0\xC3"[random() % 5]);
    keys.insert(std::move(key));
  }
  add({keys.begin(), keys.end()});
  const std::vector<std::string> expected(keys.begin(), keys.end());
  for (const std::size_t size : {1u, 7u, 200u, 1000u})
    EXPECT_EQ(walk(size), expected) << size;
}

TEST_F(Listing, FoldsCommonPrefixesAndGoesOnBehindThem) {
  add({"a/1", "a/2", "a/3", "b", "c/1", "d/x/1"});
  const std::string first = get("delimiter=%2F&list-type=2&max-keys=2");
  EXPECT_EQ(elements(first, "Prefix"), (std::vector<std::string>{"", "a/"}));
  EXPECT_EQ(elements(first, "Key"), std::vector<std::string>{"b"});
  const std::string token = percent_encode(element(first, "NextContinuationToken"), false);
  const std::string second = get("continuation-token=" + token + "&delimiter=%2F&list-type=2");
  EXPECT_EQ(elements(second, "Prefix"), (std::vector<std::string>{"", "c/", "d/"}));
  EXPECT_EQ(element(second, "IsTruncated"), "false");
}

TEST_F(Listing, StartsBehindAnyText) {
  add({"a", "b", "c"});
  EXPECT_EQ(elements(get("list-type=2&start-after=a"), "Key"),
            (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(elements(get("list-type=2&start-after=aa"), "Key"),
            (std::vector<std::string>{"b", "c"}));
  EXPECT_TRUE(elements(get("list-type=2&start-after=c"), "Key").empty());
}

TEST_F(Listing, WritesKeysAsS3Does) {
  add({"a b+\x01"});
  EXPECT_EQ(elements(get("encoding-type=url&list-type=2"), "Key"),
            std::vector<std::string>{"a+b%2B%01"});
  EXPECT_EQ(elements(get("list-type=2"), "Key"), std::vector<std::string>{"a b+&#x1;"});
}

TEST_F(Listing, AServiceWithoutOrder) {
  std::vector<std::string> keys;
  for (int i = 0; i < 50; ++i)
    keys.push_back("key" + std::to_string(i));
  add(keys);
  rig.cloud.switches().unordered_listing = true;
  auto seen = walk(7);
  EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
  std::sort(seen.begin(), seen.end());
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(seen, keys);
}

TEST_F(Listing, AMarkerWhoseVersionIsGone) {
  Scenario versioned = article_scenario();
  versioned.bucket("v", source_account).versioning = "Enabled";
  Rig other(versioned);
  const Signer signer = other.user(source_account);
  for (int i = 0; i < 3; ++i)
    other.cloud.put("v", {.key = "k", .body = std::to_string(i)});
  const auto versions = other.cloud.versions("v");
  ASSERT_EQ(versions.size(), 3u);
  const std::string marker = versions[0].version_id;
  const auto after_marker = [&] {
    return elements(other
                        .send(signer, "GET",
                              "/v?key-marker=k&version-id-marker=" + percent_encode(marker, false) +
                                  "&versions=")
                        .body,
                    "VersionId");
  };
  EXPECT_EQ(after_marker(),
            (std::vector<std::string>{versions[1].version_id, versions[2].version_id}));
  other.send(signer, "DELETE", "/v/k?versionId=" + percent_encode(marker, false));
  EXPECT_EQ(after_marker().size(), 2u);
  other.cloud.switches().lost_marker_skips_key = true;
  EXPECT_TRUE(after_marker().empty());
}

TEST(BehindPrefix, IsTheFirstTextThatDoesNotBeginWithIt) {
  EXPECT_EQ(behind_prefix("a/"), "a0");
  EXPECT_EQ(behind_prefix("a\xFF"), "b");
  EXPECT_EQ(behind_prefix("\xFF\xFF"), std::nullopt);
}

}  // namespace
}  // namespace s3m::sim
