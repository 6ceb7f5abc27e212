// arn.hpp: Amazon resource names, and the two names of a role: the role itself and its sessions.
//
// Layer   aws; pure.
// Source  IAM user guide, "Amazon Resource Names"; IAM identifiers: a session's ARN carries the
//         role's name without its path.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace s3m::aws {

// arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. Region and account may be empty; radosgw leaves
// the account empty everywhere.
struct Arn {
  std::string partition, service, region, account, resource;
  friend bool operator==(const Arn&, const Arn&) = default;
};

// nullopt unless the text has all six parts, with partition, service and resource not empty and
// nothing in it that is a space or a control character.
std::optional<Arn> parse_arn(std::string_view text);
std::string to_string(const Arn& arn);

// arn:aws:iam::111122223333:role/team/NAME
struct RoleArn {
  std::string partition, account;
  std::string path;  // "/", "/team/"
  std::string name;
  friend bool operator==(const RoleArn&, const RoleArn&) = default;
};

// nullopt unless `text` names an IAM role (no session, user or root).
std::optional<RoleArn> parse_role_arn(std::string_view text);
std::string to_string(const RoleArn& role);

// arn:aws:sts::111122223333:assumed-role/NAME/SESSION
struct RoleSessionArn {
  std::string partition, account, role, session;
  friend bool operator==(const RoleSessionArn&, const RoleSessionArn&) = default;
};

std::optional<RoleSessionArn> parse_role_session_arn(std::string_view text);
std::string to_string(const RoleSessionArn& session);

// The session that assuming `role` under the name `session` makes.
RoleSessionArn session_of(const RoleArn& role, std::string_view session);
// The role behind a session. Its path is not in the session's ARN, so it is "/" here: good for
// comparing names, not for naming a role that has a path.
RoleArn role_of(const RoleSessionArn& session);

// The account that an ARN of any kind belongs to; empty when the text is no ARN or names none.
std::string account_of(std::string_view arn);

}  // namespace s3m::aws
