#include "workflow/temporary_bucket.hpp"

#include <set>

#include <gtest/gtest.h>

#include "transfer/location.hpp"

namespace s3m::workflow {
namespace {

constexpr std::string_view account = "222222222222";

// Of every partition, the longest among them.
constexpr std::string_view regions[] = {"us-east-1",      "ap-northeast-1", "ap-southeast-5",
                                        "cn-northwest-1", "us-gov-west-1",  "eusc-de-east-1",
                                        "us-isob-east-1", "mx-central-1"};

std::string random_part(const std::string& name) {
  const auto rest = name.substr(4);
  return rest.substr(0, rest.find('-'));
}

TEST(TemporaryName, StandsInTheAccountsOwnNamespaceOnAwsAlone) {
  for (const auto region : regions)
    EXPECT_EQ(temporary_namespace(true, account, region), BucketNamespace::account_regional);
  EXPECT_EQ(temporary_namespace(false, account, "us-east-1"), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, "", "us-east-1"), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, "user", "us-east-1"), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, account, ""), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, account, "me-south-1"), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, account, "me-central-1"), BucketNamespace::global);
  EXPECT_EQ(temporary_namespace(true, account, std::string(40, 'x')), BucketNamespace::global);
}

TEST(TemporaryName, IsValidAndCannotBeGuessed) {
  for (const auto region : regions) {
    for (const auto space : {BucketNamespace::global, BucketNamespace::account_regional}) {
      const auto name = new_temporary_name(space, account, region);
      EXPECT_LE(name.size(), 63u) << name;
      EXPECT_TRUE(transfer::parse_location("s3://" + name)) << name;
      EXPECT_TRUE(is_temporary_name(name)) << name;
      EXPECT_GE(random_part(name).size(), 16u) << name;
      const auto suffix = "-222222222222-" + std::string(region) + "-an";
      EXPECT_EQ(name.ends_with(suffix), space == BucketNamespace::account_regional) << name;
    }
  }
}

TEST(TemporaryName, IsNewEachTime) {
  std::set<std::string> parts;
  for (int i = 0; i < 100; ++i)
    parts.insert(random_part(
        new_temporary_name(BucketNamespace::account_regional, account, "ap-northeast-1")));
  EXPECT_EQ(parts.size(), 100u);
}

TEST(TemporaryName, ALongRegionLeavesLessRoomForChance) {
  const std::string region(24, 'r');
  const auto name = new_temporary_name(BucketNamespace::account_regional, account, region);
  EXPECT_LE(name.size(), 63u);
  EXPECT_GE(random_part(name).size(), 16u);
}

TEST(TemporaryName, OthersAreToldFromIt) {
  for (const auto* const other :
       {"", "s3m-", "photos", "s3m-photos", "s3m-00112233445566778899aabbccddee",
        "s3m-00112233445566778899AABBCCDDEEFF", "s3m-00112233445566778899aabb-photos-an",
        "s3m-0011-222222222222-us-east-1-an", "xs3m-00112233445566778899aabbccddeeff"})
    EXPECT_FALSE(is_temporary_name(other)) << other;
}

}  // namespace
}  // namespace s3m::workflow
