// The part of bucket_policy.hpp that reads what others wrote: dead principals, Deny statements,
// deliveries of services.
#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "workflow/bucket_policy.hpp"
#include "workflow/policy_document.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

// IAM's unique ids: four letters for the kind of thing, then capitals and digits.
// Source: IAM user guide, "IAM identifiers", unique ids.
bool is_unique_id(std::string_view principal) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return principal.size() >= 16 && principal.size() <= 32 && principal.starts_with("A") &&
         principal.find_first_not_of(alphabet) == std::string_view::npos &&
         (principal.starts_with("AROA") || principal.starts_with("AIDA") ||
          principal.starts_with("AGPA"));
}

// Whether some text matches both globs (* any run, ? any one).
bool globs_meet(std::string_view a, std::string_view b) {
  // reach[j]: the prefix of `a` looked at so far can match what b's first j signs match.
  std::vector<char> reach(b.size() + 1, 0);
  reach[0] = 1;
  for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j)
    reach[j + 1] = 1;
  for (const char sign : a) {
    std::vector<char> next(b.size() + 1, 0);
    if (sign == '*') next[0] = reach[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char other = b[j - 1];
      const bool both_one = sign == other || sign == '?' || other == '?';
      if (sign == '*' || other == '*') {
        next[j] = static_cast<char>(reach[j] != 0 || next[j - 1] != 0);
      } else {
        next[j] = static_cast<char>(both_one && reach[j - 1] != 0);
      }
    }
    reach = std::move(next);
  }
  return reach.back() != 0;
}

bool any_meet(const std::vector<std::string>& theirs, const std::vector<std::string>& ours,
              bool fold_case) {
  return std::ranges::any_of(theirs, [&](const std::string& pattern) {
    return std::ranges::any_of(ours, [&](const std::string& item) {
      return fold_case ? globs_meet(lower(pattern), lower(item)) : globs_meet(pattern, item);
    });
  });
}

bool names_everyone_or(const std::vector<std::string>& theirs,
                       const std::vector<std::string>& ours) {
  return std::ranges::any_of(theirs, [&](const std::string& principal) {
    return principal == "*" || std::ranges::find(ours, principal) != ours.end();
  });
}

bool hits_principal(const json::value& statement, const PolicyUse& use) {
  if (statement.as_object().contains("NotPrincipal")) {
    return !names_everyone_or(aws_principals(statement, "NotPrincipal"), use.principals);
  }
  return names_everyone_or(aws_principals(statement, "Principal"), use.principals);
}

// Of NotAction and NotResource only what they spare for certain is spared.
bool hits(const json::value& statement, std::string_view member, std::string_view negated,
          const std::vector<std::string>& ours, bool fold_case) {
  if (!statement.as_object().contains(negated)) {
    return any_meet(strings_of(statement, member), ours, fold_case);
  }
  const auto spared = strings_of(statement, negated);
  return !std::ranges::all_of(ours, [&](const std::string& item) {
    return std::ranges::any_of(spared, [&](const std::string& pattern) {
      return pattern == "*" || pattern == item || (fold_case && pattern == "s3:*");
    });
  });
}

std::vector<std::string> condition_keys(const json::value& statement) {
  std::vector<std::string> keys;
  const auto* condition = statement.as_object().if_contains("Condition");
  if (condition == nullptr || !condition->is_object()) return keys;
  for (const auto& [unused, tests] : condition->as_object()) {
    if (!tests.is_object()) continue;
    for (const auto& [key, values] : tests.as_object())
      keys.emplace_back(key);
  }
  return keys;
}

bool has_effect(const json::value& statement, std::string_view effect) {
  const auto said = strings_of(statement, "Effect");
  return said.size() == 1 && said.front() == effect;
}

// Whether a condition of the statement surely fails for the caller's aws:userid: then the whole
// statement does not concern them.
bool spares_user_id(const json::value& statement, const std::string& user_id) {
  const auto* condition = statement.as_object().if_contains("Condition");
  if (user_id.empty() || condition == nullptr || !condition->is_object()) return false;
  for (const auto& [operation, tests] : condition->get_object()) {
    const std::string_view name = operation;
    const bool equals = name == "StringNotEquals" || name == "StringNotEqualsIfExists";
    const bool like = name == "StringNotLike" || name == "StringNotLikeIfExists";
    if (!tests.is_object() || !(equals || like)) continue;
    for (const auto& [key, unused] : tests.get_object()) {
      if (!iequals(std::string_view(key), "aws:userid")) continue;
      const auto values = strings_of(tests, key);
      const bool spared = std::ranges::any_of(values, [&](const std::string& value) {
        return like ? globs_meet(value, user_id) : value == user_id;
      });
      if (spared) return true;
    }
  }
  return false;
}

