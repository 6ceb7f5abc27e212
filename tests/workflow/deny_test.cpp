// The Denies of a migration: whom they shut out, on servers of every understanding, and that they
// come off again on every way out (guards G4, G16, G20, G21, G22).
#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "tests/workflow/rig.hpp"
#include "workflow/temporary_deny.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Long-term keys, as a person of the bucket's account has them.
class Keys final : public aws::CredentialsSource {
 public:
  explicit Keys(sim::AccessKey key) : key_(std::move(key)) {}
  net::Task<Result<aws::Credentials>> fetch() override {
    co_return aws::Credentials{.access_key_id = key_.id, .secret_access_key = key_.secret};
  }
  std::string describe() const override { return "keys of a test"; }

 private:
  sim::AccessKey key_;
};

sim::AccessKey admin_of(const sim::Scenario& world, std::string_view account_id) {
  for (const auto& account : world.accounts) {
    if (account.id != account_id) continue;
    for (const auto& user : account.users) {
      if (user.name == "admin") return sim::key_of(account, user);
    }
  }
  return {};
}

// One run of a job, in this process. It ends as if killed: nothing is taken back.
class Run {
 public:
  Run(Rig& rig, std::string job) : engine_(rig.engine(std::move(job))) {}
  ~Run() {
    engine_->close();
    engine_->loop().restart();
    engine_->loop().run();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  template <class T>
  T await(net::Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(engine_->loop(), std::move(task),
                          [&result](const std::exception_ptr& bug, T value) {
                            if (bug) std::rethrow_exception(bug);
                            result.emplace(std::move(value));
                          });
    engine_->loop().restart();
    while (!result)
      engine_->loop().run_one();
    return *std::move(result);
  }

  JobContext& context() { return engine_->context(); }
  const Access& of_source() { return *engine_->source(); }
  const Access& of_destination() { return engine_->destination(); }
  Principal who(const Access& access) { return await(identify(access)).value(); }

  // The answer of one request by somebody: "ok", or the error's name.
  std::string ask(std::shared_ptr<aws::Identity> identity, aws::Request request) {
    auto settings = of_source().endpoint;
    settings.region = request.bucket == source ? "us-east-1" : "eu-central-1";
    aws::Client client(context().runtime, std::move(identity), std::move(settings),
                       aws::unlimited_admission());
    const auto answer = await(client.call(std::move(request)));
    return answer ? "ok" : std::string(name(answer.error().code()));
  }

  std::shared_ptr<aws::Identity> person(sim::AccessKey key) {
    return std::make_shared<aws::Identity>(engine_->loop(), std::make_unique<Keys>(std::move(key)));
  }

 private:
  std::unique_ptr<app::Engine> engine_;
};

class Frozen {
 public:
  Frozen(Rig& rig, DenyKind kind, std::string job = "20261122t162800-3f9a1c")
      : run(rig, std::move(job)),
        owner(kind == DenyKind::freeze ? run.of_source() : run.of_destination()) {
    const bool at_source = kind == DenyKind::freeze;
    DenyTerms terms{
        .kind = kind, .bucket = at_source ? source : destination, .spared = {run.who(owner)}};
    // What is copied there is written by the source role.
    if (kind == DenyKind::protect) terms.spared.push_back(run.who(run.of_source()));
    deny.emplace(run.context(), owner,
                 BucketFacts{.region = at_source ? "us-east-1" : "eu-central-1",
                             .expected_owner = std::string(at_source ? sim::source_account
                                                                     : sim::destination_account)},
                 std::move(terms));
  }

  Result<DenyResult> place(std::optional<std::chrono::milliseconds> patience = 0ms) {
    return run.await(
        deny->place(patience, [this](std::string text) { warnings.push_back(std::move(text)); }));
  }
  Result<bool> remove() { return run.await(deny->remove()); }

