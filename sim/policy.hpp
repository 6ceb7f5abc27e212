// policy.hpp: IAM policy documents: identity, trust, session and bucket policies.
//
// Layer  sim; pure.
// Source IAM user guide, "IAM JSON policy elements reference".
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::sim {

enum class ConditionOperator : std::uint8_t {
  string_equals,
  string_equals_ignore_case,
  string_like,
  arn_like,  // ArnEquals behaves the same
  boolean,
  null,
  numeric_equals,
  numeric_less,
  numeric_less_equals,
  numeric_greater,
  numeric_greater_equals,
  date_equals,
  date_less,
  date_less_equals,
  date_greater,
  date_greater_equals,
  ip_address,
};

enum class Quantifier : std::uint8_t { none, for_any_value, for_all_values };

struct Condition {
  ConditionOperator operation = ConditionOperator::string_equals;
  Quantifier quantifier = Quantifier::none;
  bool negated = false;    // StringNotEquals and its kin
  bool if_exists = false;  // ...IfExists
  std::string key;         // lower case: keys are case-insensitive
  std::vector<std::string> values;
};

// One name of a Principal element.
struct PrincipalName {
  enum class Kind : std::uint8_t { everyone, aws, service, federated, canonical_user };
  Kind kind = Kind::aws;
  std::string text;  // as written: an ARN, an account id, a unique id
  // The unique id an ARN of a role or user meant when the policy was saved. Empty in documents
  // that are resolved on use (trust policies of the scenario).
  std::string id;
};

struct Statement {
  std::string sid;
  bool allow = false;
  bool has_principal = false;  // Principal or NotPrincipal is there
  bool not_principal = false;
  std::vector<PrincipalName> principals;
  bool not_action = false;
  std::vector<std::string> actions;
  bool has_resource = false;
  bool not_resource = false;
  std::vector<std::string> resources;
  std::vector<Condition> conditions;
};

struct PolicyDocument {
  std::vector<Statement> statements;
};

// Errors: a sentence that says what is malformed.
std::expected<PolicyDocument, std::string> parse_policy(std::string_view json);

// True if the policy opens the bucket to everyone, as Block Public Access judges it: an Allow for
// everyone without a condition that pins the caller.
bool is_public(const PolicyDocument& policy);

}  // namespace s3m::sim
