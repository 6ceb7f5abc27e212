// The parts of migration_refusals.hpp that judge the bucket's policy and its keys, and the
// warnings.
#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aws/arn.hpp"
#include "base/text.hpp"
#include "workflow/migration_refusals.hpp"
#include "workflow/policy_document.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

std::string quoted(const std::string& bucket) {
  return "bucket " + printable(bucket);
}

// What the source identity has to do to its own bucket and cannot do against a Deny.
constexpr auto actions_on_bucket = std::to_array<std::string_view>(
    {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads",
     "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
     "s3:PutLifecycleConfiguration", "s3:PutBucketNotification", "s3:PutReplicationConfiguration",
     "s3:DeleteBucket"});
constexpr auto actions_on_objects = std::to_array<std::string_view>(
    {"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:PutObject",
     "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"});

// A statement that denies some of it.
struct Deny {
  std::string statement;             // its name
  std::vector<std::string> actions;  // of ours
  bool conditional = false;
};

bool has_condition(const json::value& statement) {
  const auto* condition = statement.as_object().if_contains("Condition");
  return condition != nullptr && condition->is_object() && !condition->as_object().empty();
}

std::string alone(const json::value& statement) {
  json::object policy{{"Version", "2012-10-17"}};
  policy["Statement"] = json::array{statement};
  return json::serialize(policy);
}

Result<void> add_denied(const MigrationFacts& facts, const std::string& document,
                        std::string_view action, const std::string& resource,
                        std::vector<std::string>& denied) {
  const PolicyUse use{.principals = facts.source_principal.names(),
                      .actions = {std::string(action)},
                      .resources = {resource},
                      .tls = facts.tls};
  auto found = denies_that_bite(document, use);
  if (!found) return forward(found);
  if (!found->empty()) denied.emplace_back(action);
  return ok;
}

Result<std::vector<Deny>> denies_of(const MigrationFacts& facts) {
  std::vector<Deny> denies;
  auto policy = parse_policy(*facts.policy);
  if (!policy) return forward(policy);
  const auto bucket = fmt::format("arn:{}:s3:::{}", facts.source_principal.partition, facts.bucket);
  const auto statements = statements_of(*policy);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].is_object() || sid_of(statements[i]).starts_with("S3Migrator")) continue;
    Deny deny{.statement = statement_name(statements[i], i),
              .actions = {},
              .conditional = has_condition(statements[i])};
    const auto document = alone(statements[i]);
    for (const auto action : actions_on_bucket) {
      auto asked = add_denied(facts, document, action, bucket, deny.actions);
      if (!asked) return forward(asked);
    }
    for (const auto action : actions_on_objects) {
      auto asked = add_denied(facts, document, action, bucket + "/*", deny.actions);
      if (!asked) return forward(asked);
    }
    if (!deny.actions.empty()) denies.push_back(std::move(deny));
  }
  return denies;
}

// Whether a policy hands decisions to access points, as those that have some do.
bool delegates_to_access_points(const json::object& policy) {
  for (const auto& statement : statements_of(policy)) {
    if (!has_condition(statement)) continue;
    for (const auto& [unused, tests] : statement.as_object().at("Condition").as_object()) {
      if (!tests.is_object()) continue;
      for (const auto& [key, values] : tests.as_object()) {
        if (lower(std::string_view(key)).starts_with("s3:dataaccesspoint")) return true;
      }
    }
  }
  return false;
}

// Without a key, or by this alias, S3's own key of the account is meant.
bool is_managed(std::string_view key) {
  return key.empty() || key.ends_with("alias/aws/s3");
}

void check_key(const MigrationFacts& facts, const std::string& key, std::vector<Refusal>& out) {
  const auto arn = aws::parse_arn(key);
  if (!arn || arn->service != "kms") {
    out.push_back({"kms-key-not-arn",
                   fmt::format("{} is not the ARN of a KMS key: in the destination's account an id "
                               "or alias means another key, or none",
                               printable(key)),
                   "give it as arn:aws:kms:REGION:ACCOUNT:key/ID"});
  } else if (!facts.destination_region.empty() && arn->region != facts.destination_region) {
    out.push_back({"kms-key-elsewhere",
                   fmt::format("the KMS key {} is in {}; S3 takes keys of the bucket's own region, "
                               "{}",
                               printable(key), printable(arn->region), facts.destination_region),
                   fmt::format("give a key in {}", facts.destination_region)});
  }
}

std::string list_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