  Run run;
  const Access& owner;
  std::optional<TemporaryDeny> deny;
  std::vector<std::string> warnings;
};

aws::Request object_request(std::string_view operation, aws::Method method, std::string bucket,
                            std::string key, std::string_view query = {}, std::string body = {}) {
  aws::Request request{
      .operation = operation, .method = method, .bucket = std::move(bucket), .key = std::move(key)};
  if (!query.empty()) request.query.push_back({query, ""});
  if (!body.empty()) {
    request.headers.push_back({"content-md5", base64(bytes_of(md5(body)))});
    request.body = std::move(body);
  }
  return request;
}

// One of each kind of change: of objects, and of what changes objects by itself.
std::vector<aws::Request> changes(const std::string& bucket, const std::string& key) {
  using enum aws::Method;
  std::vector<aws::Request> all;
  all.push_back(object_request("PutObject", put, bucket, key, {}, "other bytes"));
  all.push_back(object_request(
      "PutObjectTagging", put, bucket, key, "tagging",
      "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"));
  all.push_back(object_request("DeleteObjectTagging", del, bucket, key, "tagging"));
  all.push_back(object_request("CreateMultipartUpload", post, bucket, key, "uploads"));
  auto annotation = object_request("PutObjectAnnotation", put, bucket, key, "annotation", "note");
  annotation.query.push_back({"annotationName", "note"});
  all.push_back(std::move(annotation));
  all.push_back(object_request("PutBucketVersioning", put, bucket, {}, "versioning",
                               "<VersioningConfiguration><Status>Enabled</Status>"
                               "</VersioningConfiguration>"));
  all.push_back(
      object_request("PutBucketLifecycleConfiguration", put, bucket, {}, "lifecycle",
                     "<LifecycleConfiguration><Rule><ID>a</ID><Filter/><Status>Enabled</Status>"
                     "<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"));
  all.push_back(object_request("DeleteObject", del, bucket, key));
  return all;
}

std::vector<std::string> try_all(Run& run, const std::shared_ptr<aws::Identity>& who,
                                 const std::string& bucket, const std::string& key) {
  std::vector<std::string> answers;
  for (auto& request : changes(bucket, key)) {
    const std::string operation(request.operation);
    auto answer = run.ask(who, std::move(request));
    answers.push_back(operation + ": " + answer);
  }
  return answers;
}

const std::string a_photo = "photo-000003";

TEST(Freeze, OnlyTheJobsOwnSessionMayChangeAnything) {
  const auto world = two_bucket_world();
  Rig rig(world);
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_TRUE(placed->others_refused);
  EXPECT_EQ(placed->dialect, DenyDialect::user_id);

  auto& run = frozen.run;
  const auto owner = run.person(admin_of(world, sim::source_account));
  EXPECT_THAT(try_all(run, owner, source, a_photo), Each(HasSubstr(": access_denied")));
  EXPECT_THAT(try_all(run, frozen.owner.stranger, source, a_photo),
              Each(HasSubstr(": access_denied")));
  EXPECT_THAT(rig.keys(source), Contains(a_photo));
  // Reading goes on, and so does the say over the policy: nobody is locked out.
  EXPECT_EQ(run.ask(owner, object_request("GetObject", aws::Method::get, source, a_photo)), "ok");
  EXPECT_EQ(
      run.ask(owner, object_request("GetBucketPolicy", aws::Method::get, source, {}, "policy")),
      "ok");

  EXPECT_THAT(try_all(run, frozen.owner.identity, source, a_photo), Each(HasSubstr(": ok")));
  EXPECT_THAT(rig.keys(source), Not(Contains(a_photo)));
}

TEST(Freeze, TakenOffEverybodyWritesAgainAndThePolicyIsWhatItWasByteForByte) {
  const auto world = two_bucket_world();
  Rig rig(world);
  const auto before = others_policy(source);
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(source, before)); });
  Frozen frozen(rig, DenyKind::freeze);
  ASSERT_TRUE(frozen.place());
  EXPECT_THAT(rig.policy(source), AllOf(HasSubstr("\"Others\""), HasSubstr(frozen.deny->sid())));
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_EQ(rig.policy(source), before);
  const auto owner = frozen.run.person(admin_of(world, sim::source_account));
  EXPECT_THAT(try_all(frozen.run, owner, source, a_photo), Each(HasSubstr(": ok")));
}

