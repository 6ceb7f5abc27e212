#include "workflow/principal_trial.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/bucket_policy.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow::acts {
namespace {

// Roles, users and sessions; an account is there, or the rest of the job would not be.
bool may_be_missing(const Change& change) {
  return change.query == "policy" && change.where.ends_with("rincipal AWS") &&
         change.to.starts_with("arn:") && !change.to.ends_with(":root");
}

std::vector<Change> new_principals(const Rewritten& rewritten) {
  std::vector<Change> found;
  for (const auto& change : rewritten.changes) {
    const bool known = std::ranges::find(found, change.to, &Change::to) != found.end();
    if (may_be_missing(change) && !known) found.push_back(change);
  }
  return found;
}

class PrincipalTrial {
 public:
  explicit PrincipalTrial(Migration& m)
      : m_(m),
        sid_(own_sid(trial_sid_prefix, m.context.job_id)),
        owner_(m.destination_owner()),
        policy_(s3_policy(owner_, m.temporary_name, m.destination_principal.account)),
        editor_(m.context.loop, m.context.store, *policy_,
                {service_name(m.destination.endpoint), m.temporary_name}, m.context.job_id,
                m.pause()) {}

  net::Task<Result<void>> run(std::vector<Change> wanted) {
    auto all = co_await are_known(wanted);
    if (all || all.error().code() != Errc::invalid_request) co_return all;
    // A service does not always say whom of them it means.
    for (const auto& change : wanted) {
      auto one = co_await are_known({change});
      if (one) continue;
      if (one.error().code() == Errc::invalid_request) co_return missing(change, one.error());
      co_return one;
    }
    co_return all;
  }

 private:
  net::Task<Result<void>> are_known(std::vector<Change> wanted) {
    auto added = co_await editor_.add(statement_for(wanted));
    if (!added) co_return added;
    auto removed = co_await editor_.remove(sid_);
    if (!removed) co_return forward(removed);
    co_return ok;
  }

  // The condition holds for nobody.
  PolicyText statement_for(const std::vector<Change>& wanted) const {
    const auto& partition = m_.destination_principal.partition;
    PolicyStatement statement{
        .sid = sid_,
        .principals = {},
        .principal_arns = {fmt::format("arn:{}:iam::000000000000:root", partition)},
        .actions = {"s3:GetBucketLocation"},
        .resources = {fmt::format("arn:{}:s3:::{}", partition, m_.temporary_name)},
        .not_principals = {},
        .spared_user_ids = {}};
    for (const auto& change : wanted)
      statement.principals.push_back(change.to);
    return {.sid = sid_,
            .job_id = m_.context.job_id,
            .dialect = "trial",
            .statements = {std::move(statement)}};
  }

  std::unexpected<Error> missing(const Change& change, const Error& said) const {
    return fail(
        Errc::refused,
        fmt::format(
            "the policy of s3://{0} cannot be put into account {1}: its {2} would name {3} "
            "(now {4}), which the service does not accept there ({5}). Make {3}, or say who "
            "takes its place with --map {4}=ARN, or take it out of the policy of s3://{0}; "
            "then run the same command again",
            printable(m_.source.location.bucket), m_.destination_principal.account,
            printable(change.where), printable(change.to), printable(change.from),
            said.describe()));
  }

  Migration& m_;
  std::string sid_;
  aws::S3 owner_;
  std::unique_ptr<PolicyAccess> policy_;
  PolicyEditor editor_;
};

}  // namespace

net::Task<Result<void>> try_principals(Migration& m) {
  auto rewritten = co_await rewritten_configuration(m);
  if (!rewritten) co_return forward(rewritten);
  auto wanted = new_principals(*rewritten);
  if (wanted.empty()) co_return ok;
  PrincipalTrial trial(m);
  co_return co_await trial.run(std::move(wanted));
}

}  // namespace s3m::workflow::acts
