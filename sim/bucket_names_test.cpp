// bucket_names_test.cpp: whose a bucket's name is: namespaces, the delay after a deletion, thieves.
#include <gtest/gtest.h>

#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using namespace std::chrono_literals;
using testing::element;
using testing::Rig;
using testing::Signer;

class NamesTest : public ::testing::Test {
 protected:
  static Scenario scenario() {
    Scenario scenario = article_scenario();
    scenario.bucket("home", source_account);
    return scenario;
  }
  std::string code(const net::ServerReply& reply) { return element(reply.body, "Code"); }
  net::ServerReply create(const Signer& signer, const std::string& name, Pairs headers = {},
                          const std::string& body = {}) {
    return rig.send(signer, "PUT", "/" + name, std::move(headers), body);
  }

  Rig rig{scenario()};
  Signer source = rig.user(source_account);
  Signer destination = rig.user(destination_account);
};

TEST_F(NamesTest, AnAccountRegionalNameIsForItsOwnerAloneAndAskedForByHeader) {
  const std::string name = "s3m-1-222222222222-us-east-1-an";
  const Pairs header{{"x-amz-bucket-namespace", "account-regional"}};
  EXPECT_EQ(code(create(source, name, header)), "InvalidBucketNamespace");
  EXPECT_EQ(code(create(destination, name)), "InvalidBucketNamespace");
  EXPECT_EQ(code(create(destination, "s3m-1-222222222222-eu-west-1-an", header)),
            "InvalidBucketNamespace");
  EXPECT_EQ(code(create(destination, "plain", header)), "InvalidBucketNamespace");
  EXPECT_EQ(code(create(destination, name, {{"x-amz-bucket-namespace", "mine"}})),
            "InvalidArgument");
  EXPECT_EQ(create(destination, name, header).status, 200);
  EXPECT_EQ(create(destination, "of-no-account-an").status, 200);
}

TEST_F(NamesTest, TagsAtCreationAreCheckedAndKept) {
  const std::string tagged =
      "<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>1</Value></Tag></Tags>"
      "</CreateBucketConfiguration>";
  EXPECT_EQ(create(destination, "tagged", {}, tagged).status, 200);
  EXPECT_NE(rig.cloud.bucket_configuration("tagged", "tagging").find("<Key>a</Key>"),
            std::string::npos);
  EXPECT_EQ(code(create(destination, "bad", {},
                        "<CreateBucketConfiguration><Tags><Tag><Key>aws:a</Key><Value/></Tag>"
                        "</Tags></CreateBucketConfiguration>")),
            "InvalidTag");
  EXPECT_EQ(code(create(destination, "bad", {},
                        "<CreateBucketConfiguration><Tags><Tag><Key>a</Key></Tag></Tags>"
                        "</CreateBucketConfiguration>")),
            "MalformedXML");
  EXPECT_FALSE(rig.cloud.has_bucket("bad"));
  rig.cloud.switches().ignore_tags_at_create = true;
  EXPECT_EQ(create(destination, "untagged", {}, tagged).status, 200);
  EXPECT_EQ(rig.cloud.bucket_configuration("untagged", "tagging"), "");
}

TEST_F(NamesTest, ADeletedNameMaySeemTakenBeforeItIsBusyBeforeItIsFree) {
  rig.cloud.switches().name_seems_taken = 1s;
  ASSERT_EQ(rig.send(source, "DELETE", "/home").status, 204);
  EXPECT_EQ(code(create(destination, "home")), "BucketAlreadyExists");
  rig.now += 1s;
  EXPECT_EQ(code(create(destination, "home")), "OperationAborted");
  rig.now += 1s;
  EXPECT_EQ(create(destination, "home").status, 200);
}

TEST_F(NamesTest, AThiefTakesANameAsSoonAsItIsFree) {
  ASSERT_TRUE(rig.cloud.add_thief({.bucket = "ho*", .account = std::string(migrator_account)}));
  EXPECT_FALSE(rig.cloud.add_thief({.account = "999999999999"}));
  ASSERT_EQ(rig.send(source, "DELETE", "/home").status, 204);
  EXPECT_EQ(code(create(destination, "home")), "OperationAborted");
  rig.now += rig.cloud.switches().name_release;
  EXPECT_EQ(code(create(destination, "home")), "BucketAlreadyExists");
  EXPECT_EQ(rig.cloud.bucket_owner("home"), migrator_account);
  // Everybody may write there, unless they say whose bucket they mean.
  EXPECT_EQ(rig.send(destination, "PUT", "/home/k", {}, "x").status, 200);
  EXPECT_EQ(rig.send(destination, "PUT", "/home/k",
                     {{"x-amz-expected-bucket-owner", std::string(destination_account)}}, "x")
                .status,
            403);
}

TEST_F(NamesTest, AThiefWhoIsLateFindsTheNameTaken) {
  ASSERT_TRUE(rig.cloud.add_thief({.account = std::string(migrator_account), .after = 1s}));
  rig.cloud.switches().names_freed_at_once = true;
  ASSERT_EQ(rig.send(source, "DELETE", "/home").status, 204);
  EXPECT_EQ(create(destination, "home").status, 200);
  rig.now += 1s;
  EXPECT_EQ(rig.send(destination, "HEAD", "/home").status, 200);
  EXPECT_EQ(rig.cloud.bucket_owner("home"), destination_account);
}

}  // namespace
}  // namespace s3m::sim
