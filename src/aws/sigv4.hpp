// sigv4.hpp: AWS Signature Version 4 in the Authorization header.
//
// Layer      aws; no I/O.
// Threading  a Signer belongs to one loop.
// Source     AWS general reference, "Create a signed AWS API request"; for S3 the path is signed
//            as it is sent, for other services normalised and encoded once more.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "aws/credentials.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"

namespace s3m::aws {

// SHA-256 of no bytes: the payload hash of a request without a body.
inline constexpr std::string_view empty_payload_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct HeaderView {
  std::string_view name;  // in lower case
  std::string_view value;
};
using HeaderViews = boost::container::small_vector<HeaderView, 24>;

// Sorts by name. Headers that come nearly sorted cost nearly nothing.
void sort_headers(HeaderViews& headers) noexcept;

// What is signed of a request.
struct SigningInput {
  std::string_view method;
  std::string_view path;       // percent-encoded, as sent
  std::string_view query;      // canonical: encoded, sorted, "name=" for a name without a value
  const HeaderViews& headers;  // sorted, all of them signed, x-amz-date and host among them
  std::string_view payload_hash;
};

// Appends the canonical request, and gives the list of signed names as a slice of `out`.
std::string_view append_canonical_request(std::string& out, const SigningInput& input,
                                          std::string_view service);

// Signs one request after the other and keeps what they have in common: the day's signing key with
// its HMAC context, the text of the current second, and a buffer.
class Signer {
 public:
  // `time` as x-amz-date has it; valid until the next call.
  std::string_view amz_date(WallTime time);

  // Appends the value of the Authorization header. What `input` refers to may lie in `out`: it is
  // read before `out` changes.
  void append_authorization(std::string& out, const SigningInput& input, WallTime time,
                            const Identity::Handle& credentials, std::string_view region,
                            std::string_view service);

 private:
  // One day's key. It holds on to its credentials, so that their address names them.
  struct Key {
    Identity::Handle credentials;
    std::string region, service;
    std::string scope;  // "20130524/us-east-1/s3/aws4_request"
    HmacKey hmac;
  };
  Key& key_for(std::string_view date, const Identity::Handle& credentials, std::string_view region,
               std::string_view service);

  std::optional<Key> key_;
  std::chrono::sys_seconds second_{};
  std::string amz_date_;
  std::string canonical_, to_sign_;
};

}  // namespace s3m::aws
