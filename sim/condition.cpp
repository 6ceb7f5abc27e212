#include "sim/condition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/faults.hpp"

namespace s3m::sim {
namespace {

using Values = std::optional<std::vector<std::string>>;

Values one(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::vector<std::string>{std::string(text)};
}

std::string_view type_of(const Principal& principal) {
  switch (principal.kind) {
    case PrincipalKind::anonymous:
      return "Anonymous";
    case PrincipalKind::root:
      return "Account";
    case PrincipalKind::user:
      return "User";
    case PrincipalKind::session:
      return "AssumedRole";
  }
  return {};
}

Values value_of(std::string_view key, const AccessQuestion& question) {
  const Principal& principal = question.principal;
  if (key == "aws:principalarn") {
    if (question.switches.principal_arn_never_matches) return std::nullopt;
    return one(principal.principal_arn());
  }
  if (key == "aws:userid") {
    const bool known =
        !question.switches.user_id_never_matches &&
        (!question.switches.user_id_of_sessions_alone || principal.kind == PrincipalKind::session);
    return known ? one(principal.user_id) : std::nullopt;
  }
  if (key == "aws:principalaccount") return one(principal.account);
  if (key == "aws:principaltype") return one(type_of(principal));
  if (key == "aws:username") {
    return principal.kind == PrincipalKind::user ? one(principal.name) : std::nullopt;
  }
  if (key == "aws:resourceaccount" || key == "s3:resourceaccount") {
    return one(question.resource_account);
  }
  return question.conditions.values(key);
}

std::string replace_variables(std::string_view pattern, const AccessQuestion& question) {
  std::string text;
  while (true) {
    const std::size_t begin = pattern.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : pattern.find('}', begin);
    if (end == std::string_view::npos) return text.append(pattern);
    text.append(pattern.substr(0, begin));
    const std::string_view variable = pattern.substr(begin + 2, end - begin - 2);
    if (variable == "*" || variable == "?" || variable == "$") {
      text.append(variable);
    } else if (const Values values = value_of(lower(variable), question)) {
      text.append(values->front());
    }
    pattern.remove_prefix(end + 1);
  }
}

// ARNs match segment by segment: a * does not reach over a colon, but in the last segment.
bool arn_matches(std::string_view pattern, std::string_view arn) {
  for (int segment = 0; segment < 5; ++segment) {
    const std::size_t pattern_end = pattern.find(':');
    const std::size_t arn_end = arn.find(':');
    if (pattern_end == std::string_view::npos || arn_end == std::string_view::npos) {
      return glob_match(pattern, arn);
    }
    if (!glob_match(pattern.substr(0, pattern_end), arn.substr(0, arn_end))) return false;
    pattern.remove_prefix(pattern_end + 1);
    arn.remove_prefix(arn_end + 1);
  }
  return glob_match(pattern, arn);
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> date_of(std::string_view text) {
  if (const auto time = parse_iso8601(text)) {
    return static_cast<double>(time->time_since_epoch().count()) / 1000;
  }
  return number_of(text);
}

bool compare(ConditionOperator operation, std::optional<double> have, std::optional<double> want) {
  if (!have || !want) return false;
  switch (operation) {
    case ConditionOperator::numeric_less:
    case ConditionOperator::date_less:
      return *have < *want;
    case ConditionOperator::numeric_less_equals:
    case ConditionOperator::date_less_equals:
      return *have <= *want;
    case ConditionOperator::numeric_greater:
    case ConditionOperator::date_greater:
      return *have > *want;
    case ConditionOperator::numeric_greater_equals:
    case ConditionOperator::date_greater_equals:
      return *have >= *want;
    default:
      return !(*have < *want) && !(*want < *have);
  }
}

std::optional<std::uint32_t> ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int octet = 0; octet < 4; ++octet) {
    const std::size_t end = octet < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto value = parse_u64(text.substr(0, end));
    if (!value || *value > 255) return std::nullopt;
    address = address << 8 | static_cast<std::uint32_t>(*value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

bool in_network(std::string_view address, std::string_view network) {
  const std::size_t slash = network.find('/');
  const auto have = ipv4(address);
  const auto want = ipv4(network.substr(0, slash));
  if (!have || !want) return address == network;
  const std::uint64_t bits =
      slash == std::string_view::npos ? 32 : parse_u64(network.substr(slash + 1)).value_or(32);
  if (bits == 0) return true;
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - std::min<std::uint64_t>(bits, 32));
  return (*have & mask) == (*want & mask);
}

bool value_matches(const Condition& condition, std::string_view have, std::string_view pattern,
                   const AccessQuestion& question) {
  const std::string want = replace_variables(pattern, question);
  switch (condition.operation) {
    case ConditionOperator::string_equals:
      return have == want;
    case ConditionOperator::string_equals_ignore_case:
    case ConditionOperator::boolean:
      return iequals(have, want);
    case ConditionOperator::string_like:
      return glob_match(want, have);
    case ConditionOperator::arn_like:
      return arn_matches(want, have);
    case ConditionOperator::ip_address:
      return in_network(have, want);
    case ConditionOperator::null:
      return false;
    case ConditionOperator::numeric_equals:
    case ConditionOperator::numeric_less:
    case ConditionOperator::numeric_less_equals:
    case ConditionOperator::numeric_greater:
    case ConditionOperator::numeric_greater_equals:
      return compare(condition.operation, number_of(have), number_of(want));
    case ConditionOperator::date_equals:
    case ConditionOperator::date_less:
    case ConditionOperator::date_less_equals:
    case ConditionOperator::date_greater:
    case ConditionOperator::date_greater_equals:
      return compare(condition.operation, date_of(have), date_of(want));
  }
  return false;
}

// One value of the request against the statement's: any of those matches, or none does where the
// operator is negated.
bool satisfies(const Condition& condition, const std::string& have,
               const AccessQuestion& question) {
  const bool any = std::any_of(
      condition.values.begin(), condition.values.end(),
      [&](const std::string& want) { return value_matches(condition, have, want, question); });
  return any != condition.negated;
}

bool holds(const Condition& condition, const AccessQuestion& question) {
  const Values values = value_of(condition.key, question);
  if (condition.operation == ConditionOperator::null) {
    const bool absent = !values;
    return !condition.values.empty() &&
           iequals(condition.values.front(), absent ? "true" : "false");
  }
  const auto test = [&](const std::string& have) { return satisfies(condition, have, question); };
  switch (condition.quantifier) {
    case Quantifier::for_all_values:
      return !values || std::all_of(values->begin(), values->end(), test);
    case Quantifier::for_any_value:
      return values && std::any_of(values->begin(), values->end(), test);
    case Quantifier::none:
      break;
  }
  if (!values) {
    return condition.if_exists || (condition.negated && !question.switches.negated_needs_key);
  }
  return std::any_of(values->begin(), values->end(), test);
}

}  // namespace

bool conditions_hold(const Statement& statement, const AccessQuestion& question) {
  return std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const Condition& condition) { return holds(condition, question); });
}

bool pattern_matches(std::string_view pattern, std::string_view text,
                     const AccessQuestion& question) {
  if (pattern == "*") return true;
  if (pattern.find("${") == std::string_view::npos) return glob_match(pattern, text);
  return glob_match(replace_variables(pattern, question), text);
}

}  // namespace s3m::sim
