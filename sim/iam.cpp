#include "sim/iam.hpp"

#include <fmt/format.h>

#include "sim/evaluation.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::string_view iam_namespace = "https://iam.amazonaws.com/doc/2010-05-08/";

// A request that is only imagined has no conditions.
class NoConditions final : public ConditionSource {
 public:
  std::optional<std::vector<std::string>> values(std::string_view) const override {
    return std::nullopt;
  }
};

Verdict judge(const World& world, const Principal& principal, std::string_view action,
              std::string_view resource, const ConditionSource& conditions) {
  return evaluate({.principal = principal,
                   .action = action,
                   .resource = resource,
                   .resource_account = principal.account,
                   .resource_policy = nullptr,
                   .conditions = conditions,
                   .switches = world.switches,
                   .directory = world.directory});
}

std::string_view decision(Verdict verdict) {
  if (verdict == Verdict::allowed) return "allowed";
  return verdict == Verdict::explicit_deny ? "explicitDeny" : "implicitDeny";
}

Principal imagined(const Role& role) {
  Principal principal;
  principal.kind = PrincipalKind::session;
  principal.account = role.account;
  principal.arn = role.arn;
  principal.role_arn = role.arn;
  principal.identity_policies = role.policies;
  return principal;
}

Outcome simulate_principal_policy(World& world, Call& call) {
  constexpr std::string_view action = "iam:SimulatePrincipalPolicy";
  const std::string_view arn = call.form.get("PolicySourceArn");
  if (judge(world, *call.principal, action, arn, call) != Verdict::allowed) {
    return refuse("AccessDenied", fmt::format("User: {} is not authorized to perform: {} on "
                                              "resource: {}",
                                              call.principal->arn, action, arn));
  }
  const Role* role = world.directory.role(arn);
  if (role == nullptr) return refuse("NoSuchEntity", "The role cannot be found.");
  const Principal principal = imagined(*role);
  const std::string_view resource = call.form.get("ResourceArns.member.1");
  XmlWriter xml("SimulatePrincipalPolicyResponse", iam_namespace);
  xml.open("SimulatePrincipalPolicyResult").leaf("IsTruncated", "false");
  xml.open("EvaluationResults");
  for (int i = 1;; ++i) {
    const std::string* asked = call.form.find(fmt::format("ActionNames.member.{}", i));
    if (asked == nullptr) break;
    const auto verdict = judge(world, principal, *asked, resource, NoConditions());
    xml.open("member").leaf("EvalActionName", *asked);
    xml.leaf("EvalResourceName", resource).leaf("EvalDecision", decision(verdict)).close();
  }
  xml.close().close().open("ResponseMetadata").leaf("RequestId", call.request_id);
  return xml_reply(xml.finish());
}

constexpr Operation simulate{"SimulatePrincipalPolicy", simulate_principal_policy, false};

}  // namespace

const Operation* find_iam_operation(std::string_view action) {
  return action == simulate.name ? &simulate : nullptr;
}

}  // namespace s3m::sim
