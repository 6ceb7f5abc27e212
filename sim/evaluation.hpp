// evaluation.hpp: whether a principal may do something: IAM's evaluation of policies.
//
// Layer      sim; pure.
// Source     IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation":
//            an explicit Deny wins; inside the resource's account the identity's policies or the
//            resource's policy must allow; from another account both must.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/directory.hpp"
#include "sim/policy.hpp"
#include "sim/switches.hpp"

namespace s3m::sim {

// Where the values of condition keys come from: the request.
class ConditionSource {
 public:
  virtual ~ConditionSource() = default;
  // The key's values; nullopt when the request does not have it. `key` is in lower case; those
  // that describe the principal are answered by the evaluation itself.
  virtual std::optional<std::vector<std::string>> values(std::string_view key) const = 0;
};

struct AccessQuestion {
  const Principal& principal;
  std::string_view action;            // "s3:GetObject"
  std::string_view resource;          // ARN
  std::string_view resource_account;  // who owns it
  const PolicyDocument* resource_policy = nullptr;
  const ConditionSource& conditions;
  const Switches& switches;
  const Directory& directory;
};

enum class Verdict : std::uint8_t {
  allowed,
  explicit_deny,
  no_identity_allow,  // the caller's own policies (or its session's) do not allow it
  no_resource_allow,  // another account's resource does not grant it
};

Verdict evaluate(const AccessQuestion& question);

// Assuming a role: its trust policy (the question's resource policy) must always allow it, and
// the caller's own policies too unless the trust policy of its own account names it.
Verdict evaluate_trust(const AccessQuestion& question);

// How it is told: "because no resource-based policy allows the s3:GetObject action".
std::string explain(Verdict verdict, std::string_view action);

}  // namespace s3m::sim
