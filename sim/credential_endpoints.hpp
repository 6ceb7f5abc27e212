// credential_endpoints.hpp: the places beside STS where a program gets credentials: the container
// endpoint, the instance metadata service (IMDSv2), the IAM Identity Center portal and its token
// refresh. As much of each as a client's provider talks to.
//
// Layer  sim.
//
//   GET  /credentials/<role name>                   container; /credentials/guarded/<role name>
//                                                   wants Authorization: simulated-token
//   PUT  /latest/api/token                          IMDSv2, then with the token:
//   GET  /latest/meta-data/iam/security-credentials/[<role name>]
//   GET  /federation/credentials?role_name=&account_id=   with x-amz-sso_bearer_token
//   POST /token                                     OIDC: a new access token for any refresh token
#pragma once

#include <optional>

#include "base/time.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"
#include "sim/world.hpp"

namespace s3m::sim {

inline constexpr std::string_view container_token = "simulated-token";
inline constexpr std::string_view sso_token = "simulated-sso-token";

// nullopt when the request is for none of them: then it is one of S3 or STS.
std::optional<net::ServerReply> answer_credentials(World& world, const net::HttpRequest& request,
                                                   WallTime now);

}  // namespace s3m::sim
