// iam.hpp: what IAM says of a role's or user's own policies (query protocol, version 2010-05-08).
//
// Layer      aws.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "net/task.hpp"

namespace s3m::aws {

struct PolicySimulation {
  std::string principal_arn;         // of a role or user; a session has no policies of its own
  std::vector<std::string> actions;  // at most 100
  std::string resource;              // an ARN
};

struct PolicyDecision {
  enum class Verdict : std::uint8_t { allowed, explicitly_denied, not_allowed };
  std::string action;
  Verdict verdict = Verdict::not_allowed;
};

class Iam {
 public:
  explicit Iam(Client client) : client_(std::move(client)) {}

  // Asks without doing anything. Policies of resources and of sessions are not looked at.
  // Errors: those of Client::call; access_denied where iam:SimulatePrincipalPolicy is not allowed.
  net::Task<Result<std::vector<PolicyDecision>>> simulate_principal_policy(
      PolicySimulation simulation);

 private:
  Client client_;
};

}  // namespace s3m::aws
