// What a copy in one request leaves behind, carried over both copies of a migration: the temporary
// bucket has no configuration that would tell the second one what to look for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto website_configuration =
    "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
    "</WebsiteConfiguration>";

sim::Scenario redirecting_world() {
  auto world = article_world(20);
  world.switches.name_release = std::chrono::milliseconds(0);
  world.switches.listing_page = 5;
  world.buckets.front().with(sim::ObjectSpec{.key = "old", .body = "", .website_redirect = "/new"});
  return world;
}

std::string redirect_of_old(Rig& rig) {
  return rig.cloud([](sim::Cloud& cloud) { return cloud.object(source, "old")->website_redirect; });
}

void expect_moved(Rig& rig, std::vector<std::string> options = {}) {
  const auto done = rig.migrate(std::move(options));
  EXPECT_EQ(done.exit_code, 0) << done.message << "\n" << rig.told();
  EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); }),
            sim::destination_account);
}

TEST(BothHops, ARedirectOfAWebsite) {
  auto world = redirecting_world();
  world.buckets.front().configuration["website"] = website_configuration;
  Rig rig(world);
  expect_moved(rig);
  EXPECT_EQ(redirect_of_old(rig), "/new");
}

TEST(BothHops, ARedirectInABucketThatIsNoWebsite) {
  Rig rig(redirecting_world());
  expect_moved(rig);
  EXPECT_EQ(redirect_of_old(rig), "/new");
}

TEST(BothHops, ARedirectOfAHistory) {
  auto world = redirecting_world();
  world.buckets.front().versioning = "Enabled";
  Rig rig(world);
  expect_moved(rig);
  EXPECT_EQ(redirect_of_old(rig), "/new");
}

TEST(BothHops, ARedirectWhereTheRunWasCutShortInTheSecondCopy) {
  Rig rig(redirecting_world());
  rig.deny({.operation = "CopyObject", .bucket = source, .first = 3, .count = 0});
  EXPECT_EQ(rig.migrate().exit_code, 1);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto done = rig.again("resume", rig.last_job());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, 0) << done->message << "\n" << rig.told();
  EXPECT_EQ(redirect_of_old(rig), "/new");
}

TEST(BothHops, ARedirectThatAnUndoCopiesBack) {
  Rig rig(redirecting_world());
  rig.deny({.operation = "DeleteObjects", .bucket = source, .first = 4, .count = 0});
  EXPECT_EQ(rig.migrate().exit_code, 1);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  ASSERT_FALSE(rig.cloud([](sim::Cloud& cloud) { return cloud.object(source, "old").has_value(); }))
      << "the first to be deleted";
  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, 0) << undone->message << "\n" << rig.told();
  EXPECT_EQ(redirect_of_old(rig), "/new");
}

TEST(BothHops, AKeyThatWasMapped) {
  const std::string theirs = "arn:aws:kms:us-east-1:111111111111:key/theirs";
  const std::string ours = "arn:aws:kms:eu-central-1:222222222222:key/ours";
  auto world = article_world(3);
  world.switches.name_release = std::chrono::milliseconds(0);
  world.kms_keys.push_back({.arn = ours, .users = {"*"}});
  world.buckets.front().with(
      sim::ObjectSpec{.key = "secret", .body = "x", .sse = "aws:kms", .kms_key = theirs});
  Rig rig(world);
  expect_moved(rig, {"--kms-key-map", theirs + "=" + ours});
  EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.object(source, "secret")->kms_key; }),
            ours);
  EXPECT_THAT(rig.told(), Not(HasSubstr("has no key for")));
}

}  // namespace
}  // namespace s3m::workflow
