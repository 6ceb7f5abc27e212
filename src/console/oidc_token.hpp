// oidc_token.hpp: what an AWS load balancer says of who it has signed in: the header
// x-amzn-oidc-data.
//
// Layer   console; pure.
// Source  Elastic Load Balancing user guide, "Authenticate users using an Application Load
//         Balancer": a JSON Web Token, signed by ES256, in base64url with its padding; the signer,
//         the issuer and the expiry stand in its header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/time.hpp"
#include "console/doorkeeper.hpp"

namespace s3m::console {

struct OidcRules {
  std::string signer;  // the load balancer's ARN
  std::string issuer;  // of the identity provider
  std::string client;  // the id that the provider knows the load balancer by; empty: any
  // Who has one of these is an operator, everybody else a viewer.
  struct Claim {
    std::string name, value;
  };
  std::vector<Claim> operators;
};

class OidcToken {
 public:
  // Errors: access_denied for what is no such token, or is signed by another algorithm.
  static Result<OidcToken> parse(std::string_view text);

  // Names the key; letters, digits, dashes.
  const std::string& key_id() const noexcept { return key_id_; }

  // Who it is about, if `pem` signed it and all is as `rules` say at that time.
  // Errors: access_denied, with a sentence; protocol where `pem` is no key.
  Result<Known> check(const OidcRules& rules, std::string_view pem, WallTime now) const;

 private:
  Result<void> check_header(const OidcRules& rules) const;

  std::string signed_, signature_, key_id_;
  boost::json::object header_, claims_;
};

}  // namespace s3m::console