namespace refusals {

void of_keys(const MigrationFacts& facts, const MigrationWishes& wishes,
             std::vector<Refusal>& out) {
  const auto& spec = wishes.copy;
  for (const auto& [from, to] : spec.kms_keys.keys())
    check_key(facts, to, out);
  if (!spec.copy.kms_key_id.empty()) check_key(facts, spec.copy.kms_key_id, out);

  const auto& key = facts.encryption.kms_key_id;
  if (!facts.encryption.algorithm.starts_with("aws:kms")) return;
  if (is_managed(key)) {
    if (spec.grant != GrantMode::source_policy) return;
    out.push_back({"kms-managed-key",
                   fmt::format("{} encrypts with S3's own key of its account, which lets no other "
                               "account read: with --grant source-policy the destination identity "
                               "would have to",
                               quoted(facts.bucket)),
                   "leave --grant source-policy out, or encrypt the objects with a key of your own "
                   "first"});
    return;
  }
  const bool rewritten =
      std::ranges::any_of(wishes.rewrites, [&](const auto& pair) { return pair.first == key; });
  if (rewritten || !spec.copy.encryption.empty() || spec.kms_keys.find(key)) return;
  out.push_back(
      {"kms-key-unmapped",
       fmt::format("{} encrypts with {}, a key of the source's account and region, and no "
                   "key is given to take its place",
                   quoted(facts.bucket), printable(key)),
       fmt::format("--kms-key-map {}=arn:aws:kms:{}:ACCOUNT:key/ID, or --sse AES256",
                   printable(key), facts.destination_region)});
}

// Another job's freeze would keep this one from its own source, and what either proved would be the
// other's to change.
void of_other_jobs(const MigrationFacts& facts, std::vector<Refusal>& out) {
  const auto denies = own_denies(*facts.policy);
  if (!denies) return;
  const auto bucket = printable(facts.bucket);
  for (const auto& [sid, spared] : *denies) {
    if (!spared.empty() && spared == facts.job_id) continue;
    const auto job = spared.empty() ? std::string("JOB") : printable(spared);
    out.push_back(
        {"frozen-already",
         fmt::format("the statements {} of the policy of {} keep everybody from it but {}, which "
                     "has not come to its end",
                     sid, quoted(facts.bucket),
                     spared.empty() ? "another job of this program" : "job " + job),
         fmt::format("where the store of that job is: s3migrator jobs resume {0}, or s3migrator "
                     "undo {0}; where it is lost: s3migrator adopt s3://TEMPORARY-BUCKET, which is "
                     "the s3m-... in the account that the job moves to; if it is given up: "
                     "s3migrator cleanup s3://{1}, by a role of the bucket's owner, takes them out",
                     job, bucket)});
  }
}

void of_policy(const MigrationFacts& facts, std::vector<Refusal>& out) {
  if (!facts.policy) return;
  const auto policy = parse_policy(*facts.policy);
  if (!policy) {
    out.push_back(
        {"policy-unreadable", policy.error().message(),
         fmt::format("correct the policy of {}, and run this again", quoted(facts.bucket))});
    return;
  }
  of_other_jobs(facts, out);
  auto alive = check_principals(*facts.policy);
  if (!alive) {
    out.push_back({"dead-principal", alive.error().message(),
                   "remove or correct the statement, and run this again"});
  }
  if (delegates_to_access_points(*policy)) {
    out.push_back({"access-points",
                   fmt::format("the policy of {} leaves decisions to access points: a bucket that "
                               "has any cannot be deleted, and they do not move with it",
                               quoted(facts.bucket)),
                   "delete the access points (aws s3control list-access-points --bucket) and take "
                   "the statement out"});
  }
  const auto denies = denies_of(facts);
  for (const auto& [statement, actions, conditional] : denies ? *denies : std::vector<Deny>{}) {
    if (conditional) continue;
    out.push_back({"policy-deny",
                   fmt::format("{} of the policy of {} denies the source identity {}, and no grant "
                               "outweighs a Deny",
                               statement, quoted(facts.bucket), list_of(actions)),
                   "take the statement out, or except the source role from it"});
  }
}

}  // namespace refusals

std::vector<std::string> migration_warnings(const MigrationFacts& facts,
                                            const MigrationWishes& wishes) {
  std::vector<std::string> out;
  const auto bucket = quoted(facts.bucket);
  if (facts.policy) {
    const auto denies = denies_of(facts);
    for (const auto& [statement, actions, conditional] : denies ? *denies : std::vector<Deny>{}) {
      if (!conditional) continue;
      out.push_back(fmt::format("{} of the policy of {} denies {} where its condition holds",
                                statement, bucket, list_of(actions)));
    }
  }
  if (facts.lock.enabled) {
    out.push_back(
        fmt::format("{} has Object Lock: an object under a retention or hold is found by "
                    "the proof and stops the migration before anything is deleted",
                    bucket));
  }
  if (facts.acls == MigrationFacts::Acls::unknown) {
    out.push_back(
        fmt::format("whether {} has ACLs is not known: should it, --grant source-policy "
                    "carries them",
                    bucket));
  }
  if (facts.lifecycle_archives) {
    out.push_back(
        fmt::format("a lifecycle rule of {} archives objects; it is suspended when writes "
                    "are frozen, and an object that it archives before then stops the "
                    "migration. Consider switching it off now",
                    bucket));
  }
  if (facts.uploads > 0) {
    out.push_back(
        fmt::format("{} has {} unfinished multipart uploads; what they hold is not "
                    "carried",
                    bucket, facts.uploads));
  }
  if (facts.policy) {
    const auto deliveries = service_deliveries(*facts.policy);
    for (const auto& delivery : deliveries ? *deliveries : std::vector<std::string>{})
      out.push_back(fmt::format("{}: {}", bucket, delivery));
  }
  if (wishes.copy.attributes == AttributeMode::none) {
    out.emplace_back(
        "--attributes none: what copies lose is found by the proof, and stops the "
        "migration before anything is deleted");
  }
  if (facts.source_principal.account.empty() || facts.destination_principal.account.empty()) {
    out.emplace_back("the service does not name accounts: owners of buckets cannot be checked");
  }
  return out;
}

std::string migration_advice(const MigrationFacts& facts) {
  const auto name = printable(facts.bucket);
  return fmt::format(
      "If a new name will do, copy instead: s3migrator copy s3://{} s3://NEW-NAME. It deletes "
      "nothing, costs one copy instead of two, and leaves no time in which the name {} belongs to "
      "nobody and anyone may take it; AWS advises against deleting a bucket to make it anew",
      name, name);
}

}  // namespace s3m::workflow
