// What cannot end well is refused in one sentence, and nothing is touched.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Preflight : public testing::Test {
 protected:
  // The copy is refused, with these words, and no request has changed anything.
  void refused(const std::vector<std::string>& options, const std::string& words, int code = 1) {
    rig_.forget_requests();
    const auto summary = rig_.copy(options);
    EXPECT_EQ(summary.exit_code, code) << summary.message;
    EXPECT_THAT(summary.message, HasSubstr(words));
    EXPECT_THAT(summary.message, Not(HasSubstr("\n")));
    EXPECT_THAT(rig_.writes(), IsEmpty());
  }

  static sim::Scenario world() {
    auto world = two_bucket_world(3);
    world.bucket("european", sim::source_account).region = "eu-west-1";
    world.bucket("strangers", sim::migrator_account);
    return world;
  }

  Rig rig_{world()};
};

TEST_F(Preflight, OverlappingLocations) {
  refused({"s3://" + source, "s3://" + source + "/copy/"}, "overlap");
  refused({"s3://" + source + "/a", "s3://" + source + "/a"}, "overlap");
}

TEST_F(Preflight, PrefixesBesideEachOtherAreFine) {
  const auto copied =
      rig_.copy({"s3://" + source + "/photo-", "s3://" + source + "/kept/",
                 "--destination-role-arn", std::string(sim::source_role),
                 "--destination-external-id", std::string(sim::source_external_id)});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.copied, 3u);
}

TEST_F(Preflight, OverlapThroughTwoNamesOfOneServer) {
  auto other = rig_.endpoint();
  other.replace(other.find("127.0.0.1"), 9, "localhost");
  const std::vector<std::string> one_role{
      "--destination-role-arn",     std::string(sim::source_role),
      "--destination-external-id",  std::string(sim::source_external_id),
      "--destination-endpoint-url", other};
  auto words = one_role;
  words.insert(words.begin(), {"s3://" + source, "s3://" + source + "/copy/"});
  const auto summary = rig_.copy(words);
  EXPECT_EQ(summary.exit_code, 1);
  EXPECT_THAT(summary.message, HasSubstr("are one service"));
  EXPECT_EQ(rig_.keys(source).size(), 3u);
}

TEST_F(Preflight, OneServerUnderTwoNamesCopies) {
  auto other = rig_.endpoint();
  other.replace(other.find("127.0.0.1"), 9, "localhost");
  const auto copied = rig_.copy({"--destination-endpoint-url", other});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig_.keys(destination), rig_.keys(source));
}

TEST_F(Preflight, TwoServersAreRefused) {
  auto elsewhere = sim::article_scenario();
  elsewhere.record = true;
  elsewhere.bucket(destination, sim::destination_account);
  Rig another(elsewhere);
  // The same users with the same keys on both, as two clusters set up by one script have them.
  std::ofstream credentials(rig_.file("credentials"));
  for (const auto& account : elsewhere.accounts) {
    const auto key = sim::key_of(account, account.users.at(0));
    credentials << "[" << account.id << "]\naws_access_key_id = " << key.id
                << "\naws_secret_access_key = " << key.secret << "\n";
  }
  credentials.close();
  const std::vector<std::string> sides{
      "--source-profile",           std::string(sim::source_account),
      "--destination-profile",      std::string(sim::destination_account),
      "--destination-endpoint-url", another.endpoint()};
  for (const auto* bucket : {"s3://not-there-yet", "s3://destination-bucket"}) {
    std::vector<std::string> words{"copy", "s3://" + source, bucket};
    words.insert(words.end(), sides.begin(), sides.end());
    const auto summary = rig_.run(words);
    EXPECT_EQ(summary.exit_code, 1);
    EXPECT_THAT(summary.message, HasSubstr("different services"));
  }
  EXPECT_THAT(another.keys(destination), IsEmpty());
  another.cloud([](sim::Cloud& cloud) { EXPECT_FALSE(cloud.has_bucket("not-there-yet")); });
}

TEST_F(Preflight, AMissingSource) {
  refused({"s3://not-there", "s3://" + destination}, "there is no bucket not-there");
}

TEST_F(Preflight, AnotherRegionThanTheOneGiven) {
  refused({"s3://european", "s3://" + destination, "--source-region", "us-east-1"},
          "bucket european is in eu-west-1, not in us-east-1; leave --source-region out");
  refused({"--destination-region", "us-west-2"}, "bucket destination-bucket is in eu-central-1");
}

TEST_F(Preflight, TheRegionIsFoundOutByItself) {
  const auto copied = rig_.copy({"s3://european", "s3://" + destination});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
}

TEST_F(Preflight, ADestinationOfAnotherAccount) {
  refused({"s3://" + source, "s3://strangers"}, "strangers");
  EXPECT_EQ(rig_.requests("PutObject"), 0u);
}

TEST_F(Preflight, ASourceOfAnotherAccountThatLetsUsReadIsCopiedWithAWarning) {
  rig_.cloud([](sim::Cloud& cloud) {
    cloud.put("strangers", sim::ObjectSpec{.key = "a", .size = 1});
    ASSERT_TRUE(cloud.set_policy(
        "strangers",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
        R"("arn:aws:iam::111111111111:root"},"Action":"s3:*","Resource":["arn:aws:s3:::strangers",)"
        R"("arn:aws:s3:::strangers/*"]}]})"));
  });
  const auto copied = rig_.copy({"s3://strangers", "s3://" + destination});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig_.told(), HasSubstr("belongs to another account than 111111111111"));
}

TEST_F(Preflight, ANameThatSomebodyElseTakesMeanwhile) {
  rig_.fault({.operation = "CreateBucket", .status = 409, .code = "BucketAlreadyExists"});
  const auto summary = rig_.copy({"s3://" + source, "s3://brand-new"});
  EXPECT_EQ(summary.exit_code, 1);
  EXPECT_THAT(summary.message, HasSubstr("the name brand-new belongs to another account"));
}

TEST_F(Preflight, ABucketThatIsNotKnownEverywhereAtOnceIsWaitedFor) {
  rig_.fault({.operation = "CreateBucket", .count = 2, .status = 409, .code = "OperationAborted"});
  rig_.switches([](sim::Switches& switches) {
    switches.bucket_visible_after = std::chrono::milliseconds(300);
  });
  const auto copied = rig_.copy({"s3://" + source, "s3://brand-new"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.copied, 3u);
}

TEST_F(Preflight, ARoleThatRefuses) {
  refused({"--source-external-id", "wrong"}, "--source-external-id");
  refused({"--destination-role-arn", "arn:aws:iam::222222222222:role/absent"}, "role/absent");
}

TEST_F(Preflight, UnreadableConfigurationIsUsage) {
  std::ofstream(rig_.file("config")) << "[profile broken\nregion = x\n";
  refused({}, "config", 2);
}

TEST_F(Preflight, AProfileThatIsNotThereIsUsage) {
  const auto summary =
      rig_.run({"copy", "s3://" + source, "s3://" + destination, "--source-profile", "absent"});
  EXPECT_EQ(summary.exit_code, 2);
  EXPECT_THAT(summary.message, HasSubstr("absent"));
  EXPECT_THAT(rig_.writes(), IsEmpty());
}

TEST_F(Preflight, AReportThatCannotBeWrittenIsFoundFirst) {
  refused({"--report", rig_.file("absent/report.json")}, "absent/report.json");
}

}  // namespace
}  // namespace s3m::workflow