std::string describe(const json::value& statement, std::size_t index) {
  const auto keys = condition_keys(statement);
  const auto condition = keys.empty()
                             ? std::string()
                             : fmt::format(" where its condition on {} holds",
                                           printable(fmt::format("{}", fmt::join(keys, ", "))));
  return fmt::format(
      "{} of the bucket policy denies what the job needs{}; a grant cannot outweigh "
      "a Deny",
      statement_name(statement, index), condition);
}

// What follows the beginning of our sessions' names in the statement, if its Sid is made of it.
std::string job_spared(const json::value& statement, std::string_view sid) {
  constexpr std::string_view sessions = "s3migrator-";
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
  const auto text = json::serialize(statement);
  for (auto at = text.find(sessions); at != std::string::npos; at = text.find(sessions, at)) {
    at += sessions.size();
    const auto end = std::min(text.find_first_not_of(alphabet, at), text.size());
    auto job = text.substr(at, end - at);
    for (const auto prefix : {freeze_sid_prefix, closed_sid_prefix, protect_sid_prefix})
      if (sid == own_sid(prefix, job)) return job;
  }
  return {};
}

bool is_deny(std::string_view sid) {
  return sid.starts_with(freeze_sid_prefix) || sid.starts_with(closed_sid_prefix) ||
         sid.starts_with(protect_sid_prefix);
}

}  // namespace

Result<std::vector<OwnDeny>> own_denies(const std::string& document) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  std::vector<OwnDeny> denies;
  for (const auto& statement : statements_of(*policy)) {
    if (!statement.is_object()) continue;
    const auto sid = own_sid_of(sid_of(statement));
    if (!sid || !is_deny(*sid)) continue;
    auto job = job_spared(statement, *sid);
    const auto known = std::ranges::find(denies, *sid, &OwnDeny::sid);
    if (known == denies.end()) {
      denies.push_back({*sid, std::move(job)});
    } else if (known->job.empty()) {
      known->job = std::move(job);
    }
  }
  return denies;
}

Result<void> check_principals(const std::string& document) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  const auto statements = statements_of(*policy);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const auto* member : {"Principal", "NotPrincipal"}) {
      for (const auto& principal : aws_principals(statements[i], member)) {
        if (!is_unique_id(principal)) continue;
        return fail(Errc::refused,
                    fmt::format("{} of the bucket policy names {}, a role or user that no longer "
                                "exists; S3 would reject the whole policy when it is put back. "
                                "Remove or correct that statement first",
                                statement_name(statements[i], i), principal));
      }
    }
  }
  return ok;
}

Result<std::vector<std::string>> denies_that_bite(const std::string& document,
                                                  const PolicyUse& use) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  std::vector<std::string> found;
  const auto statements = statements_of(*policy);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto& statement = statements[i];
    if (!statement.is_object()) continue;
    if (!has_effect(statement, "Deny")) continue;
    const auto keys = condition_keys(statement);
    const bool only_plain_http =
        use.tls && keys.size() == 1 && iequals(keys.front(), "aws:SecureTransport");
    if (only_plain_http || spares_user_id(statement, use.user_id) ||
        !hits_principal(statement, use) ||
        !hits(statement, "Action", "NotAction", use.actions, true) ||
        !hits(statement, "Resource", "NotResource", use.resources, false)) {
      continue;
    }
    found.push_back(describe(statement, i));
  }
  return found;
}

Result<std::vector<std::string>> service_deliveries(const std::string& document) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  std::vector<std::string> found;
  const auto statements = statements_of(*policy);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto& statement = statements[i];
    if (!statement.is_object() || !has_effect(statement, "Allow")) continue;
    const auto services = service_principals(statement, "Principal");
    if (services.empty() || !hits(statement, "Action", "NotAction", {"s3:PutObject"}, true)) {
      continue;
    }
    found.push_back(fmt::format(
        "{} of the bucket policy lets {} write objects; what it delivers while writes "
        "are denied is refused, and may be lost",
        statement_name(statement, i), printable(fmt::format("{}", fmt::join(services, ", ")))));
  }
  return found;
}

}  // namespace s3m::workflow
