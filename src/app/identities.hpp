// identities.hpp: who signs for each side, from the options and what the AWS tools share.
//
// Layer      app.
// Threading  one loop.
//
// The article's chain: base credentials assume the migrator role, which assumes the source and the
// destination role. Each step is optional.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/arguments.hpp"
#include "aws/config.hpp"
#include "workflow/access.hpp"

namespace s3m::app {

class Identities {
 public:
  // `runtime` signs the calls to STS and outlives this and what it makes. `job_id` names the
  // sessions: s3migrator-<job>, the same in every run of the job, because a Deny spares them by
  // that name; and s3migrator-<job>-stranger for those it must not spare.
  Identities(aws::Runtime& runtime, const aws::Environment& environment,
             const aws::SharedConfig& config, std::string migrator_role_arn, std::string job_id);

  struct Side {
    std::string name;     // "source"
    std::string options;  // "--source-"
    transfer::Location location;
    const SideArguments& arguments;
    // For the roles' sessions on AWS; the other side of the job, if it has one.
    transfer::Location source, destination;
    std::string renamed{};      // of a migration: the new bucket's name, if it is another one
    bool looks_around = false;  // of no job: buckets are listed, and what is in them
  };

  // Errors: config, as resolve_settings and default_credentials say.
  Result<workflow::Access> access(const Side& side);

 private:
  using Shared = std::shared_ptr<aws::Identity>;

  Result<Shared> of_profile(const aws::SideOptions& options);
  Result<Shared> migrator(const aws::EndpointSettings& sts);
  Result<Shared> assuming(const SideArguments& arguments, const aws::EndpointSettings& sts);
  std::shared_ptr<aws::Sts> sts(Shared identity, const aws::EndpointSettings& settings);
  Shared role(Shared by, const aws::EndpointSettings& settings, aws::AssumeRoleRequest request,
              std::shared_ptr<aws::RoleSession> session);
  void assume(workflow::Access& access, const Side& side, Shared by,
              const aws::EndpointSettings& sts);

  aws::Runtime& runtime_;
  const aws::Environment& environment_;
  const aws::SharedConfig& config_;
  std::string migrator_role_arn_, session_name_;
  std::map<std::string, Shared> by_profile_;
  Shared migrator_;
};

}  // namespace s3m::app
