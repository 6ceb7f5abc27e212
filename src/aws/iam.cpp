#include "aws/iam.hpp"

#include <fmt/format.h>

#include "aws/form.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view version = "2010-05-08";

PolicyDecision::Verdict verdict_of(std::string_view text) {
  if (text == "allowed") return PolicyDecision::Verdict::allowed;
  if (text == "explicitDeny") return PolicyDecision::Verdict::explicitly_denied;
  return PolicyDecision::Verdict::not_allowed;
}

Result<std::vector<PolicyDecision>> read_decisions(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "SimulatePrincipalPolicyResponse");
  if (!root) return forward(root);
  std::vector<PolicyDecision> decisions;
  const auto results = root->child("SimulatePrincipalPolicyResult").child("EvaluationResults");
  for (const auto member : results.children("member")) {
    decisions.push_back({.action = std::string(trim(text_of(member, "EvalActionName"))),
                         .verdict = verdict_of(trim(text_of(member, "EvalDecision")))});
  }
  return decisions;
}

}  // namespace

net::Task<Result<std::vector<PolicyDecision>>> Iam::simulate_principal_policy(
    PolicySimulation simulation) {
  Form form("SimulatePrincipalPolicy", version);
  form.add("PolicySourceArn", simulation.principal_arn);
  for (std::size_t i = 0; i < simulation.actions.size(); ++i)
    form.add(fmt::format("ActionNames.member.{}", i + 1), simulation.actions[i]);
  form.add("ResourceArns.member.1", simulation.resource);
  form.add("MaxItems", "1000");
  auto answer =
      co_await client_.call(form_request("SimulatePrincipalPolicy", "iam", std::move(form)));
  if (!answer) co_return forward(answer);
  co_return read_decisions(std::move(answer->body));
}

}  // namespace s3m::aws
