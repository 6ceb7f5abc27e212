#include "workflow/bucket_policy.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "workflow/policy_document.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

json::array to_array(const std::vector<std::string>& items) {
  json::array out;
  for (const auto& item : items)
    out.emplace_back(item);
  return out;
}

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t job_digits = 16;

// Lower case: keys of conditions are case-insensitive on AWS, and compared by their bytes on
// radosgw.
constexpr const char* user_id_key = "aws:userid";
constexpr const char* spares_operator = "StringNotEqualsIfExists";

json::object condition_of(const PolicyStatement& statement) {
  json::object condition;
  if (!statement.principal_arns.empty()) {
    condition["ArnLike"] = json::object{{"aws:PrincipalArn", to_array(statement.principal_arns)}};
  }
  if (!statement.spared_user_ids.empty()) {
    condition[spares_operator] = json::object{{user_id_key, to_array(statement.spared_user_ids)}};
  }
  return condition;
}

json::value principal_of(const std::vector<std::string>& principals) {
  if (principals.size() == 1 && principals.front() == "*") return "*";
  return json::object{{"AWS", to_array(principals)}};
}

json::value to_json(const PolicyStatement& statement) {
  json::object out;
  out["Sid"] = statement.sid;
  out["Effect"] = statement.effect == PolicyStatement::Effect::allow ? "Allow" : "Deny";
  if (statement.not_principals.empty()) {
    out["Principal"] = principal_of(statement.principals);
  } else {
    out["NotPrincipal"] = principal_of(statement.not_principals);
  }
  out["Action"] = to_array(statement.actions);
  out["Resource"] = to_array(statement.resources);
  if (auto condition = condition_of(statement); !condition.empty()) {
    out["Condition"] = std::move(condition);
  }
  return out;
}

bool is_ours(const json::value& statement, std::string_view sid) {
  return sid_of(statement).starts_with(sid);
}

json::array without(const json::array& statements, std::string_view sid) {
  json::array out;
  for (const auto& statement : statements) {
    if (!is_ours(statement, sid)) out.push_back(statement);
  }
  return out;
}

Result<void> check_size(std::string_view after, std::size_t before) {
  if (after.size() <= max_policy_bytes) return ok;
  return fail(
      Errc::too_large,
      fmt::format("the bucket policy would be {} bytes with ours in it ({} without), and S3 "
                  "allows {}; remove statements from it",
                  human_count(after.size()), human_count(before), human_count(max_policy_bytes)));
}

// Whether two policies say the same, a single statement object being a list of one.
bool same_policy(json::object a, json::object b) {
  a["Statement"] = statements_of(a);
  b["Statement"] = statements_of(b);
  return a == b;
}

std::set<std::string> as_set(std::vector<std::string> items, bool fold_case) {
  if (fold_case) std::ranges::transform(items, items.begin(), lower);
  return {items.begin(), items.end()};
}

// The values of our own condition; empty when the statement does not have it.
std::vector<std::string> spared_user_ids(const json::value& statement) {
  const auto* condition = statement.as_object().if_contains("Condition");
  const auto* tests = condition != nullptr && condition->is_object()
                          ? condition->get_object().if_contains(spares_operator)
                          : nullptr;
  return tests == nullptr ? std::vector<std::string>() : strings_of(*tests, user_id_key);
}

bool spares_the_same(const json::value& found, const PolicyStatement& ours) {
  return found.as_object().contains("NotPrincipal") == !ours.not_principals.empty() &&
         as_set(spared_user_ids(found), false) == as_set(ours.spared_user_ids, false);
}

bool same_statement(const json::value& found, const PolicyStatement& ours) {
  const bool deny = ours.effect == PolicyStatement::Effect::deny;
  return sid_of(found) == ours.sid &&
         strings_of(found, "Effect") == std::vector<std::string>{deny ? "Deny" : "Allow"} &&
         as_set(strings_of(found, "Action"), true) == as_set(ours.actions, true) &&
         as_set(strings_of(found, "Resource"), false) == as_set(ours.resources, false) &&
         spares_the_same(found, ours);
}

}  // namespace

