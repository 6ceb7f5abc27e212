#include "sim/policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "base/text.hpp"

namespace s3m::sim {
namespace {

namespace json = boost::json;

template <class T>
using Parsed = std::expected<T, std::string>;

std::unexpected<std::string> malformed(std::string text) {
  return std::unexpected(std::move(text));
}

struct OperatorName {
  std::string_view name;
  ConditionOperator operation;
  bool negated;
};

constexpr std::array<OperatorName, 27> operators{{
    {"StringEquals", ConditionOperator::string_equals, false},
    {"StringNotEquals", ConditionOperator::string_equals, true},
    {"StringEqualsIgnoreCase", ConditionOperator::string_equals_ignore_case, false},
    {"StringNotEqualsIgnoreCase", ConditionOperator::string_equals_ignore_case, true},
    {"StringLike", ConditionOperator::string_like, false},
    {"StringNotLike", ConditionOperator::string_like, true},
    {"ArnEquals", ConditionOperator::arn_like, false},
    {"ArnNotEquals", ConditionOperator::arn_like, true},
    {"ArnLike", ConditionOperator::arn_like, false},
    {"ArnNotLike", ConditionOperator::arn_like, true},
    {"Bool", ConditionOperator::boolean, false},
    {"Null", ConditionOperator::null, false},
    {"NumericEquals", ConditionOperator::numeric_equals, false},
    {"NumericNotEquals", ConditionOperator::numeric_equals, true},
    {"NumericLessThan", ConditionOperator::numeric_less, false},
    {"NumericLessThanEquals", ConditionOperator::numeric_less_equals, false},
    {"NumericGreaterThan", ConditionOperator::numeric_greater, false},
    {"NumericGreaterThanEquals", ConditionOperator::numeric_greater_equals, false},
    {"DateEquals", ConditionOperator::date_equals, false},
    {"DateNotEquals", ConditionOperator::date_equals, true},
    {"DateLessThan", ConditionOperator::date_less, false},
    {"DateLessThanEquals", ConditionOperator::date_less_equals, false},
    {"DateGreaterThan", ConditionOperator::date_greater, false},
    {"DateGreaterThanEquals", ConditionOperator::date_greater_equals, false},
    {"IpAddress", ConditionOperator::ip_address, false},
    {"NotIpAddress", ConditionOperator::ip_address, true},
    {"BinaryEquals", ConditionOperator::string_equals, false},
}};

// A string, number, bool, or an array of those, as strings.
Parsed<std::vector<std::string>> strings(const json::value& value) {
  std::vector<std::string> list;
  const auto add = [&list](const json::value& item) {
    if (item.is_string()) {
      list.emplace_back(item.get_string());
    } else if (item.is_bool() || item.is_number()) {
      list.push_back(json::serialize(item));
    } else {
      return false;
    }
    return true;
  };
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) {
      if (!add(item)) return malformed("Policies must be valid JSON and use strings in lists");
    }
  } else if (!add(value)) {
    return malformed("Syntax errors in policy.");
  }
  return list;
}

Parsed<Condition> parse_operator(std::string_view text) {
  Condition condition;
  if (text.starts_with("ForAnyValue:")) {
    condition.quantifier = Quantifier::for_any_value;
    text.remove_prefix(12);
  } else if (text.starts_with("ForAllValues:")) {
    condition.quantifier = Quantifier::for_all_values;
    text.remove_prefix(13);
  }
  if (text.ends_with("IfExists")) {
    condition.if_exists = true;
    text.remove_suffix(8);
  }
  const auto* found = std::find_if(operators.begin(), operators.end(),
                                   [&](const auto& known) { return known.name == text; });
  if (found == operators.end()) return malformed("Invalid Condition type : " + std::string(text));
  condition.operation = found->operation;
  condition.negated = found->negated;
  return condition;
}