TEST(Freeze, TheOwnerCanAlwaysTakeItOut) {
  const auto world = two_bucket_world();
  Rig rig(world);
  Frozen frozen(rig, DenyKind::freeze);
  ASSERT_TRUE(frozen.place());
  const auto owner = frozen.run.person(admin_of(world, sim::source_account));
  EXPECT_EQ(frozen.run.ask(owner, object_request("DeleteBucketPolicy", aws::Method::del, source, {},
                                                 "policy")),
            "ok");
  const auto proven = frozen.run.await(frozen.deny->prove());
  ASSERT_FALSE(proven);
  EXPECT_EQ(proven.error().code(), Errc::access_denied);
}

TEST(Freeze, OfAKilledJobIsFoundAgainAndHeldAllTheWhile) {
  Rig rig(two_bucket_world());
  const auto before = others_policy(source);
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(source, before)); });
  {
    Frozen killed(rig, DenyKind::freeze);
    ASSERT_TRUE(killed.place());
  }
  rig.forget_requests();
  Frozen resumed(rig, DenyKind::freeze);
  const auto placed = resumed.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_TRUE(placed->stood);
  EXPECT_EQ(rig.requests("PutBucketPolicy"), 0u);
  EXPECT_TRUE(resumed.remove().value());
  EXPECT_EQ(rig.policy(source), before);
}

TEST(Freeze, OfAnotherJobDoesNotSpareThisOne) {
  Rig rig(two_bucket_world());
  Frozen first(rig, DenyKind::freeze, "first");
  ASSERT_TRUE(first.place());
  Frozen second(rig, DenyKind::freeze, "second");
  const auto placed = second.place();
  ASSERT_FALSE(placed);
  EXPECT_THAT(placed.error().message(), HasSubstr("may not write"));
  EXPECT_THAT(rig.policy(source), Not(HasSubstr(second.deny->sid())));
  EXPECT_TRUE(first.remove().value());
}