std::string own_sid(std::string_view prefix, std::string_view job) {
  const auto digest = sha256(job);
  return std::string(prefix) + hex(bytes_of(digest).substr(0, job_digits / 2));
}

std::string grant_sid(std::string_view job) {
  return own_sid(grant_sid_prefix, job);
}

std::optional<std::string> own_sid_of(std::string_view statement_sid) {
  constexpr std::array prefixes{grant_sid_prefix, freeze_sid_prefix, closed_sid_prefix,
                                protect_sid_prefix, trial_sid_prefix};
  for (const auto prefix : prefixes) {
    if (!statement_sid.starts_with(prefix)) continue;
    const auto digits = statement_sid.substr(prefix.size(), job_digits);
    const bool whole = digits.size() == job_digits &&
                       digits.find_first_not_of(hex_digits) == std::string_view::npos;
    if (whole) return std::string(statement_sid.substr(0, prefix.size() + job_digits));
  }
  return std::nullopt;
}

Result<std::string> with_statements(const std::optional<std::string>& document,
                                    const std::vector<PolicyStatement>& ours,
                                    std::string_view sid) {
  json::object policy;
  json::array statements;
  if (document) {
    auto parsed = parse_policy(*document);
    if (!parsed) return forward(parsed);
    policy = std::move(*parsed);
    statements = without(statements_of(policy), sid);
  } else {
    policy["Version"] = "2012-10-17";
  }
  for (const auto& statement : ours)
    statements.push_back(to_json(statement));

  auto edited = policy;
  edited["Statement"] = std::move(statements);
  if (document && same_policy(policy, edited)) return *document;
  auto text = json::serialize(edited);
  auto fits = check_size(text, document ? document->size() : 0);
  if (!fits) return forward(fits);
  return text;
}

Result<PolicyRemoval> without_statements(const std::string& document, std::string_view sid,
                                         const std::optional<std::string>& original) {
  using enum PolicyRemoval::Action;
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  const auto before = statements_of(*policy);
  auto after = without(before, sid);
  if (after.size() == before.size()) return PolicyRemoval{};
  const bool empty = after.empty();
  (*policy)["Statement"] = std::move(after);

  if (original) {
    const auto was = parse_policy(*original);
    if (was && same_policy(*policy, *was)) return PolicyRemoval{put, *original, false};
  }
  if (empty && !original) return PolicyRemoval{remove_policy, {}, false};
  return PolicyRemoval{put, json::serialize(*policy), empty};
}

Result<std::optional<std::string>> without_ours(const std::optional<std::string>& document) {
  if (!document) return std::nullopt;
  auto policy = parse_policy(*document);
  if (!policy) return forward(policy);
  const auto statements = statements_of(*policy);
  json::array left;
  for (const auto& statement : statements) {
    if (!own_sid_of(sid_of(statement))) left.push_back(statement);
  }
  if (left.size() == statements.size()) return document;
  if (left.empty()) return std::nullopt;
  (*policy)["Statement"] = std::move(left);
  return json::serialize(*policy);
}

bool says_the_same(const std::string& a, const std::string& b) {
  auto one = parse_policy(a);
  auto other = parse_policy(b);
  return one && other && same_policy(*std::move(one), *std::move(other));
}

bool holds_statements(const std::optional<std::string>& document,
                      const std::vector<PolicyStatement>& ours) {
  if (!document) return false;
  const auto policy = parse_policy(*document);
  if (!policy) return false;
  const auto statements = statements_of(*policy);
  return std::ranges::all_of(ours, [&](const PolicyStatement& wanted) {
    return std::ranges::any_of(
        statements, [&](const json::value& found) { return same_statement(found, wanted); });
  });
}

Result<std::vector<std::string>> find_sids(const std::string& document, std::string_view sid) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  std::vector<std::string> found;
  for (const auto& statement : statements_of(*policy)) {
    if (is_ours(statement, sid)) found.emplace_back(sid_of(statement));
  }
  return found;
}

}  // namespace s3m::workflow
