#include "sim/evaluation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/condition.hpp"
#include "sim/faults.hpp"

namespace s3m::sim {
namespace {

// How closely a Principal element names the caller. A grant to the account leaves the decision to
// the account's own policies; a grant to the caller itself is a decision.
enum class Named : std::uint8_t { no, account, role, caller };

bool is_account(const PrincipalName& name, const Principal& caller) {
  const std::string_view text = name.text;
  return !caller.account.empty() &&
         (text == caller.account || (text.ends_with(":root") && text.find(":iam::") != text.npos &&
                                     text.ends_with(caller.account + ":root")));
}

// Stored policies name roles and users by unique id: one that was made anew is another.
bool is_identity(const PrincipalName& name, const Principal& caller) {
  if (caller.unique_id.empty()) return false;
  if (!name.id.empty()) return name.id == caller.unique_id;
  return name.text == caller.unique_id || name.text == caller.principal_arn();
}

Named naming(const PrincipalName& name, const Principal& caller) {
  if (name.kind == PrincipalName::Kind::everyone) return Named::caller;
  if (name.kind != PrincipalName::Kind::aws) return Named::no;
  if (caller.kind == PrincipalKind::session && name.text == caller.arn) return Named::caller;
  if (is_identity(name, caller)) {
    return caller.kind == PrincipalKind::session ? Named::role : Named::caller;
  }
  return is_account(name, caller) ? Named::account : Named::no;
}

Named naming(const Statement& statement, const Principal& caller) {
  Named closest = Named::no;
  for (const auto& name : statement.principals) {
    closest = std::max(closest, naming(name, caller));
  }
  return closest;
}

// AWS: a NotPrincipal that spares a session lists its account, its role and the session.
bool spared(const Statement& statement, const Principal& caller, const Switches& switches) {
  if (!switches.not_principal_needs_whole_chain) return naming(statement, caller) != Named::no;
  bool account = false;
  bool identity = false;
  bool session = caller.kind != PrincipalKind::session;
  for (const auto& name : statement.principals) {
    if (name.kind == PrincipalName::Kind::everyone) return true;
    account |= is_account(name, caller);
    identity |= is_identity(name, caller);
    session |= name.text == caller.arn;
  }
  return account && session && (identity || caller.kind == PrincipalKind::root);
}

bool action_matches(const Statement& statement, std::string_view action) {
  const bool any = std::any_of(
      statement.actions.begin(), statement.actions.end(),
      [&](const std::string& pattern) { return glob_match_ignoring_case(pattern, action); });
  return any != statement.not_action;
}

bool resource_matches(const Statement& statement, const AccessQuestion& question) {
  if (!statement.has_resource) return true;
  const bool any = std::any_of(statement.resources.begin(), statement.resources.end(),
                               [&](const std::string& pattern) {
                                 return pattern_matches(pattern, question.resource, question);
                               });
  return any != statement.not_resource;
}

bool concerns(const Statement& statement, const AccessQuestion& question) {
  return action_matches(statement, question.action) && resource_matches(statement, question);
}

bool denies(const PolicyDocument& policy, const AccessQuestion& question) {
  return std::any_of(
      policy.statements.begin(), policy.statements.end(), [&](const Statement& statement) {
        if (statement.allow || !concerns(statement, question)) return false;
        if (question.switches.deny_hits_everyone) return true;
        if (statement.has_principal) {
          const bool hit = statement.not_principal
                               ? !spared(statement, question.principal, question.switches)
                               : naming(statement, question.principal) != Named::no;
          if (!hit) return false;
        }
        return conditions_hold(statement, question);
      });
}

bool denies(const std::vector<PolicyDocument>& policies, const AccessQuestion& question) {
  return std::any_of(policies.begin(), policies.end(),
                     [&](const auto& policy) { return denies(policy, question); });
}

bool allows(const std::vector<PolicyDocument>& policies, const AccessQuestion& question) {
  return std::any_of(policies.begin(), policies.end(), [&](const PolicyDocument& policy) {
    return std::any_of(policy.statements.begin(), policy.statements.end(),
                       [&](const Statement& statement) {
                         return statement.allow && concerns(statement, question) &&
                                conditions_hold(statement, question);
                       });
  });
}

// The closest grant of the resource's policy to the caller.
Named granted(const PolicyDocument* policy, const AccessQuestion& question) {
  Named closest = Named::no;
  if (policy == nullptr) return closest;
  for (const Statement& statement : policy->statements) {
    if (!statement.allow || !concerns(statement, question)) continue;
    const Named named =
        statement.not_principal
            ? (naming(statement, question.principal) == Named::no ? Named::caller : Named::no)
            : naming(statement, question.principal);
    if (named > closest && conditions_hold(statement, question)) closest = named;
  }
  return closest;
}

bool denied(const AccessQuestion& question) {
  const Principal& caller = question.principal;
  return (question.resource_policy != nullptr && denies(*question.resource_policy, question)) ||
         denies(caller.identity_policies, question) || denies(caller.session_policies, question);
}

bool session_allows(const AccessQuestion& question) {
  const auto& policies = question.principal.session_policies;
  return policies.empty() || allows(policies, question);
}

bool identity_allows(const AccessQuestion& question) {
  return question.principal.kind == PrincipalKind::root ||
         allows(question.principal.identity_policies, question);
}

}  // namespace

Verdict evaluate(const AccessQuestion& question) {
  if (denied(question)) return Verdict::explicit_deny;
  const Principal& caller = question.principal;
  const Named grant = granted(question.resource_policy, question);
  if (caller.kind == PrincipalKind::anonymous) {
    return grant == Named::caller ? Verdict::allowed : Verdict::no_resource_allow;
  }
  const bool session = session_allows(question);
  if (caller.account == question.resource_account) {
    if (grant == Named::caller || (grant == Named::role && session)) return Verdict::allowed;
    return session && identity_allows(question) ? Verdict::allowed : Verdict::no_identity_allow;
  }
  if (!session || !identity_allows(question)) return Verdict::no_identity_allow;
  return grant == Named::no ? Verdict::no_resource_allow : Verdict::allowed;
}

Verdict evaluate_trust(const AccessQuestion& question) {
  if (denied(question)) return Verdict::explicit_deny;
  const Named grant = granted(question.resource_policy, question);
  if (grant == Named::no) return Verdict::no_resource_allow;
  const bool named_at_home =
      grant != Named::account && question.principal.account == question.resource_account;
  if (named_at_home && session_allows(question)) return Verdict::allowed;
  return session_allows(question) && identity_allows(question) ? Verdict::allowed
                                                               : Verdict::no_identity_allow;
}

std::string explain(Verdict verdict, std::string_view action) {
  switch (verdict) {
    case Verdict::allowed:
      return "allowed";
    case Verdict::explicit_deny:
      return "with an explicit deny in a policy";
    case Verdict::no_identity_allow:
      return fmt::format("because no identity-based policy allows the {} action", action);
    case Verdict::no_resource_allow:
      return fmt::format("because no resource-based policy allows the {} action", action);
  }
  return {};
}

}  // namespace s3m::sim
