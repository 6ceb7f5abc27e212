// sigv4_check.hpp: whether a request is signed by a key that exists, over what was sent.
//
// Layer      sim.
// Threading  one thread: signing keys are remembered.
// Source     Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "net/http_message.hpp"
#include "sim/api_error.hpp"
#include "sim/directory.hpp"
#include "sim/switches.hpp"
#include "sim/uri.hpp"

namespace s3m::sim {

// What the Authorization header says.
struct Authorization {
  std::string access_key, date, region, service, signed_headers, signature;
  std::string scope() const { return date + "/" + region + "/" + service + "/aws4_request"; }
};

struct Authenticated {
  PrincipalPtr principal;          // never null
  Authorization authorization;     // empty when the request is unsigned
  std::string timestamp;           // x-amz-date, as signed
  HmacKey* signing_key = nullptr;  // for the chunks of a signed stream; valid for this request
};

// A request, and what of it the signature covers.
struct SignedRequest {
  const net::HttpRequest& request;
  std::string_view path;     // of the request target, still encoded
  const Query& query;        // of the request target
  std::string_view service;  // that it came to: "s3", "sts"
};

class SignatureCheck {
 public:
  // The path is not normalised: "//", "." and ".." stay. It is decoded and encoded anew, as S3
  // does, so a client that leaves a character bare and signs it bare is found out.
  //
  // Gives   who signed; the anonymous principal for a request without Authorization.
  // Errors  as S3: AuthorizationHeaderMalformed, InvalidAccessKeyId, InvalidToken, ExpiredToken,
  //         RequestTimeTooSkewed, SignatureDoesNotMatch, AccessDenied, InvalidURI,
  //         InvalidRequest and XAmzContentSHA256Mismatch. as_sts() turns them into STS's.
  std::expected<Authenticated, ApiError> check(const SignedRequest& request,
                                               const Directory& directory, const Switches& switches,
                                               WallTime now);

 private:
  HmacKey& signing_key(const Authorization& authorization, std::string_view secret);
  std::unordered_map<std::string, HmacKey> signing_keys_;
};

ApiError as_sts(ApiError error);

}  // namespace s3m::sim
