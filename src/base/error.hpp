// error.hpp: expected failures as values.
//
// Layer      base.
// Threading  an Error belongs to one coroutine at a time; it is moved, never shared.
//
// An Error is one pointer wide, so Result<int> stays 16 bytes and a success costs nothing. It is
// classified once, where the failure is first understood (for a service: where its response is
// parsed). Above that point code branches on `code()` and `retry()`, never on text.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace s3m {

enum class Errc : std::uint8_t {
  // The user's input.
  usage,             // a command line that cannot be understood
  config,            // a configuration or credentials file that cannot be used
  invalid_argument,  // a value outside what the callee documents
  refused,           // a guard refuses to go on (overlap, --max-delete, policy too large...)

  // The way to the service.
  resolve,   // a host name has no address
  connect,   // no address of the host accepts connections
  tls,       // the handshake failed or the certificate is not trusted
  reset,     // the connection ended before the response was complete
  timeout,   // a deadline passed
  protocol,  // an answer that breaks HTTP, XML or the service's own contract
  io,        // a local file, pipe or socket failed

  // The service's answer.
  throttled,            // 503 SlowDown and its kin
  unavailable,          // 5xx, also inside a 200
  access_denied,        // 403
  expired_credentials,  // the session is over, in any dialect
  invalid_credentials,  // unknown key, bad signature
  clock_skew,           // RequestTimeTooSkewed; `server_time` is set
  wrong_region,         // 301/307/400 with the right region in `region`
  no_such_bucket,
  no_such_key,
  no_such_upload,
  not_found,            // 404 of anything else
  precondition_failed,  // 412
  conflict,             // 409 of an operation in progress
  bucket_exists,        // the name belongs to another account
  bucket_owned,         // the name is already ours
  bucket_not_empty,     // only an empty bucket can be deleted
  too_large,            // above a limit of the service (a copy source over 5 GiB, a policy...)
  invalid_state,        // an archived object
  invalid_request,      // any other 4xx
  not_supported,        // the service does not know the operation

  // The program's own findings.
  listing_order,  // a listing out of order, truncated without a token, or going backwards
  mismatch,       // verification found a difference
  cancelled,      // the user or a sibling's fatal failure stopped the work
};

// What the retry decorator may do with a failure. Set once, with the code.
enum class RetryClass : std::uint8_t {
  never,      // the same request will fail again
  transient,  // may succeed if sent again, with a short delay
  throttle,   // may succeed later; the sender must slow down
  refresh,    // may succeed once with fresh credentials or a corrected clock or region
};

// Stable lower-case name of a code ("no_such_key"), as it stands in events and reports.
std::string_view name(Errc code) noexcept;

class [[nodiscard]] Error {
 public:
  explicit Error(Errc code, std::string message = {}, RetryClass retry = RetryClass::never);

  Errc code() const noexcept { return detail_->code; }
  RetryClass retry() const noexcept { return detail_->retry; }
  const std::string& message() const noexcept { return detail_->message; }

  int http_status() const noexcept { return detail_->http_status; }  // 0: no response
  const std::string& service_code() const noexcept { return detail_->service_code; }
  const std::string& request_id() const noexcept { return detail_->request_id; }
  const std::string& operation() const noexcept { return detail_->operation; }
  const std::string& bucket() const noexcept { return detail_->bucket; }
  const std::string& key() const noexcept { return detail_->key; }
  const std::string& region() const noexcept { return detail_->region; }
  std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    return detail_->retry_after;
  }
  std::optional<std::chrono::sys_seconds> server_time() const noexcept {
    return detail_->server_time;
  }

  // Each returns *this, so that a failure is described where it is made:
  //   return fail(Errc::timeout, "no answer in 30 s").operation("CopyObject").key(key);
  Error& retry(RetryClass value) & {
    detail_->retry = value;
    return *this;
  }
  Error& http_status(int value) & {
    detail_->http_status = value;
    return *this;
  }
  Error& service_code(std::string value) & {
    detail_->service_code = std::move(value);
    return *this;
  }
  Error& request_id(std::string value) & {
    detail_->request_id = std::move(value);
    return *this;
  }
  Error& operation(std::string value) & {
    detail_->operation = std::move(value);
    return *this;
  }
  Error& bucket(std::string value) & {
    detail_->bucket = std::move(value);
    return *this;
  }
  Error& key(std::string value) & {
    detail_->key = std::move(value);
    return *this;
  }
  Error& region(std::string value) & {
    detail_->region = std::move(value);
    return *this;
  }
  Error& retry_after(std::chrono::milliseconds value) & {
    detail_->retry_after = value;
    return *this;
  }
  Error& server_time(std::chrono::sys_seconds value) & {
    detail_->server_time = value;
    return *this;
  }
  // Prefixes the message: "CONTEXT: what was said".
  Error& context(std::string_view text) &;

  Error clone() const;

  // One sentence for a person: operation, bucket, key, what happened, service code, http status
  // and request id, those that are known. Control characters in keys and texts are escaped.
  std::string describe() const;

 private:
  struct Detail {
    Errc code;
    RetryClass retry = RetryClass::never;
    int http_status = 0;
    std::optional<std::chrono::milliseconds> retry_after;
    std::optional<std::chrono::sys_seconds> server_time;
    std::string message, service_code, request_id, operation, bucket, key, region;
  };
  explicit Error(std::unique_ptr<Detail> detail) : detail_(std::move(detail)) {}
  std::unique_ptr<Detail> detail_;  // never null except after a move
};

template <class T>
using Result = std::expected<T, Error>;

// The value of a Result<void> that succeeded. `co_return {}` does not compile inside an awaitable
// of std::expected<void, E>; `co_return ok` does.
inline constexpr struct Ok {
  operator Result<void>() const { return Result<void>{}; }  // NOLINT(google-explicit-constructor)
} ok;

// Makes a failed Result of any type: `return fail(Errc::io, "cannot open " + path);`
inline std::unexpected<Error> fail(Errc code, std::string message,
                                   RetryClass retry = RetryClass::never) {
  return std::unexpected<Error>(Error(code, std::move(message), retry));
}
inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

// The failure of one Result carried into another type: `if (!page) return forward(page);`
template <class T>
std::unexpected<Error> forward(Result<T>& result) {
  return std::unexpected<Error>(std::move(result.error()));
}
template <class T>
std::unexpected<Error> forward(Result<T>&& result) {
  return std::unexpected<Error>(std::move(result.error()));
}

}  // namespace s3m
