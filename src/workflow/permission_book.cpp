#include "workflow/permission_book.hpp"

#include <algorithm>
#include <map>

#include "transfer/failures.hpp"

namespace s3m::workflow {

Permission* PermissionBook::find(std::string_view side, std::string_view resource,
                                 std::string_view action) {
  const auto found = std::ranges::find_if(all_, [&](const Permission& one) {
    return one.side == side && one.resource == resource && one.action == action;
  });
  return found == all_.end() ? nullptr : &*found;
}

void PermissionBook::mark(std::string_view side, std::string_view resource, std::string_view action,
                          PermissionState state, std::string how) {
  if (auto* permission = find(side, resource, action)) {
    permission->state = state;
    permission->how = std::move(how);
  }
}

Result<void> PermissionBook::settle(const Error* error, std::string_view side,
                                    std::string_view resource, std::string_view action,
                                    std::string how) {
  if (error == nullptr) {
    mark(side, resource, action, PermissionState::proven, std::move(how));
  } else if (error->code() == Errc::access_denied) {
    mark(side, resource, action, PermissionState::denied, error->describe());
  } else if (transfer::concerns_all(*error)) {
    return fail(error->clone());
  } else {
    mark(side, resource, action, PermissionState::unproven,
         "could not be tried: " + error->describe());
  }
  return ok;
}

net::Task<Result<void>> PermissionBook::infer(aws::Iam& iam, Principal principal,
                                              std::string side) {
  if (principal.arn.empty()) co_return ok;
  std::map<std::string, std::vector<std::string>> open;
  for (const auto& one : all_) {
    if (one.side == side && one.state == PermissionState::unproven)
      open[one.resource].push_back(one.action);
  }
  for (auto& [resource, actions] : open) {
    aws::PolicySimulation simulation{
        .principal_arn = principal.arn, .actions = std::move(actions), .resource = resource};
    const auto decisions = co_await iam.simulate_principal_policy(std::move(simulation));
    if (!decisions && decisions.error().code() == Errc::cancelled)
      co_return fail(decisions.error().clone());
    // It may not be asked, is out of reach, or there is none: then nothing is inferred.
    if (!decisions) co_return ok;
    for (const auto& decision : *decisions)
      apply(side, resource, decision);
  }
  co_return ok;
}

void PermissionBook::apply(std::string_view side, const std::string& resource,
                           const aws::PolicyDecision& decision) {
  using enum aws::PolicyDecision::Verdict;
  if (decision.verdict == allowed) {
    mark(side, resource, decision.action, PermissionState::inferred,
         "IAM's simulation of the identity's policies allows it");
  } else if (decision.verdict == explicitly_denied) {
    mark(side, resource, decision.action, PermissionState::denied,
         "IAM's simulation: a policy of the identity denies it");
  } else {
    mark(side, resource, decision.action, PermissionState::unproven,
         "IAM's simulation: no policy of the identity allows it; the bucket's own may");
  }
}

aws::Runtime soon_given_up(const aws::Runtime& runtime) {
  constexpr int attempts = 2;
  auto out = runtime;
  out.retry.max_attempts = attempts;
  return out;
}

aws::Iam iam_for(const Access& access, aws::Runtime& runtime, aws::Admission& admission) {
  auto settings = access.endpoint;
  if (is_aws(settings)) settings.url.clear();  // S3's own host knows nothing of IAM
  return aws::Iam(aws::Client(runtime, access.identity, std::move(settings), admission));
}

AccessEvent access_event(const std::vector<Permission>& permissions) {
  AccessEvent event;
  for (const auto& one : permissions) {
    event.permissions.push_back({.side = one.side,
                                 .action = one.action,
                                 .resource = one.resource,
                                 .state = std::string(name(one.state)),
                                 .how = one.how});
  }
  event.source_policy = policy_to_add(permissions, "source");
  event.destination_policy = policy_to_add(permissions, "destination");
  return event;
}

}  // namespace s3m::workflow
