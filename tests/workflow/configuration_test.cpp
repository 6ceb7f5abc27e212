// The configuration of a bucket, carried from one account and region to another against the
// simulator: read, rewritten, applied, compared; suspended at the source and put back.
#include <algorithm>
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "tests/aws/simulated_s3.hpp"
#include "workflow/configuration/apply.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/rewrite.hpp"
#include "workflow/configuration/same_document.hpp"
#include "workflow/configuration/suspend.hpp"

namespace s3m::workflow {
namespace {

using aws::outcome;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string old_bucket = "old-photos", new_bucket = "new-photos";
const std::string old_account(sim::source_account), new_account(sim::destination_account);

const std::map<std::string, std::string> everything = {
    {"encryption",
     "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
     "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
     "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"},
    {"lifecycle",
     "<LifecycleConfiguration>\n <Rule><ID>tidy</ID><Status>Enabled</Status><Filter/>"
     "<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>"},
    {"cors",
     "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>"
     "<AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"},
    {"tagging",
     "<Tagging><TagSet><Tag><Key>team</Key><Value>a &amp; b</Value></Tag></TagSet></Tagging>"},
    {"website",
     "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
     "</WebsiteConfiguration>"},
    {"logging",
     "<BucketLoggingStatus><LoggingEnabled><TargetBucket>old-photos</TargetBucket>"
     "<TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"},
    {"notification",
     "<NotificationConfiguration>\n<QueueConfiguration><Id>1</Id>"
     "<Queue>arn:aws:sqs:us-east-1:111111111111:q</Queue><Event>s3:ObjectCreated:*</Event>"
     "</QueueConfiguration></NotificationConfiguration>"},
    {"replication",
     "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule>"
     "<Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::backup</Bucket></Destination>"
     "</Rule></ReplicationConfiguration>"},
    {"publicAccessBlock",
     "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
     "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy>"
     "<RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>"},
    {"requestPayment",
     "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"},
    {"accelerate", "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"},
    {"object-lock",
     "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
     "<DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
     "</ObjectLockConfiguration>"},
    {"inventory:weekly",
     "<InventoryConfiguration><Id>weekly</Id><Destination><S3BucketDestination>"
     "<Bucket>arn:aws:s3:::old-photos</Bucket></S3BucketDestination></Destination>"
     "</InventoryConfiguration>"},
    {"inventory:daily",
     "<InventoryConfiguration><Id>daily</Id><IsEnabled>true</IsEnabled></InventoryConfiguration>"},
    {"analytics:a", "<AnalyticsConfiguration><Id>a</Id></AnalyticsConfiguration>"},
    {"metrics:m", "<MetricsConfiguration><Id>m</Id></MetricsConfiguration>"},
    {"intelligent-tiering:t",
     "<IntelligentTieringConfiguration><Id>t</Id><Status>Enabled</Status>"
     "</IntelligentTieringConfiguration>"},
    {"abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>"},
    {"metadataConfiguration",
     "<GetBucketMetadataConfigurationResult><A/></GetBucketMetadataConfigurationResult>"},
};

const std::string policy =
    R"({ "Version": "2012-10-17", "Statement": [ {"Sid": "Own", "Effect": "Allow", )"
    R"("Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "s3:GetObject", )"
    R"("Resource": "arn:aws:s3:::old-photos/*"} ] })";

sim::Scenario two_buckets() {
  auto world = sim::article_scenario();
  world.record = true;
  auto& old = world.bucket(old_bucket, sim::source_account);
  old.configuration.insert(everything.begin(), everything.end());
  old.versioning = "Enabled";
  old.ownership = "ObjectWriter";
  old.policy = policy;
  world.bucket(new_bucket, sim::destination_account).region = "eu-central-1";
  return world;
}

class BucketConfiguration : public aws::SimulatedS3 {
 protected:
  BucketConfiguration() : SimulatedS3(two_buckets()) {}

  // Time passes while something is waited for.
  Pause pause() {
    return [this](std::chrono::milliseconds time) -> net::Task<bool> {
      ++pauses_;
      clock_.advance(time);
      return slept();
    };
  }
  static net::Task<bool> slept() { co_return true; }

  Result<Configuration> read() { return run(read_configuration(source_, old_bucket, old_account)); }
  Configuration saved() {
    auto configuration = read();
    EXPECT_TRUE(configuration) << configuration.error().describe();
    return configuration ? *std::move(configuration) : Configuration{};
  }
  std::string id_of(aws::S3& owner, const std::string& bucket) {
    return *run(owner.get_bucket_owner_id(bucket, ""));
  }
  RewriteMap map() {
    RewriteMap map;
    map.source = {old_account, "us-east-1", old_bucket, id_of(source_, old_bucket)};
    map.destination = {new_account, "eu-central-1", new_bucket, id_of(destination_, new_bucket)};
    return map;
  }
  Configuration to_be() {
    auto made = rewrite(saved(), map());
    EXPECT_TRUE(made) << made.error().describe();
    return made ? std::move(made->configuration) : Configuration{};
  }
  Result<void> apply_phase(const Configuration& configuration, Phase phase,
                           const std::string& bucket = new_bucket) {
    const auto access = s3_policy(destination_, bucket, new_account);
    PolicyEditor editor(loop_, store_, *access, {server_->endpoint(), bucket}, "job", pause());
    return run(apply(
        destination_, bucket, new_account, configuration, phase, editor, [this] { return ours(); },
        pause()));
  }
  net::Task<Result<void>> ours() {
    if (lost_) co_return fail(Errc::conflict, "lost");
    co_return ok;
  }
  void apply_all(const Configuration& configuration) {
    for (const auto phase : {Phase::before_data, Phase::after_data, Phase::last}) {
      const auto applied = apply_phase(configuration, phase);
      ASSERT_TRUE(applied) << applied.error().describe();
    }
  }
  std::vector<std::string> different(const Configuration& configuration, Phase upto = Phase::last) {
    auto found =
        run(differences(destination_, new_bucket, new_account, configuration, upto, pause()));
    EXPECT_TRUE(found) << found.error().describe();
    return found ? *std::move(found) : std::vector<std::string>{"no answer"};
  }
  std::string there(const std::string& bucket, const std::string& name) {
    return cloud([&](sim::Cloud& cloud) { return cloud.bucket_configuration(bucket, name); });
  }
  // What was sent of operations that begin so, since the last forget().
  std::vector<std::string> sent(std::string_view beginning) {
    return cloud([&](sim::Cloud& cloud) {
      std::vector<std::string> names;
      for (const auto& record : cloud.metrics().records())
        if (record.operation.starts_with(beginning)) names.push_back(record.operation);
      return names;
    });
  }
  void forget() {
    cloud([](sim::Cloud& cloud) { cloud.metrics().reset(); });
  }
  void put(aws::S3& owner, const std::string& bucket, const std::string& query,
           const std::string& document) {
    const auto done = run(owner.put_sub_resource(bucket, query, "", {document, {}}, ""));
    ASSERT_TRUE(done) << done.error().describe();
  }

  std::unique_ptr<store::Store> open_store() {
    return store::open_store({.url = (directory_.path / "store.db").string()}).value();
  }

  struct Directory {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("s3m-configuration-" + random_hex(6));
    ~Directory() { std::filesystem::remove_all(path); }
  } directory_;
  StoreThread store_{open_store()};
  aws::S3 source_ = s3(administrator());
  aws::S3 destination_ = s3(administrator(sim::destination_account), "eu-central-1");
  int pauses_ = 0;
  bool lost_ = false;
};

TEST_F(BucketConfiguration, IsReadAsAWhole) {
  const auto read = saved();
  for (const auto& [name, document] : everything) {
    const auto colon = name.find(':');
    const auto* item =
        read.find(name.substr(0, colon), colon == std::string::npos ? "" : name.substr(colon + 1));
    ASSERT_NE(item, nullptr) << name;
    EXPECT_EQ(item->value.document, document) << name;
  }
  ASSERT_NE(read.find("policy"), nullptr);
  EXPECT_EQ(read.find("policy")->value.document, policy);
  EXPECT_NE(read.find("ownershipControls"), nullptr);
  EXPECT_NE(read.find("versioning"), nullptr);
  EXPECT_THAT(read.absent, ElementsAre("acl")) << "it says what every bucket's says";
  EXPECT_THAT(read.unsupported, IsEmpty());
  EXPECT_EQ(*configuration_from_json(to_json(read)), read);
}

// radosgw answers so for every bucket, and goes on doing so after a DELETE.
TEST_F(BucketConfiguration, AReplicationWithoutRulesIsNone) {
  put(source_, old_bucket, "replication",
      "<ReplicationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Role></Role>"
      "</ReplicationConfiguration>");
  const auto read = saved();
  EXPECT_EQ(read.find("replication"), nullptr);
  EXPECT_THAT(read.absent, Contains("replication"));
}

TEST_F(BucketConfiguration, IsCarriedAsAWhole) {
  const auto acl = "<AccessControlPolicy><Owner><ID>" + id_of(source_, old_bucket) +
                   "</ID></Owner><AccessControlList><Grant><Grantee "
                   "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">"
                   "<URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee>"
                   "<Permission>WRITE</Permission></Grant></AccessControlList>"
                   "</AccessControlPolicy>";
  put(source_, old_bucket, "acl", acl);
  const auto configuration = to_be();
  EXPECT_THAT(different(configuration), Not(IsEmpty()));
  forget();
  apply_all(configuration);
  EXPECT_THAT(different(configuration), IsEmpty());
  ASSERT_EQ(outcome(run(finish(destination_, new_bucket, new_account, configuration, pause()))),
            "ok");
  EXPECT_THAT(different(configuration), IsEmpty());
  EXPECT_THAT(sent("Delete"), IsEmpty());
  EXPECT_THAT(sent("Create"), IsEmpty());

  EXPECT_THAT(there(new_bucket, "notification"),
              HasSubstr("arn:aws:sqs:eu-central-1:222222222222:q"));
  EXPECT_THAT(there(new_bucket, "replication"), HasSubstr("arn:aws:iam::222222222222:role/r"));
  EXPECT_THAT(there(new_bucket, "logging"), HasSubstr("<TargetBucket>new-photos<"));
  EXPECT_THAT(there(new_bucket, "acl"),
              AllOf(HasSubstr("LogDelivery"), HasSubstr(id_of(destination_, new_bucket))));
  EXPECT_THAT(there(new_bucket, "abac"), HasSubstr("Enabled"));
  for (const auto* same : {"lifecycle", "cors", "tagging", "website", "object-lock"})
    EXPECT_EQ(there(new_bucket, same), everything.at(same)) << same;
  const auto carried = cloud([](sim::Cloud& cloud) { return cloud.bucket_policy(new_bucket); });
  EXPECT_THAT(carried, AllOf(HasSubstr("arn:aws:iam::222222222222:root"),
                             HasSubstr("arn:aws:s3:::new-photos/*")));
}

TEST_F(BucketConfiguration, ARepetitionSendsNothing) {
  const auto configuration = to_be();
  apply_all(configuration);
  forget();
  const auto applied = apply_phase(configuration, Phase::last);
  ASSERT_TRUE(applied) << applied.error().describe();
  EXPECT_THAT(sent("Put"), IsEmpty());
  EXPECT_EQ(pauses_, 0);
}

// G25: whoever slept while another went on with the job puts nothing.
TEST_F(BucketConfiguration, WhoLostTheJobSetsNothing) {
  const auto configuration = to_be();
  lost_ = true;
  forget();
  for (const auto phase : {Phase::before_data, Phase::after_data, Phase::last})
    EXPECT_EQ(outcome(apply_phase(configuration, phase)), "conflict");
  EXPECT_THAT(sent("Put"), IsEmpty());
}

TEST_F(BucketConfiguration, WhatActsOnObjectsIsNotThereBeforeThem) {
  const auto configuration = to_be();
  const auto applied = apply_phase(configuration, Phase::before_data);
  ASSERT_TRUE(applied) << applied.error().describe();
  EXPECT_THAT(different(configuration, Phase::before_data), IsEmpty());
  for (const auto* late : {"lifecycle", "replication", "notification", "website"})
    EXPECT_EQ(there(new_bucket, late), "") << late;
  EXPECT_THAT(there(new_bucket, "object-lock"), Not(HasSubstr("DefaultRetention")));
  EXPECT_EQ(cloud([](sim::Cloud& cloud) { return cloud.bucket_policy(new_bucket); }), "");
}

TEST_F(BucketConfiguration, TheSizeThatGoesWithLifecycleRulesComesAlong) {
  aws::SubResource rules{
      .document = everything.at("lifecycle"),
      .headers = {{"x-amz-transition-default-minimum-object-size", "varies_by_storage_class"}}};
  ASSERT_EQ(outcome(run(source_.put_sub_resource(old_bucket, "lifecycle", "", rules, ""))), "ok");
  const auto configuration = to_be();
  EXPECT_EQ(configuration.find("lifecycle")->value, rules);
  put(destination_, new_bucket, "lifecycle", rules.document);
  EXPECT_THAT(different(configuration), Contains(HasSubstr("lifecycle")))
      << "the same rules with another size are not the same";
  apply_all(configuration);
  const auto there = run(destination_.get_sub_resource(new_bucket, "lifecycle", "", ""));
  ASSERT_TRUE(there && *there);
  EXPECT_EQ(**there, rules);
}

TEST_F(BucketConfiguration, EachDifferenceIsNamed) {
  const auto configuration = to_be();
  apply_all(configuration);
  put(destination_, new_bucket, "cors",
      "<CORSConfiguration><CORSRule><AllowedMethod>PUT</AllowedMethod></CORSRule>"
      "</CORSConfiguration>");
  ASSERT_EQ(outcome(run(destination_.delete_sub_resource(new_bucket, "inventory", "weekly", ""))),
            "ok");
  EXPECT_THAT(
      different(configuration),
      testing::UnorderedElementsAre("cors of bucket new-photos is not what was put",
                                    "inventory \"weekly\" of bucket new-photos is not set"));
}

TEST_F(BucketConfiguration, WhatMayNotBeReadIsNeverTakenForAbsent) {
  add_fault({.operation = "GetBucketLifecycleConfiguration",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  add_fault({.operation = "ListBucketInventoryConfigurations",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  add_fault({.operation = "GetBucketInventoryConfiguration",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  const auto read = this->read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Errc::access_denied);
  EXPECT_THAT(read.error().message(),
              AllOf(HasSubstr(old_bucket), HasSubstr("s3:GetLifecycleConfiguration"),
                    HasSubstr("s3:GetInventoryConfiguration")));
}

TEST_F(BucketConfiguration, WhatFailsIsNeverTakenForAbsent) {
  auto anothers = run(read_configuration(source_, old_bucket, new_account));
  EXPECT_EQ(outcome(anothers), "access_denied");
  runtime_.retry.max_attempts = 2;
  add_fault({.operation = "GetBucketCors", .count = 0, .status = 500, .code = "InternalError"});
  EXPECT_EQ(outcome(read()), "unavailable");
  auto nowhere = run(read_configuration(source_, "nowhere", old_account));
  EXPECT_EQ(outcome(nowhere), "no_such_bucket");
}

TEST_F(BucketConfiguration, WhatTheServiceDoesNotKnowIsListed) {
  add_fault({.operation = "GetBucketAbac", .count = 0, .status = 501, .code = "NotImplemented"});
  add_fault(
      {.operation = "GetBucketWebsite", .count = 0, .status = 405, .code = "MethodNotAllowed"});
  add_fault({.operation = "GetBucketOwnershipControls",
             .count = 0,
             .status = 400,
             .code = "InvalidArgument"});
  const auto read = saved();
  EXPECT_THAT(read.unsupported,
              testing::UnorderedElementsAre("abac", "website", "ownershipControls"));
  EXPECT_EQ(read.find("website"), nullptr);
}

TEST_F(BucketConfiguration, AServiceIsNotSentWhatItDoesNotKnow) {
  Configuration configuration;
  configuration.items = {{"cors", "", {everything.at("cors"), {}}}};
  add_fault({.operation = "GetBucketCors", .count = 0, .status = 501, .code = "NotImplemented"});
  const auto applied = apply_phase(configuration, Phase::before_data);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code(), Errc::not_supported);
  EXPECT_THAT(applied.error().message(), HasSubstr("cors of bucket new-photos"));
  EXPECT_THAT(sent("PutBucketCors"), IsEmpty());
}

TEST_F(BucketConfiguration, MarksAndStatementsOfTheJobStay) {
  const std::string mark =
      "<Tagging><TagSet><Tag><Key>s3migrator:job</Key><Value>7</Value></Tag>"
      "</TagSet></Tagging>";
  const std::string deny =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"S3MigratorClosed7","Effect":"Deny",)"
      R"("Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::new-photos/*"}]})";
  put(destination_, new_bucket, "tagging", mark);
  put(destination_, new_bucket, "policy", deny);
  const auto configuration = to_be();
  apply_all(configuration);
  EXPECT_THAT(different(configuration), IsEmpty());
  const auto policy_there = [this] {
    return cloud([](sim::Cloud& cloud) { return cloud.bucket_policy(new_bucket); });
  };
  EXPECT_THAT(there(new_bucket, "tagging"), AllOf(HasSubstr("team"), HasSubstr("s3migrator:job")));
  EXPECT_THAT(policy_there(), AllOf(HasSubstr("\"Own\""), HasSubstr("S3MigratorClosed7")));
  ASSERT_EQ(outcome(run(finish(destination_, new_bucket, new_account, configuration, pause()))),
            "ok");
  EXPECT_THAT(there(new_bucket, "tagging"), Not(HasSubstr("s3migrator")));
  EXPECT_THAT(policy_there(), HasSubstr("S3MigratorClosed7")) << "whoever put it takes it away";
}

TEST_F(BucketConfiguration, TheLastMarkOfABucketWithoutTagsIsTakenAway) {
  put(destination_, new_bucket, "tagging",
      "<Tagging><TagSet><Tag><Key>s3migrator:job</Key><Value>7</Value></Tag></TagSet></Tagging>");
  ASSERT_EQ(outcome(run(finish(destination_, new_bucket, new_account, {}, pause()))), "ok");
  EXPECT_EQ(there(new_bucket, "tagging"), "");
  ASSERT_EQ(outcome(run(finish(destination_, new_bucket, new_account, {}, pause()))), "ok");
  EXPECT_EQ(sent("DeleteBucketTagging").size(), 1u);
}

TEST_F(BucketConfiguration, StatementsOfJobsAreNoPartOfIt) {
  const std::string grant =
      R"({"Sid":"S3MigratorGrant1","Effect":"Allow","Principal":{"AWS":"222222222222"},)"
      R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::old-photos/*"})";
  put(source_, old_bucket, "policy",
      policy.substr(0, policy.find("} ] }") + 1) + ", " + grant + "] }");
  EXPECT_TRUE(same_document("policy", saved().find("policy")->value, {policy, {}}));
  put(source_, old_bucket, "policy", R"({"Version":"2012-10-17","Statement":[)" + grant + "]}");
  EXPECT_THAT(saved().absent, Contains("policy"));
}

TEST_F(BucketConfiguration, ABucketThatIsNotYetKnownIsWaitedFor) {
  cloud([](sim::Cloud& cloud) { cloud.switches().bucket_visible_after = std::chrono::seconds(9); });
  ASSERT_EQ(outcome(run(
                destination_.create_bucket({.bucket = "newest-photos", .region = "eu-central-1"}))),
            "ok");
  Configuration configuration;
  configuration.items = {{"cors", "", {everything.at("cors"), {}}}};
  const auto applied = apply_phase(configuration, Phase::before_data, "newest-photos");
  ASSERT_TRUE(applied) << applied.error().describe();
  EXPECT_GT(pauses_, 0);
  EXPECT_EQ(there("newest-photos", "cors"), everything.at("cors"));
}

TEST_F(BucketConfiguration, AWriteGoesToTheRecordedRegionAndOwnerOrNowhere) {  // G2
  auto elsewhere = s3(administrator(sim::destination_account), "us-east-1");
  for (const auto way : {sim::WrongRegion::permanent_redirect, sim::WrongRegion::temporary_redirect,
                         sim::WrongRegion::malformed}) {
    cloud([way](sim::Cloud& cloud) { cloud.switches().wrong_region = way; });
    const auto done =
        run(elsewhere.put_sub_resource(new_bucket, "cors", "", {everything.at("cors"), {}}, ""));
    EXPECT_EQ(outcome(done), "wrong_region");
    EXPECT_EQ(outcome(run(elsewhere.delete_sub_resource(new_bucket, "cors", "", ""))),
              "wrong_region");
  }
  const auto thiefs = run(destination_.put_sub_resource(new_bucket, "cors", "",
                                                        {everything.at("cors"), {}}, old_account));
  EXPECT_EQ(outcome(thiefs), "access_denied");
  EXPECT_EQ(there(new_bucket, "cors"), "");
}

const std::vector<std::string> all_of_them{"notification", "replication", "lifecycle"};

TEST_F(BucketConfiguration, IsSuspendedAndPutBackByteForByte) {
  const auto before = saved();
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = run(suspend(source_, old_bucket, old_account, before, all_of_them, pause()));
    ASSERT_TRUE(done) << done.error().describe();
  }
  EXPECT_EQ(there(old_bucket, "replication"), "");
  EXPECT_EQ(there(old_bucket, "lifecycle"), "");
  const auto during = saved();
  for (const auto& query : all_of_them)
    EXPECT_EQ(during.find(query), nullptr) << query;
  EXPECT_EQ(during.items.size() + all_of_them.size(), before.items.size())
      << "nothing else was touched";
  EXPECT_EQ(sent("DeleteBucketReplication").size(), 1u);
  EXPECT_EQ(sent("PutBucketNotificationConfiguration").size(), 1u);
  for (int twice = 0; twice < 2; ++twice) {
    const auto done =
        run(restore_suspended(source_, old_bucket, old_account, before, all_of_them, pause()));
    ASSERT_TRUE(done) << done.error().describe();
  }
  for (const auto& query : all_of_them)
    EXPECT_EQ(there(old_bucket, query), everything.at(query)) << query;
  EXPECT_EQ(saved(), before);
}

TEST_F(BucketConfiguration, OnlyWhatWasSavedIsRemoved) {
  Configuration nothing;
  const auto done = run(suspend(source_, old_bucket, old_account, nothing, all_of_them, pause()));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Errc::conflict);
  EXPECT_THAT(sent("Delete"), IsEmpty());
  EXPECT_THAT(sent("Put"), IsEmpty());
  auto plain = run(suspend(destination_, new_bucket, new_account, saved(), all_of_them, pause()));
  EXPECT_TRUE(plain) << plain.error().describe();
  EXPECT_THAT(sent("Delete"), IsEmpty()) << "absent already: there is nothing to send";
}

TEST_F(BucketConfiguration, WhatWasChangedMeanwhileIsNeitherRemovedNorOverwritten) {
  const auto before = saved();
  const std::string other =
      "<LifecycleConfiguration><Rule><ID>new</ID></Rule>"
      "</LifecycleConfiguration>";
  put(source_, old_bucket, "lifecycle", other);
  const auto done = run(suspend(source_, old_bucket, old_account, before, all_of_them, pause()));
  EXPECT_EQ(outcome(done), "conflict");
  EXPECT_EQ(there(old_bucket, "lifecycle"), other);
  const auto restored =
      run(restore_suspended(source_, old_bucket, old_account, before,
                            {"lifecycle", "notification", "replication"}, pause()));
  ASSERT_TRUE(restored) << restored.error().describe();
  EXPECT_THAT(*restored, ElementsAre("lifecycle"));
  EXPECT_EQ(there(old_bucket, "lifecycle"), other);
  EXPECT_EQ(there(old_bucket, "notification"), everything.at("notification"))
      << "the others are put back all the same";
  EXPECT_EQ(there(old_bucket, "replication"), everything.at("replication"));
}

TEST_F(BucketConfiguration, AServerThatDeletesABucketOnDeleteEncryptionIsNotHurt) {
  cloud([](sim::Cloud& cloud) { cloud.switches().delete_encryption_deletes_bucket = true; });
  const auto before = saved();
  const auto configuration = to_be();
  EXPECT_EQ(outcome(run(suspend(source_, old_bucket, old_account, before, all_of_them, pause()))),
            "ok");
  EXPECT_EQ(
      outcome(run(suspend(source_, old_bucket, old_account, before, {"encryption"}, pause()))),
      "invalid_argument");
  EXPECT_EQ(outcome(run(
                restore_suspended(source_, old_bucket, old_account, before, all_of_them, pause()))),
            "ok");
  apply_all(configuration);
  EXPECT_EQ(outcome(run(finish(destination_, new_bucket, new_account, configuration, pause()))),
            "ok");
  EXPECT_TRUE(cloud([](sim::Cloud& cloud) {
    return cloud.has_bucket(old_bucket) && cloud.has_bucket(new_bucket);
  }));
  EXPECT_THAT(sent("DeleteBucketEncryption"), IsEmpty());
}

}  // namespace
}  // namespace s3m::workflow
