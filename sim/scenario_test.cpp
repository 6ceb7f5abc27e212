#include "sim/scenario.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/key.hpp"
#include "base/text.hpp"
#include "sim/cloud.hpp"

namespace s3m::sim {
namespace {

TEST(Scenario, IsReadFromJson) {
  const auto scenario = parse_scenario(R"({
    "extends": "article", "record": true, "requests_per_connection": 7, "idle_close_ms": 100,
    "accounts": [{"id": "444444444444", "name": "other", "users": [{"name": "u",
        "policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}],
        "access_key_id": "AKIAX", "secret_access_key": "s"}],
        "roles": [{"name": "r", "trusted": ["111111111111"], "external_id": "x1",
                   "max_session_seconds": 7200}]}],
    "buckets": [{"name": "data", "owner": "444444444444", "region": "eu-west-1",
        "versioning": "Enabled", "tags": {"a": "b"},
        "configuration": {"cors": "<CORSConfiguration/>"},
        "objects": [{"key": "k", "size": "6GiB", "part_size": "8MiB", "metadata": {"m": "1"}},
                    {"key": "b", "body": "text", "storage_class": "GLACIER"}],
        "generators": [{"prefix": "g/", "count": 10, "min_size": 0, "max_size": "1KiB",
                        "folders": 3}],
        "odd_keys": true}],
    "kms_keys": [{"arn": "arn:aws:kms:x:1:key/k", "users": ["*"]}],
    "faults": [{"operation": "CopyObject", "code": "SlowDown", "first": 2}],
    "throttles": [{"writes_per_second": 100, "prefix_slashes": 1}],
    "latencies": [{"operation": "List*", "fixed_us": 10, "servers": 3}],
    "thieves": [{"bucket": "da*", "account": "444444444444", "after_ms": 5, "open": false}],
    "switches": {"dialect": "radosgw", "ignore_if_match": true, "clock_skew_ms": -5}})");
  ASSERT_TRUE(scenario) << scenario.error().describe();
  EXPECT_EQ(scenario->requests_per_connection, 7u);
  EXPECT_TRUE(scenario->switches.names_freed_at_once);
  ASSERT_EQ(scenario->thieves.size(), 1u);
  EXPECT_EQ(scenario->thieves[0].after, std::chrono::milliseconds(5));
  EXPECT_TRUE(scenario->switches.ignore_if_match);
  EXPECT_EQ(scenario->switches.clock_skew, std::chrono::milliseconds(-5));

  const Cloud cloud(*scenario);
  EXPECT_EQ(cloud.bucket_region("data"), "eu-west-1");
  EXPECT_EQ(cloud.keys("data").size(), 12 + odd_keys().size());
  EXPECT_EQ(cloud.object("data", "k")->size, 6ull << 30);
  EXPECT_EQ(cloud.object("data", "k")->parts, 768u);
  EXPECT_TRUE(cloud.object("data", "g/d001/000004"));
  EXPECT_EQ(cloud.bucket_configuration("data", "cors"), "<CORSConfiguration/>");
}

TEST(Scenario, SaysWhatIsWrongAndWhere) {
  const auto complaint = [](const char* json) {
    const auto scenario = parse_scenario(json);
    return scenario ? std::string() : scenario.error().describe();
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(complaint("{"), HasSubstr("not JSON"));
  EXPECT_THAT(complaint("[]"), HasSubstr("an object is expected"));
  EXPECT_THAT(complaint(R"({"bukets": []})"), HasSubstr("bukets: there is no such member"));
  EXPECT_THAT(complaint(R"({"buckets": [{"objects": [{"key": 1}]}]})"),
              HasSubstr("buckets[0].objects[0].key: text is expected"));
  EXPECT_THAT(complaint(R"({"buckets": [{"name": "b", "owner": "1"}]})"), HasSubstr("no account"));
  EXPECT_THAT(complaint(R"({"accounts": [{"id": "1"}]})"), HasSubstr("twelve digits"));
  EXPECT_THAT(complaint(R"({"extends": "article", "buckets": [{"name": "b",
      "owner": "111111111111", "policy": {"Statement": []}}]})"),
              HasSubstr("bucket b: policy"));
  EXPECT_THAT(complaint(R"({"switches": {"dialect": "minio"}})"), HasSubstr("dialect"));
  EXPECT_THAT(complaint(R"({"thieves": [{"account": "1"}]})"),
              HasSubstr("a thief is of no account"));
  EXPECT_THAT(complaint(R"({"faults": [{"effect": "melt"}]})"), HasSubstr("faults[0].effect"));
}

TEST(Scenario, TheDefaultOneIsTheArticlesWithOddAndLargeObjects) {
  const Scenario scenario = default_scenario();
  const Cloud cloud(scenario);
  const auto keys = cloud.keys("holiday-photos");
  EXPECT_GT(keys.size(), 1900u);
  EXPECT_GT(cloud.object("holiday-photos", "archive/2019.tar")->size, 5ull << 30);
  EXPECT_EQ(cloud.bucket_owner("holiday-photos"), source_account);
}

TEST(OddKeys, AreDistinctValidAndWithinTheLimit) {
  const auto keys = odd_keys();
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
  std::size_t longest = 0;
  for (const auto& key : keys) {
    EXPECT_TRUE(valid_utf8(key)) << printable(key);
    EXPECT_FALSE(key.empty());
    longest = std::max(longest, key.size());
  }
  EXPECT_EQ(longest, max_key_bytes);
}

}  // namespace
}  // namespace s3m::sim
