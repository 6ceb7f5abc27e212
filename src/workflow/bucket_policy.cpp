#include "workflow/bucket_policy.hpp"

#include <algorithm>
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

json::value to_json(const PolicyStatement& statement) {
  json::object out;
  out["Sid"] = statement.sid;
  out["Effect"] = "Allow";
  out["Principal"] = json::object{{"AWS", to_array(statement.principals)}};
  out["Action"] = to_array(statement.actions);
  out["Resource"] = to_array(statement.resources);
  if (!statement.principal_arns.empty()) {
    out["Condition"] = json::object{
        {"ArnLike", json::object{{"aws:PrincipalArn", to_array(statement.principal_arns)}}}};
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
      fmt::format("the bucket policy would be {} bytes with the grant ({} without), and S3 "
                  "allows {}; remove statements, or use --grant source-policy or none",
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

bool same_statement(const json::value& found, const PolicyStatement& ours) {
  return sid_of(found) == ours.sid &&
         as_set(strings_of(found, "Action"), true) == as_set(ours.actions, true) &&
         as_set(strings_of(found, "Resource"), false) == as_set(ours.resources, false);
}

}  // namespace

std::string grant_sid(std::string_view job) {
  const auto digest = sha256(job);
  return std::string(grant_sid_prefix) + hex(bytes_of(digest).substr(0, 8));
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
