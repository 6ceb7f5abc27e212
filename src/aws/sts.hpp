// sts.hpp: AssumeRole and its kin (query protocol, version 2011-06-15).
//
// Layer      aws.
// Threading  one loop.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "aws/client.hpp"
#include "aws/credentials.hpp"

namespace s3m::aws {

struct AssumeRoleRequest {
  std::string role_arn;
  std::string session_name;   // 2-64 of [\w+=,.@-]
  std::string external_id;    // empty: none
  std::string session_policy; // JSON, empty: none; at most 2048 characters
  std::chrono::seconds duration{3600};  // one hour: the cap of chained roles
};

struct AssumedRole {
  Credentials credentials;
  std::string arn;      // arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION
  std::string role_id;  // AROA...:SESSION, the value of aws:userId
};

struct CallerIdentity {
  std::string account, arn, user_id;
};

class Sts {
 public:
  explicit Sts(Client client) : client_(std::move(client)) {}
  net::Task<Result<AssumedRole>> assume_role(AssumeRoleRequest request);
  net::Task<Result<AssumedRole>> assume_role_with_web_identity(std::string role_arn,
                                                               std::string session_name,
                                                               std::string token);
  net::Task<Result<CallerIdentity>> get_caller_identity();

 private:
  Client client_;
};

// The source of a role's session: assumes `request` with the identity of `sts`, again at each
// fetch. When `assumed` is given, the latest answer's ARN and id are written there.
struct RoleSession {
  std::string arn, role_id;
};
std::unique_ptr<CredentialsSource> role_source(std::shared_ptr<Sts> sts, AssumeRoleRequest request,
                                               std::shared_ptr<RoleSession> session = nullptr);

}  // namespace s3m::aws
