// sso_token.hpp: the access token that `aws sso login` leaves in a file, and its renewal.
//
// Layer      aws; net below.
// Threading  one loop.
// Source     AWS SDKs and Tools reference guide, "SSO token provider configuration"; the file's
//            name and members are shared by the AWS CLI and all SDKs, so both are kept as they are.
#pragma once

#include <optional>
#include <string>

#include "aws/client.hpp"
#include "aws/endpoint.hpp"

namespace s3m::aws {

// ~/.aws/sso/cache/SHA1(KEY).json, where KEY is the name of the sso-session, or the start URL of a
// profile without one.
std::string sso_token_file(const std::string& home, std::string_view key);

struct SsoToken {
  std::string access_token;
  WallTime expires_at{};
  // What renewing it takes; empty in the files of profiles without an sso-session.
  std::string refresh_token, client_id, client_secret;
  std::optional<WallTime> registration_expires_at;
  std::string document;  // the whole file, so that rewriting it keeps what is unknown here

  bool renewable(WallTime now) const;
};

// Errors: config when the file is not there, cannot be read, or is not such a token. No part of it
//         is in the message.
Result<SsoToken> read_sso_token(const std::string& file);

// Asks the OIDC service (CreateToken with grant type refresh_token) for the next token.
// Errors: expired_credentials when the service refuses; those of the way there.
net::Task<Result<SsoToken>> renew_sso_token(Runtime& runtime, EndpointSettings oidc, SsoToken old);

// The token to use now: the file's, renewed through `oidc` when less than 15 minutes are left and
// it can be; the file is then rewritten (mode 0600, in one step). A renewal that fails is no
// failure while the old token is valid, nor when another program has renewed the file meanwhile.
//
// Errors: config as read_sso_token; expired_credentials when the token is over and was not renewed.
//         The message does not yet say how to log in again: the caller knows the profile.
net::Task<Result<SsoToken>> current_sso_token(Runtime& runtime, std::string file,
                                              EndpointSettings oidc);

}  // namespace s3m::aws
