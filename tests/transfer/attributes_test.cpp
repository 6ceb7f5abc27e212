// What no copy carries by itself comes along or is reported, in one request and in parts: each
// "carried" row of docs/what-is-carried.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

const std::string all_users = "uri=http://acs.amazonaws.com/groups/global/AllUsers";
const std::string source_key = "arn:aws:kms:us-east-1:111111111111:key/source";
const std::string other_key = "arn:aws:kms:us-east-1:111111111111:key/other";

// Both ways of copying: object "thing" in one request, or in parts.
class Attributes : public testing::TestWithParam<bool> {
 protected:
  static bool in_parts() { return GetParam(); }

  static sim::Scenario world(sim::ObjectSpec object) {
    object.key = "thing";
    object.size = 20 * mib;
    object.age = std::chrono::minutes(60);
    auto scenario = two_buckets();
    scenario.bucket("original", sim::source_account).with(std::move(object));
    return scenario;
  }
  static void lockable(sim::Scenario& scenario, const std::string& bucket) {
    auto& spec = scenario.bucket(bucket, sim::source_account);
    spec.versioning = "Enabled";
    spec.configuration["object-lock"] =
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        "</ObjectLockConfiguration>";
  }
  static void with_acls(sim::Scenario& scenario) {
    for (const std::string bucket : {"original", "copy"}) {
      auto& spec = scenario.bucket(bucket, sim::source_account);
      spec.ownership = "ObjectWriter";
      spec.block_public_access = false;
    }
  }
  static CopyOptions options(AttributeRules rules = {}) {
    CopyOptions options;
    if (in_parts()) options.multipart_threshold = options.part_size = 5 * mib;
    options.attributes = std::move(rules);
    return options;
  }

  // Copies, and remembers what was told as lost.
  void copy(Rig& rig, const CopyOptions& how) {
    rig.context->on_loss = [this](const FailureEvent& loss) { losses_.push_back(loss.code); };
    rig.must_copy(how);
    EXPECT_EQ(rig.counters.not_carried, losses_.size());
    EXPECT_EQ(rig.requests("UploadPartCopy") > 0, in_parts());
  }

  std::vector<std::string> losses_;
};
INSTANTIATE_TEST_SUITE_P(, Attributes, testing::Bool(), [](const auto& param) {
  return param.param ? "InParts" : "InOneRequest";
});

TEST_P(Attributes, APlainBucketCostsNoLook) {
  Rig rig(world({}));
  copy(rig, options());
  EXPECT_EQ(rig.requests("GetObjectAcl"), 0U);
  EXPECT_EQ(rig.counters.looks, 0U);
  if (!in_parts()) {
    EXPECT_EQ(rig.requests("HeadObject"), 0U);
  }
}

TEST_P(Attributes, MetadataTagsAndStorageClassAreCarried) {
  Rig rig(world({.metadata = {{"author", "Ada"}},
                 .headers = {{"Content-Type", "video/mp4"}, {"Cache-Control", "max-age=60"}},
                 .tags = {{"kind", "film"}},
                 .storage_class = "STANDARD_IA"}));
  copy(rig, options());
  const auto source = *rig.object("original", "thing"), made = *rig.object("copy", "thing");
  EXPECT_EQ(made.metadata, source.metadata);
  EXPECT_THAT(made.headers, UnorderedElementsAreArray(source.headers));
  EXPECT_EQ(made.tags, source.tags);
  EXPECT_EQ(made.storage_class, "STANDARD_IA");
}

TEST_P(Attributes, WebsiteRedirectsAreCarried) {
  Rig rig(world({.website_redirect = "/elsewhere"}));
  copy(rig, options({.look = true}));
  EXPECT_EQ(rig.object("copy", "thing")->website_redirect, "/elsewhere");
}

TEST_P(Attributes, RetentionAndHoldAreCarriedIntoABucketWithObjectLock) {
  auto scenario =
      world({.lock_mode = "GOVERNANCE", .lock_until = "2040-01-01T00:00:00Z", .legal_hold = true});
  lockable(scenario, "original");
  lockable(scenario, "copy");
  Rig rig(scenario);
  copy(rig, options({.look = true, .locked = true}));
  const auto made = *rig.object("copy", "thing");
  EXPECT_EQ(made.lock_mode, "GOVERNANCE");
  EXPECT_EQ(made.lock_until, parse_iso8601("2040-01-01T00:00:00Z"));
  EXPECT_TRUE(made.legal_hold);
  EXPECT_THAT(losses_, IsEmpty());
  EXPECT_EQ(rig.requests("GetObjectRetention"), 0U) << "the HEAD told";
}