Parsed<std::vector<Condition>> parse_conditions(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return malformed("Condition must be an object");
  std::vector<Condition> conditions;
  for (const auto& [operation, tests] : *object) {
    const auto prototype = parse_operator(operation);
    if (!prototype) return malformed(prototype.error());
    if (!tests.is_object()) return malformed("Condition must be an object");
    for (const auto& [key, wanted] : tests.get_object()) {
      auto values = strings(wanted);
      if (!values) return malformed(values.error());
      Condition condition = *prototype;
      condition.key = lower(key);
      condition.values = std::move(*values);
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

Parsed<std::vector<PrincipalName>> parse_principals(const json::value& value) {
  using Kind = PrincipalName::Kind;
  if (value.is_string()) {
    if (value.get_string() != "*") return malformed("Invalid principal in policy");
    return std::vector<PrincipalName>{{Kind::everyone, "*", {}}};
  }
  const auto* object = value.if_object();
  if (object == nullptr) return malformed("Invalid principal in policy");
  std::vector<PrincipalName> principals;
  for (const auto& [type, names] : *object) {
    const std::string_view type_name = type;
    const Kind kind = type_name == "AWS"             ? Kind::aws
                      : type_name == "Service"       ? Kind::service
                      : type_name == "Federated"     ? Kind::federated
                      : type_name == "CanonicalUser" ? Kind::canonical_user
                                                     : Kind::everyone;
    if (kind == Kind::everyone) return malformed("Invalid principal in policy");
    auto list = strings(names);
    if (!list) return malformed(list.error());
    for (auto& text : *list) {
      const bool all = kind == Kind::aws && text == "*";
      principals.push_back({all ? Kind::everyone : kind, std::move(text), {}});
    }
  }
  return principals;
}

std::string parse_target(const json::object& object, std::string_view positive,
                         std::string_view negative, bool& present, bool& negated,
                         std::vector<std::string>& list) {
  const json::value* found = object.if_contains(positive);
  if (found == nullptr) {
    found = object.if_contains(negative);
    negated = found != nullptr;
  }
  present = found != nullptr;
  if (found == nullptr) return {};
  auto parsed = strings(*found);
  if (!parsed) return parsed.error();
  list = std::move(*parsed);
  return {};
}

// Each of these reads its members into the statement; the error is empty when it could.
std::string read_sid_and_effect(const json::object& object, Statement& statement) {
  if (const auto* sid = object.if_contains("Sid")) {
    if (!sid->is_string()) return "Sid must be a string";
    statement.sid = std::string(sid->get_string());
  }
  const auto* effect = object.if_contains("Effect");
  if (effect == nullptr || !effect->is_string() ||
      (effect->get_string() != "Allow" && effect->get_string() != "Deny")) {
    return "Invalid effect: " + (effect ? json::serialize(*effect) : "none");
  }
  statement.allow = effect->get_string() == "Allow";
  return {};
}

std::string read_principals(const json::object& object, Statement& statement) {
  for (const std::string_view name : {"Principal", "NotPrincipal"}) {
    const auto* principal = object.if_contains(name);
    if (principal == nullptr) continue;
    auto names = parse_principals(*principal);
    if (!names) return names.error();
    statement.has_principal = true;
    statement.not_principal = name == "NotPrincipal";
    statement.principals = std::move(*names);
  }
  return {};
}

std::string read_targets(const json::object& object, Statement& statement) {
  bool has_action = false;
  const std::string error = parse_target(object, "Action", "NotAction", has_action,
                                         statement.not_action, statement.actions);
  if (!error.empty()) return error;
  if (!has_action) return "Missing required field Action";
  return parse_target(object, "Resource", "NotResource", statement.has_resource,
                      statement.not_resource, statement.resources);
}

std::string read_conditions(const json::object& object, Statement& statement) {
  const auto* condition = object.if_contains("Condition");
  if (condition == nullptr) return {};
  auto conditions = parse_conditions(*condition);
  if (!conditions) return conditions.error();
  statement.conditions = std::move(*conditions);
  return {};
}

Parsed<Statement> parse_statement(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return malformed("Statement must be an object");
  Statement statement;
  for (auto* read : {read_sid_and_effect, read_principals, read_targets, read_conditions}) {
    std::string error = read(*object, statement);
    if (!error.empty()) return malformed(std::move(error));
  }
  return statement;
}

}  // namespace

std::expected<PolicyDocument, std::string> parse_policy(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !document.is_object()) {
    return malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  const auto& object = document.get_object();
  if (const auto* version = object.if_contains("Version")) {
    if (*version != "2012-10-17" && *version != "2008-10-17") {
      return malformed("The policy must contain a valid version string");
    }
  }
  const auto* statements = object.if_contains("Statement");
  if (statements == nullptr) return malformed("Missing required field Statement");
  json::array alone;
  const json::array* list = statements->if_array();
  if (list == nullptr) {
    alone.push_back(*statements);
    list = &alone;
  }
  if (list->empty()) return malformed("Could not parse the policy: Statement is empty!");
  PolicyDocument policy;
  for (const auto& item : *list) {
    auto statement = parse_statement(item);
    if (!statement) return malformed(statement.error());
    policy.statements.push_back(std::move(*statement));
  }
  return policy;
}

bool is_public(const PolicyDocument& policy) {
  static constexpr std::array<std::string_view, 9> pinning{
      "aws:principalarn",   "aws:principalaccount", "aws:userid",
      "aws:principalorgid", "aws:sourcearn",        "aws:sourceaccount",
      "aws:sourcevpc",      "aws:sourcevpce",       "s3:dataaccesspointarn"};
  const auto pins = [](const Condition& condition) {
    const bool positive = !condition.negated && !condition.if_exists &&
                          condition.operation != ConditionOperator::null;
    const bool fixed = std::all_of(
        condition.values.begin(), condition.values.end(),
        [](const std::string& value) { return value != "*" && !value.starts_with("*"); });
    return positive && fixed &&
           std::find(pinning.begin(), pinning.end(), condition.key) != pinning.end();
  };
  return std::any_of(
      policy.statements.begin(), policy.statements.end(), [&](const Statement& statement) {
        const bool everyone =
            std::any_of(statement.principals.begin(), statement.principals.end(),
                        [](const auto& p) { return p.kind == PrincipalName::Kind::everyone; });
        return statement.allow && (everyone || statement.not_principal) &&
               std::none_of(statement.conditions.begin(), statement.conditions.end(), pins);
      });
}

}  // namespace s3m::sim
