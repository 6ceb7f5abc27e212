// sts.hpp: AssumeRole and its kin (query protocol, version 2011-06-15).
//
// Layer      aws.
// Threading  one loop.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "aws/client.hpp"
#include "aws/credentials.hpp"

namespace s3m::aws {

struct AssumeRoleRequest {
  std::string role_arn;
  std::string session_name;    // 2-64 of [A-Za-z0-9_+=,.@-]
  std::string external_id;     // empty: none; 2-1224 of [A-Za-z0-9_+=,.@:/-]; not shown anywhere
  std::string session_policy;  // JSON, empty: none; at most 2048 characters
  std::chrono::seconds duration{3600};  // one hour: the cap of chained roles
};

// "s3migrator-JOB": the name under which a job's sessions appear in CloudTrail and in aws:userId.
// Other characters of `job` become '-', and what is beyond 64 is cut.
std::string session_name(std::string_view job);

struct AssumedRole {
  Credentials credentials;
  std::string arn;      // arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION
  std::string role_id;  // AROA...:SESSION, the value of aws:userId
};

struct CallerIdentity {
  std::string account, arn, user_id;
};

// Errors of every operation: those of Client::call. Where STS refuses, the message names the role
// and who asked, repeats what STS said, and lists what can have caused it, because STS tells a
// missing trust, a wrong external id and a role that does not exist in one word.
class Sts {
 public:
  explicit Sts(Client client) : client_(std::move(client)) {}
  // Errors: invalid_argument for what STS cannot accept (no role ARN, a session name or an external
  //         id of other characters, a session policy that is too long), and for a role of another
  //         partition than the region's.
  net::Task<Result<AssumedRole>> assume_role(AssumeRoleRequest request);
  // Sent without a signature: the token is the proof.
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
