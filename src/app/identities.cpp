#include "app/identities.hpp"

#include "app/session_policy.hpp"

namespace s3m::app {

Identities::Identities(aws::Runtime& runtime, const aws::Environment& environment,
                       const aws::SharedConfig& config, std::string migrator_role_arn,
                       std::string job_id)
    : runtime_(runtime),
      environment_(environment),
      config_(config),
      migrator_role_arn_(std::move(migrator_role_arn)),
      session_name_("s3migrator-" + std::move(job_id)) {}

std::shared_ptr<aws::Sts> Identities::sts(Shared identity, const aws::EndpointSettings& settings) {
  return std::make_shared<aws::Sts>(
      aws::Client(runtime_, std::move(identity), settings, aws::unlimited_admission()));
}

Identities::Shared Identities::role(Shared by, const aws::EndpointSettings& settings,
                                    aws::AssumeRoleRequest request,
                                    std::shared_ptr<aws::RoleSession> session) {
  if (request.session_name.empty()) request.session_name = session_name_;
  auto source =
      aws::role_source(sts(std::move(by), settings), std::move(request), std::move(session));
  return std::make_shared<aws::Identity>(runtime_.loop, std::move(source), runtime_.clock);
}

// One identity for a profile, also where both sides name it: then they are known to be the same.
Result<Identities::Shared> Identities::of_profile(const aws::SideOptions& options) {
  auto& known = by_profile_[options.profile];
  if (known) return known;
  auto source = aws::default_credentials(runtime_, environment_, config_, options);
  if (!source) return forward(source);
  known = std::make_shared<aws::Identity>(runtime_.loop, *std::move(source), runtime_.clock);
  return known;
}

Result<Identities::Shared> Identities::migrator(const aws::EndpointSettings& side_sts) {
  if (migrator_) return migrator_;
  auto base = of_profile({});
  if (!base) return base;
  auto settings = aws::resolve_settings(environment_, config_, {});
  if (!settings) return forward(settings);
  // Where the server is named for a side only, that is where the migrator's role is as well.
  const auto& where = settings->sts.is_aws() && !side_sts.is_aws() ? side_sts : settings->sts;
  migrator_ = role(*base, where, {.role_arn = migrator_role_arn_}, nullptr);
  return migrator_;
}

// Who assumes the side's role, or signs for the side where it has none.
Result<Identities::Shared> Identities::assuming(const SideArguments& arguments,
                                                const aws::EndpointSettings& settings) {
  const bool by_migrator = !migrator_role_arn_.empty() && arguments.options.profile.empty();
  return by_migrator ? migrator(settings) : of_profile({.profile = arguments.options.profile});
}

// The session that works, and the one that must find itself shut out.
void Identities::assume(workflow::Access& access, const Side& side, Shared by,
                        const aws::EndpointSettings& settings) {
  aws::AssumeRoleRequest request{.role_arn = access.role_arn,
                                 .external_id = side.arguments.external_id};
  if (workflow::is_aws(access.endpoint)) {
    request.session_policy = side.looks_around
                                 ? browsing_policy()
                                 : session_policy(workflow::service_name(access.endpoint),
                                                  side.source, side.destination, side.renamed);
  }
  access.session = std::make_shared<aws::RoleSession>();
  access.identity = role(by, settings, request, access.session);
  request.session_name = session_name_ + "-stranger";
  access.stranger = role(std::move(by), settings, std::move(request), nullptr);
}

Result<workflow::Access> Identities::access(const Side& side) {
  auto settings = aws::resolve_settings(environment_, config_, side.arguments.options);
  if (!settings) return forward(settings);
  auto identity = assuming(side.arguments, settings->sts);
  if (!identity) return forward(identity);
  workflow::Access access{.side = side.name,
                          .options = side.options,
                          .location = side.location,
                          .endpoint = settings->s3,
                          .region_given = !side.arguments.options.region.empty(),
                          .role_arn = side.arguments.role_arn};
  if (access.role_arn.empty()) {
    access.identity = *std::move(identity);
  } else {
    assume(access, side, *std::move(identity), settings->sts);
  }
  access.sts = sts(access.identity, settings->sts);
  access.own_s3 = std::make_shared<aws::S3>(
      aws::Client(runtime_, access.identity, settings->s3, aws::unlimited_admission()));
  return access;
}

}  // namespace s3m::app