// The first object, and all but one, may be asked for their locks.
TEST_P(Attributes, LocksHiddenOfOneObjectAreReportedOfIt) {
  auto scenario = world({});
  lockable(scenario, "original");
  lockable(scenario, "copy");
  scenario.bucket("original", sim::source_account)
      .with({.key = "z/hidden",
             .size = 20 * mib,
             .lock_mode = "GOVERNANCE",
             .lock_until = "2040-01-01T00:00:00Z",
             .legal_hold = true,
             .age = std::chrono::minutes(60)});
  scenario.bucket("original", sim::source_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",)"
      R"("Action":["s3:GetObjectRetention","s3:GetObjectLegalHold"],)"
      R"("Resource":"arn:aws:s3:::original/z/*"}]})";
  Rig rig(scenario, {.governor = {.initial = 1, .adaptive = false}});
  std::vector<FailureEvent> told;
  rig.context->on_loss = [&](const FailureEvent& loss) { told.push_back(loss); };
  rig.must_copy(options({.look = true, .locked = true}));
  ASSERT_EQ(told.size(), 2U);
  for (const auto& loss : told)
    EXPECT_EQ(loss.key, "z/hidden");
}

TEST_P(Attributes, WithoutObjectLockThereTheyAreReported) {
  auto scenario =
      world({.lock_mode = "COMPLIANCE", .lock_until = "2040-01-01T00:00:00Z", .legal_hold = true});
  lockable(scenario, "original");
  Rig rig(scenario);
  copy(rig, options({.look = true, .locked = true, .lock_fits = false}));
  EXPECT_EQ(rig.object("copy", "thing")->lock_mode, "");
  EXPECT_THAT(losses_, UnorderedElementsAre("retention", "legal_hold"));
}

TEST_P(Attributes, CannedAclsAreCarried) {
  auto scenario = world({.acl = "public-read"});
  with_acls(scenario);
  Rig rig(scenario);
  copy(rig, options({.read_acl = true}));
  EXPECT_EQ(rig.object("copy", "thing")->acl, "public-read");
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_P(Attributes, SingleGrantsAreCarriedWithTheOwnersFullControl) {
  auto scenario = world({.grants = {{"READ", "id=friend"}, {"READ_ACP", all_users}}});
  with_acls(scenario);
  Rig rig(scenario);
  copy(rig, options({.read_acl = true, .owner_id = "us"}));
  EXPECT_THAT(rig.object("copy", "thing")->grants,
              UnorderedElementsAre(Pair("READ", "id=friend"), Pair("READ_ACP", all_users),
                                   Pair("FULL_CONTROL", "id=us")));
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_P(Attributes, AnAclTheDestinationRefusesIsReportedAndTheObjectCopied) {
  auto scenario = world({.acl = "public-read"});
  with_acls(scenario);
  scenario.bucket("copy", sim::source_account).block_public_access = true;
  Rig rig(scenario);
  copy(rig, options({.read_acl = true}));
  EXPECT_EQ(rig.object("copy", "thing")->acl, "private");
  EXPECT_THAT(losses_, ElementsAre("acl"));
}

TEST_P(Attributes, AnAclThatCannotBeKeptIsReported) {
  auto scenario = world({.acl = "authenticated-read"});
  with_acls(scenario);
  Rig rig(scenario);
  copy(rig, options({.read_acl = true, .no_acl = "disabled there"}));
  EXPECT_THAT(losses_, ElementsAre("acl"));
}

TEST_P(Attributes, KmsKeysAreMapped) {
  AttributeRules rules{.look = true};
  ASSERT_TRUE(rules.kms_keys.add("source=" + other_key));
  Rig rig(world({.sse = "aws:kms", .kms_key = source_key}));
  copy(rig, options(rules));
  EXPECT_EQ(rig.object("copy", "thing")->sse, "aws:kms");
  EXPECT_EQ(rig.object("copy", "thing")->kms_key, other_key);
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_P(Attributes, AKeyWithoutAnotherIsReported) {
  AttributeRules rules{.look = true};
  ASSERT_TRUE(rules.kms_keys.add("unknown=" + other_key));
  Rig rig(world({.sse = "aws:kms", .kms_key = source_key}));
  copy(rig, options(rules));
  EXPECT_EQ(rig.object("copy", "thing")->sse, "AES256");
  EXPECT_THAT(losses_, ElementsAre("encryption_key"));
}

TEST_P(Attributes, AnnotationsAreCarried) {
  Rig rig(world({.annotations = {{"label.json", "{\"cat\":1}"}, {"note", "x"}}}));
  copy(rig, options());
  EXPECT_EQ(rig.object("copy", "thing")->annotations, rig.object("original", "thing")->annotations);
  EXPECT_EQ(rig.requests("ListObjectAnnotations"), in_parts() ? 1U : 0U);
  EXPECT_TRUE(rig.journal.uploads.empty());
}

// --- what only copies in parts meet --------------------------------------------------------------

CopyOptions parts() {
  CopyOptions options;
  options.multipart_threshold = options.part_size = 5 * mib;
  return options;
}

sim::Scenario annotated() {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "thing",
             .size = 20 * mib,
             .annotations = {{"note", "x"}},
             .age = std::chrono::minutes(60)});
  return scenario;
}

TEST(Tags, ThatMayBeHiddenAreReported) {
  auto scenario = annotated();
  scenario.bucket("original", sim::source_account)
      .with({.key = "thing2", .size = 20 * mib, .age = std::chrono::minutes(60)});
  Rig rig(scenario);
  rig.fault({.operation = "GetObjectTagging", .count = 0, .status = 403, .code = "AccessDenied"});
  std::vector<std::string> losses;
  rig.context->on_loss = [&](const FailureEvent& loss) { losses.push_back(loss.code); };
  rig.must_copy(parts());
  EXPECT_THAT(losses, ElementsAre("tags", "tags"));
}

// As a policy for a prefix does.
TEST(Tags, HiddenOfSomeObjectsAloneAreReportedOfThose) {
  auto scenario = annotated();
  scenario.bucket("original", sim::source_account)
      .with({.key = "z/hidden", .size = 20 * mib, .age = std::chrono::minutes(60)});
  Rig rig(scenario, {.governor = {.initial = 1, .adaptive = false}});
  rig.fault({.operation = "GetObjectTagging",
             .key = "z/*",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  std::vector<std::string> losses;
  rig.context->on_loss = [&](const FailureEvent& loss) { losses.push_back(loss.key); };
  rig.must_copy(parts());
  EXPECT_THAT(losses, ElementsAre("z/hidden"));
}

TEST(Annotations, ThatCannotBeReadAreReported) {
  Rig rig(annotated());
  rig.fault(
      {.operation = "ListObjectAnnotations", .count = 0, .status = 403, .code = "AccessDenied"});
  std::vector<FailureEvent> losses;
  rig.context->on_loss = [&](const FailureEvent& loss) { losses.push_back(loss); };
  rig.must_copy(parts());
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].code, "annotations");
  EXPECT_EQ(losses[0].key, "thing");
}

TEST(Annotations, OfOneServiceThatHasNoneAreAskedForOnce) {
  auto scenario = annotated();
  scenario.bucket("original", sim::source_account)
      .with({.key = "thing2", .size = 20 * mib, .age = std::chrono::minutes(60)});
  Rig rig(scenario, {.governor = {.initial = 1, .adaptive = false}});
  rig.fault(
      {.operation = "ListObjectAnnotations", .count = 0, .status = 501, .code = "NotImplemented"});
  rig.must_copy(parts());
  EXPECT_LE(rig.requests("ListObjectAnnotations"), 2U);
  EXPECT_EQ(rig.counters.not_carried, 0U);
}

TEST(Annotations, ARunThatEndedBeforeThemIsFollowedByOneThatCopiesThem) {
  auto scenario = two_buckets();
  sim::ObjectSpec object{.key = "thing", .size = 20 * mib, .age = std::chrono::minutes(60)};
  scenario.bucket("original", sim::source_account).with(object);
  Rig rig(scenario);
  rig.must_copy(parts());
  // As if the run had been killed between Complete and the annotations.
  object.annotations = {{"note", "x"}};
  rig.put("original", object);
  ASSERT_TRUE(rig.journal.record(
      {.bucket = "copy", .key = "thing", .upload_id = "completed", .settings = {}}));
  rig.must_copy(parts());
  EXPECT_EQ(rig.object("copy", "thing")->annotations, object.annotations);
  EXPECT_EQ(rig.counters.copied, 0U);
  EXPECT_EQ(rig.counters.skipped, 1U);
}

}  // namespace
}  // namespace s3m::transfer