TEST(Freeze, WhatOthersEditInBetweenStays) {
  Rig rig(two_bucket_world());
  rig.cloud([&](sim::Cloud& cloud) { cloud.set_policy(source, others_policy(source)); });
  Frozen frozen(rig, DenyKind::freeze);
  ASSERT_TRUE(frozen.place());
  rig.cloud([](sim::Cloud& cloud) {
    auto edited = cloud.bucket_policy(source);
    const auto at = edited.find("\"Statement\":[") + 13;
    edited.insert(at, R"({"Sid":"New","Effect":"Allow","Principal":{"AWS":"333333333333"},)"
                      R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::source-bucket/*"},)");
    ASSERT_TRUE(cloud.set_policy(source, edited));
  });
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_THAT(find_sids(rig.policy(source), "").value(), ElementsAre("New", "Others"));
}

TEST(Freeze, WhereADenyHitsEveryoneItIsTakenOffAndTheErrorSaysSo) {
  const auto world = two_bucket_world();
  Rig rig(world);
  const auto before = others_policy(source);
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(source, before)); });
  rig.switches([](sim::Switches& switches) { switches.deny_hits_everyone = true; });
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(),
              AllOf(HasSubstr("bucket source-bucket"), HasSubstr("own session was refused"),
                    HasSubstr("taken off again"), HasSubstr("--source-is-quiet")));
  EXPECT_EQ(rig.policy(source), before);
  EXPECT_FALSE(frozen.deny->placed());
}

TEST(Freeze, WhereNobodyIsSparedByPrincipalArnItIsByUserId) {
  Rig rig(two_bucket_world());
  rig.switches([](sim::Switches& switches) { switches.principal_arn_never_matches = true; });
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(placed->dialect, DenyDialect::user_id);
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_EQ(rig.policy(source), "");
}

TEST(Freeze, WhereTheUserIdIsUnknownNotPrincipalDoes) {
  const auto world = two_bucket_world();
  Rig rig(world);
  rig.switches([](sim::Switches& switches) {
    switches.user_id_never_matches = true;
    switches.not_principal_needs_whole_chain = false;
  });
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(placed->dialect, DenyDialect::not_principal);
  const auto owner = frozen.run.person(admin_of(world, sim::source_account));
  EXPECT_THAT(try_all(frozen.run, owner, source, a_photo), Each(HasSubstr(": access_denied")));
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_EQ(rig.policy(source), "");
}

// Where a user has no aws:userid, and a negated operator does not hold without its key, the proof
// by another session of the role would not see that users still write.
TEST(Freeze, AlsoShutsOutWhoHasNoUserId) {
  const auto world = two_bucket_world();
  Rig rig(world);
  rig.switches([](sim::Switches& switches) {
    switches.user_id_of_sessions_alone = true;
    switches.negated_needs_key = true;
  });
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(placed->dialect, DenyDialect::user_id);
  const auto owner = frozen.run.person(admin_of(world, sim::source_account));
  EXPECT_THAT(try_all(frozen.run, owner, source, a_photo), Each(HasSubstr(": access_denied")));
}

TEST(Freeze, APolicyThatTakesEffectLateIsWaitedFor) {
  const auto world = two_bucket_world();
  Rig rig(world);
  rig.switches([](sim::Switches& switches) { switches.policy_effective_after = 400ms; });
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place(60s);
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_GT(placed->effective_after, 0ms);
  const auto owner = frozen.run.person(admin_of(world, sim::source_account));
  EXPECT_THAT(try_all(frozen.run, owner, source, a_photo), Each(HasSubstr(": access_denied")));
}

TEST(Freeze, OfARoleThatMayOnlyReadIsRefusedBeforeAnythingIsPut) {
  auto world = two_bucket_world();
  world.account(sim::source_account).roles.at(0).policies = {
      sim::allow({"s3:Get*", "s3:List*", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}, {"*"})};
  Rig rig(world);
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(), HasSubstr("s3:PutObject"));
  EXPECT_THAT(rig.writes(), Not(Contains("PutBucketPolicy")));
}

TEST(Freeze, ASecondSessionThatCannotBeAssumedIsNotTakenForARefusedWrite) {
  auto world = two_bucket_world();
  world.account(sim::source_account).roles.at(0).trust =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":")" +
      std::string(sim::migrator_role) +
      R"("},"Action":"sts:AssumeRole","Condition":{"StringNotLike":{"sts:RoleSessionName":)"
      R"("*-stranger"}}}})";
  Rig rig(world);
  Frozen frozen(rig, DenyKind::freeze);
  const auto placed = frozen.place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::refused);
  EXPECT_THAT(placed.error().message(), HasSubstr("trust policy"));
  EXPECT_TRUE(frozen.deny->placed());
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_EQ(rig.policy(source), "");
}

TEST(Freeze, ComesOffAfterCtrlC) {
  Rig rig(two_bucket_world());
  Frozen frozen(rig, DenyKind::freeze);
  ASSERT_TRUE(frozen.place());
  frozen.run.context().cancel.cancel();
  EXPECT_TRUE(frozen.remove().value());
  EXPECT_EQ(rig.policy(source), "");
}

TEST(Freeze, OfAKilledJobSurvivesTheNextCopyAndGoesWithCleanup) {
  Rig rig(two_bucket_world());
  std::string sid;
  {
    Frozen killed(rig, DenyKind::freeze);
    ASSERT_TRUE(killed.place());
    sid = killed.deny->sid();
    // Its job is known to be over.
    auto& context = killed.run.context();
    const auto known = killed.run.await(
        context.store.run(context.loop, [&context](store::Store& store) -> Result<void> {
          auto created = store.create_job(context.job_id, "migrate", "{}");
          if (!created) return created;
          return store.set_job_state(context.job_id, store::JobState::paused, 130);
        }));
    ASSERT_TRUE(known) << known.error().describe();
  }
  const auto copied = rig.copy({"--grant", "source-policy"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig.policy(source), HasSubstr(sid));

  const auto cleaned =
      rig.run({"cleanup", "s3://" + source, "--migrator-role-arn", std::string(sim::migrator_role),
               "--role-arn", std::string(sim::source_role), "--external-id",
               std::string(sim::source_external_id)});
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.message;
  EXPECT_THAT(cleaned.message, HasSubstr("1 freezes and other denials"));
  EXPECT_THAT(rig.told(), HasSubstr(sid));
  EXPECT_EQ(rig.policy(source), "");
}

TEST(Closed, TheNewBucketIsNeitherReadNorWrittenByOthers) {
  auto world = two_bucket_world();
  world.bucket(destination, sim::destination_account)
      .with(sim::ObjectSpec{.key = a_photo, .body = "bytes"});
  Rig rig(world);
  Frozen closed(rig, DenyKind::closed);
  const auto placed = closed.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  auto& run = closed.run;
  const auto owner = run.person(admin_of(world, sim::destination_account));
  const auto get = object_request("GetObject", aws::Method::get, destination, a_photo);
  const auto list = object_request("ListObjects", aws::Method::get, destination, {});
  for (const auto& other : {owner, closed.owner.stranger}) {
    EXPECT_THAT(try_all(run, other, destination, a_photo), Each(HasSubstr(": access_denied")));
    EXPECT_EQ(run.ask(other, get), "access_denied");
    EXPECT_EQ(run.ask(other, list), "access_denied");
  }
  EXPECT_EQ(run.ask(closed.owner.identity, get), "ok");
  EXPECT_EQ(run.ask(closed.owner.identity, list), "ok");
  EXPECT_THAT(try_all(run, closed.owner.identity, destination, a_photo), Each(HasSubstr(": ok")));
}

TEST(Protect, TheTemporaryBucketIsChangedByBothSessionsOfTheJobAlone) {
  auto world = two_bucket_world();
  world.bucket(destination, sim::destination_account)
      .with(sim::ObjectSpec{.key = a_photo, .body = "bytes"});
  world.bucket(destination, sim::destination_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"Grant","Effect":"Allow","Principal":)"
      R"({"AWS":"111111111111"},"Action":["s3:PutObject","s3:GetObject"],)"
      R"("Resource":"arn:aws:s3:::destination-bucket/*"}]})";
  Rig rig(world);
  Frozen protect(rig, DenyKind::protect);
  const auto placed = protect.place();
  ASSERT_TRUE(placed) << placed.error().describe();
  auto& run = protect.run;
  const auto owner = run.person(admin_of(world, sim::destination_account));
  const auto& writer = run.of_source();
  const auto write = [&](const std::string& key) {
    return object_request("PutObject", aws::Method::put, destination, key, {}, "new bytes");
  };
  for (const auto& other : {owner, protect.owner.stranger}) {
    EXPECT_THAT(try_all(run, other, destination, a_photo), Each(HasSubstr(": access_denied")));
    EXPECT_EQ(run.ask(other, object_request("GetObject", aws::Method::get, destination, a_photo)),
              "ok");
  }
  EXPECT_EQ(run.ask(writer.stranger, write("a")), "access_denied");
  EXPECT_EQ(run.ask(writer.identity, write("a")), "ok");
  EXPECT_THAT(try_all(run, protect.owner.identity, destination, a_photo), Each(HasSubstr(": ok")));
}

}  // namespace
}  // namespace s3m::workflow
