#include "sim/cloud.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::element;
using testing::elements;
using testing::header_of;
using testing::Rig;
using testing::Signer;

Scenario two_buckets() {
  Scenario scenario = article_scenario();
  scenario.bucket("from", source_account)
      .with(ObjectSpec{.key = "a", .body = "hello", .metadata = {{"Color", "blue"}}})
      .with(ObjectSpec{.key = "tagged", .body = "x", .tags = {{"t", "1"}}})
      .with(ObjectSpec{.key = "big", .size = 6ull << 30, .part_size = 1ull << 30});
  scenario.bucket("into", destination_account);
  return scenario;
}

class CloudTest : public ::testing::Test {
 protected:
  Rig rig{two_buckets()};
  Signer source = rig.source();

  net::ServerReply copy(const std::string& from, const std::string& to, Pairs headers = {}) {
    headers.emplace_back("x-amz-copy-source", from);
    return rig.send(source, "PUT", to, headers);
  }
  void grant(const std::vector<std::string>& actions) {
    std::string list;
    for (const auto& action : actions)
      list += (list.empty() ? "\"" : ",\"") + action + "\"";
    ASSERT_TRUE(
        rig.cloud.set_policy("into", R"({"Statement":{"Effect":"Allow","Principal":{"AWS":")" +
                                         std::string(source_account) + R"("},"Action":[)" + list +
                                         R"(],"Resource":"arn:aws:s3:::into/*"}})"));
  }
};

TEST_F(CloudTest, WithoutTheGrantTheCopyIsRefusedAndWithItItWorks) {
  EXPECT_EQ(copy("/from/a", "/into/a").status, 403);
  grant({"s3:PutObject"});
  const net::ServerReply copied = copy("/from/a", "/into/a");
  EXPECT_EQ(copied.status, 200);
  EXPECT_TRUE(copied.chunked);
  EXPECT_EQ(element(copied.body, "ETag"), "&quot;5d41402abc4b2a76b9719d911017c592&quot;");
  const auto object = rig.cloud.object("into", "a");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->metadata, (Pairs{{"color", "blue"}}));
  EXPECT_EQ(object->owner, destination_account);
  EXPECT_EQ(rig.cloud.read("into", "a", 100), "hello");
}

TEST_F(CloudTest, TagsNeedARightOfTheirOwnOnlyWhereThereAreTags) {
  grant({"s3:PutObject"});
  EXPECT_EQ(copy("/from/tagged", "/into/t").status, 403);
  EXPECT_EQ(copy("/from/tagged", "/into/t", {{"x-amz-tagging-directive", "REPLACE"}}).status, 200);
  EXPECT_TRUE(rig.cloud.object("into", "t")->tags.empty());
  grant({"s3:PutObject", "s3:PutObjectTagging"});
  EXPECT_EQ(copy("/from/tagged", "/into/t").status, 200);
  EXPECT_EQ(rig.cloud.object("into", "t")->tags, (Pairs{{"t", "1"}}));
}

TEST_F(CloudTest, TheLimitOfACopyIsFiveGibibytesAndTheObjectCostsNothing) {
  grant({"s3:PutObject"});
  const net::ServerReply refused = copy("/from/big", "/into/big");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(element(refused.body, "Code"), "InvalidRequest");
  rig.cloud.switches().no_copy_size_limit = true;
  EXPECT_EQ(copy("/from/big", "/into/big").status, 200);
  EXPECT_EQ(rig.cloud.object("into", "big")->size, 6ull << 30);
  // One part of six: the source's "-6" does not survive.
  EXPECT_EQ(rig.cloud.object("from", "big")->parts, 6u);
  EXPECT_EQ(rig.cloud.object("into", "big")->etag.find('-'), std::string::npos);
}

TEST_F(CloudTest, AnIfMatchOfAWriteNeedsTheRightToRead) {
  grant({"s3:PutObject"});
  EXPECT_EQ(copy("/from/a", "/into/a").status, 200);
  const std::string etag = "\"" + rig.cloud.object("into", "a")->etag + "\"";
  EXPECT_EQ(copy("/from/a", "/into/a", {{"if-match", etag}}).status, 403);
  grant({"s3:PutObject", "s3:GetObject"});
  EXPECT_EQ(copy("/from/a", "/into/a", {{"if-match", etag}}).status, 200);
  EXPECT_EQ(copy("/from/a", "/into/a", {{"if-match", "\"0\""}}).status, 412);
  EXPECT_EQ(copy("/from/a", "/into/new", {{"if-match", "\"0\""}}).status, 404);
}

TEST_F(CloudTest, ANameComesFreeLate) {
  const Signer admin = rig.user(destination_account);
  const Signer stranger = rig.user(source_account);
  EXPECT_EQ(rig.send(admin, "DELETE", "/into").status, 204);
  EXPECT_EQ(rig.send(admin, "HEAD", "/into").status, 404);
  const net::ServerReply early = rig.send(stranger, "PUT", "/into");
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(element(early.body, "Code"), "OperationAborted");
  rig.now += rig.cloud.switches().name_release;
  EXPECT_EQ(rig.send(stranger, "PUT", "/into").status, 200);
  EXPECT_EQ(element(rig.send(admin, "PUT", "/into").body, "Code"), "BucketAlreadyExists");
  EXPECT_EQ(rig.cloud.bucket_owner("into"), source_account);
}

TEST_F(CloudTest, AnUnknownSubResourceIsNeverTakenForTheBucketItself) {
  const Signer admin = rig.user(destination_account);
  EXPECT_EQ(rig.send(admin, "DELETE", "/into", {}).status, 204);
  rig.now += rig.cloud.switches().name_release;
  EXPECT_EQ(rig.send(admin, "PUT", "/into").status, 200);
  EXPECT_EQ(rig.send(admin, "DELETE", "/into?unheard-of=").status, 501);
  EXPECT_EQ(rig.send(admin, "DELETE", "/into?encryption=").status, 204);
  EXPECT_TRUE(rig.cloud.has_bucket("into"));
  rig.cloud.switches().delete_encryption_deletes_bucket = true;
  EXPECT_EQ(rig.send(admin, "DELETE", "/into?encryption=").status, 204);
  EXPECT_FALSE(rig.cloud.has_bucket("into"));
}

TEST_F(CloudTest, ARoleMadeAnewIsNotTheOneThatThePolicyNamed) {
  const std::string policy = R"({"Statement":[{"Sid":"x","Effect":"Allow","Principal":{"AWS":")" +
                             std::string(source_role) +
                             R"("},"Action":"s3:PutObject","Resource":"arn:aws:s3:::into/*"}]})";
  const Signer owner = rig.destination();
  EXPECT_EQ(rig.send(owner, "PUT", "/into?policy=", {}, policy).status, 204);
  EXPECT_EQ(copy("/from/a", "/into/a").status, 200);
  EXPECT_EQ(rig.send(owner, "GET", "/into?policy=").body, policy);

  RoleSpec again = rig.spec.account(source_account).roles.front();
  ASSERT_TRUE(rig.cloud.replace_role(source_role, &again));
  EXPECT_EQ(element(copy("/from/a", "/into/a").body, "Code"), "InvalidAccessKeyId");
  source = rig.source();
  EXPECT_EQ(copy("/from/a", "/into/a").status, 403);
  const std::string shown = rig.send(owner, "GET", "/into?policy=").body;
  EXPECT_NE(shown.find("\"AROA"), std::string::npos) << shown;
  const net::ServerReply back = rig.send(owner, "PUT", "/into?policy=", {}, shown);
  EXPECT_EQ(element(back.body, "Message"), "Invalid principal in policy");
}

TEST_F(CloudTest, AHookMayChangeTheWorldBetweenTwoRequests) {
  grant({"s3:PutObject"});
  rig.cloud.before_each([&](const RequestRecord& record) {
    if (record.operation == "CopyObject") rig.cloud.put("from", {.key = "a", .body = "changed"});
  });
  const std::string etag = "\"" + rig.cloud.object("from", "a")->etag + "\"";
  EXPECT_EQ(copy("/from/a", "/into/a", {{"x-amz-copy-source-if-match", etag}}).status, 412);
}

TEST_F(CloudTest, RecordsWhoDidWhat) {
  rig.cloud.metrics().reset();
  rig.cloud.metrics().record(true);
  grant({"s3:PutObject"});
  copy("/from/a", "/into/a%20b");
  const auto& records = rig.cloud.metrics().records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].operation, "CopyObject");
  EXPECT_EQ(records[0].key, "a b");
  EXPECT_EQ(records[0].source, "from/a");
  EXPECT_EQ(records[0].signer, "arn:aws:sts::111111111111:assumed-role/s3m-source/test");
  EXPECT_EQ(rig.cloud.metrics().requests("CopyObject"), 1u);
}

TEST_F(CloudTest, SessionsEndWithTheirTime) {
  EXPECT_EQ(rig.send(source, "GET", "/from?list-type=2").status, 200);
  rig.now += std::chrono::hours(1);
  const net::ServerReply late = rig.send(source, "GET", "/from?list-type=2");
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(element(late.body, "Code"), "ExpiredToken");
}

TEST_F(CloudTest, ChainedRolesLastAnHourAtMost) {
  const Signer migrator = rig.assume(rig.user(migrator_account, "migrator"), migrator_role, "");
  EXPECT_FALSE(rig.assume(migrator, source_role, source_external_id, "job").key.id.empty());
  EXPECT_TRUE(rig.assume(migrator, source_role, source_external_id, "job", "&DurationSeconds=3601")
                  .key.id.empty());
  EXPECT_TRUE(rig.assume(migrator, source_role, "wrong").key.id.empty());
  EXPECT_TRUE(rig.assume(migrator, source_role, "").key.id.empty());
  EXPECT_TRUE(rig.assume(rig.user(migrator_account, "migrator"), source_role, source_external_id)
                  .key.id.empty());
}

TEST_F(CloudTest, FaultsThatAreAppliedHaveTheirEffectAndTheOthersNot) {
  grant({"s3:PutObject"});
  rig.cloud.faults().add({.operation = "CopyObject",
                          .effect = FaultEffect::error_in_200,
                          .code = "InternalError",
                          .blanks = 3});
  const net::ServerReply inside = copy("/from/a", "/into/a");
  EXPECT_EQ(inside.status, 200);
  EXPECT_EQ(inside.trickle, "   ");
  EXPECT_EQ(element(inside.body, "Code"), "InternalError");
  EXPECT_FALSE(rig.cloud.object("into", "a"));
  rig.cloud.faults().add(
      {.operation = "CopyObject", .effect = FaultEffect::reset_before_head, .applied = true});
  EXPECT_EQ(copy("/from/a", "/into/a").cut, net::ServerReply::Cut::before_head);
  EXPECT_TRUE(rig.cloud.object("into", "a"));
}

TEST_F(CloudTest, AnswersEveryRequestWhateverItIs) {
  for (const char* target : {"", "*", "/", "/%", "/%zz", "/from/%", "/?%", "//", "/from?acl&x=%",
                             "http://x/from/a", "/_sim/", "/_sim/none", "/latest/api/token"}) {
    for (const char* method : {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", ""}) {
      const auto answer = rig.cloud.handle(
          testing::make_request(method, target, {{"Host", "a.s3.x"}, {"Host", "b"}}), rig.now);
      EXPECT_GE(answer.reply.status, 200) << method << " " << target;
    }
  }
}

TEST_F(CloudTest, TheReadyLineTellsKeysRolesAndExternalIds) {
  const std::string line = rig.cloud.ready_line("http://127.0.0.1:1");
  EXPECT_NE(line.find(R"("endpoint":"http://127.0.0.1:1")"), std::string::npos);
  EXPECT_NE(line.find(R"("external_id":"source-7fd1")"), std::string::npos);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace s3m::sim
