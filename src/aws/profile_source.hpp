// profile_source.hpp: the credentials that a profile describes, itself or through other profiles.
//
// Layer      aws; no request is made here.
// Threading  one loop.
// Source     AWS SDKs and Tools reference guide, "Assume role credential provider"; where it is
//            silent, what the AWS CLI does.
#pragma once

#include <string>
#include <vector>

#include "aws/credential_sources.hpp"

namespace s3m::aws {

// Builds the sources of profiles. Borrows everything; lives while they are built.
class ProfileSources {
 public:
  // `sts` is where roles are assumed, for every profile on the way: a chain of roles stays within
  // the side of the user's choice.
  ProfileSources(Runtime& runtime, const Settings& settings, EndpointSettings sts)
      : runtime_(runtime), settings_(settings), sts_(std::move(sts)) {}

  // role_arn with source_profile or credential_source. Null when the profile has no role_arn, or
  // has it for its web identity.
  //
  // Errors  config: neither or both of source_profile and credential_source, a source profile that
  //         does not exist or has no credentials, a circle, a code of an MFA device being needed.
  MaybeSource role(const std::string& profile);

  // Web identity; with `from_environment` the variables AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN
  // and AWS_ROLE_SESSION_NAME come before the profile's settings, each for itself.
  MaybeSource web_identity(const std::string& profile, bool from_environment);

  // IAM Identity Center; keys in the credentials file; credential_process; keys in the config
  // file: the first that the profile has.
  //
  // Errors  those of the sources; config for a profile of `aws login`, whose tokens only the AWS
  //         CLI can use.
  MaybeSource direct(const std::string& profile);

 private:
  Settings of(const std::string& profile) const;
  MaybeSource caller_of(const std::string& profile);
  MaybeSource named_source(const Setting& name);
  MaybeSource source_profile(const std::string& profile, const Setting& source);
  Result<void> check_circle(const std::string& profile, const Setting& source) const;
  Result<AssumeRoleRequest> role_request(const Settings& profile, Setting role) const;
  std::shared_ptr<Sts> sts_for(SourcePtr caller) const;  // null: calls are not signed

  Runtime& runtime_;
  const Settings& settings_;
  EndpointSettings sts_;
  std::vector<std::string> visited_;  // the chain of source profiles so far
};

}  // namespace s3m::aws
