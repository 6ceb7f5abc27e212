#include "aws/classify.hpp"

#include <algorithm>
#include <array>

#include "aws/service_error.hpp"
#include "aws/xml.hpp"

namespace s3m::aws {
namespace {

struct Verdict {
  Errc code;
  RetryClass retry = RetryClass::never;
};

struct CodeVerdict {
  std::string_view service_code;
  Verdict verdict;
};

constexpr Verdict slow_down{Errc::throttled, RetryClass::throttle};
constexpr Verdict try_again{Errc::unavailable, RetryClass::transient};
constexpr Verdict session_over{Errc::expired_credentials, RetryClass::refresh};
constexpr Verdict wrong_clock{Errc::clock_skew, RetryClass::refresh};
constexpr Verdict elsewhere{Errc::wrong_region, RetryClass::refresh};

constexpr auto verdicts = std::to_array<CodeVerdict>({
    // The service asks for less.
    {"BandwidthLimitExceeded", slow_down},
    {"EC2ThrottledException", slow_down},
    {"KMS.ThrottlingException", slow_down},
    {"LimitExceededException", slow_down},
    {"ProvisionedThroughputExceededException", slow_down},
    {"RequestLimitExceeded", slow_down},
    {"RequestThrottled", slow_down},
    {"RequestThrottledException", slow_down},
    {"SlowDown", slow_down},
    {"SlowDownRead", slow_down},   // MinIO
    {"SlowDownWrite", slow_down},  // MinIO
    {"ThrottledException", slow_down},
    {"Throttling", slow_down},
    {"ThrottlingException", slow_down},
    {"TooManyRequests", slow_down},
    {"TooManyRequestsException", slow_down},
    {"TransactionInProgressException", slow_down},

    // It failed by itself.
    {"IDPCommunicationError", try_again},
    {"InternalError", try_again},
    {"InternalFailure", try_again},
    {"InternalServerError", try_again},
    {"PriorRequestNotComplete", try_again},
    {"RequestTimeout", try_again},
    {"RequestTimeoutException", try_again},
    {"ServerException", try_again},  // ECS
    {"ServiceUnavailable", try_again},
    {"ServiceUnavailableException", try_again},

    // Who asks, when and where.
    {"AccessDenied", {Errc::access_denied}},
    {"AccessDeniedException", {Errc::access_denied}},
    {"AccountProblem", {Errc::access_denied}},
    {"AllAccessDisabled", {Errc::access_denied}},
    {"NotSignedUp", {Errc::access_denied}},
    {"OptInRequired", {Errc::access_denied}},
    {"RegionDisabledException", {Errc::access_denied}},
    {"ExpiredToken", session_over},
    {"ExpiredTokenException", session_over},
    {"TokenRefreshRequired", session_over},
    {"InvalidAccessKeyId", {Errc::invalid_credentials}},
    {"InvalidClientTokenId", {Errc::invalid_credentials}},
    {"InvalidToken", {Errc::invalid_credentials}},
    {"UnrecognizedClientException", {Errc::invalid_credentials}},
    {"AuthFailure", {Errc::invalid_credentials}},
    {"InvalidSignatureException", {Errc::invalid_credentials}},
    {"SignatureDoesNotMatch", {Errc::invalid_credentials}},
    {"RequestExpired", wrong_clock},
    {"RequestInTheFuture", wrong_clock},
    {"RequestTimeTooSkewed", wrong_clock},
    {"PermanentRedirect", elsewhere},
    {"Redirect", elsewhere},
    {"TemporaryRedirect", elsewhere},

    // What is not there, or not as asked.
    {"NoSuchBucket", {Errc::no_such_bucket}},
    {"NoSuchKey", {Errc::no_such_key}},
    {"NoSuchVersion", {Errc::no_such_key}},
    {"NoSuchUpload", {Errc::no_such_upload}},
    {"ResourceNotFoundException", {Errc::not_found}},  // Logs, Scheduler
    {"ClusterNotFoundException", {Errc::not_found}},   // ECS
    {"PreconditionFailed", {Errc::precondition_failed}},
    {"BucketAlreadyExists", {Errc::bucket_exists}},
    {"BucketAlreadyOwnedByYou", {Errc::bucket_owned}},
    {"BucketNotEmpty", {Errc::bucket_not_empty}},
    {"ConditionalRequestConflict", {Errc::conflict, RetryClass::transient}},
    {"OperationAborted", {Errc::conflict, RetryClass::transient}},
    {"RestoreAlreadyInProgress", {Errc::conflict}},
    {"ConflictException", {Errc::conflict}},  // ECS: the token of another task
    {"GlacierExpeditedRetrievalNotAvailable", {Errc::unavailable}},
    {"InvalidObjectState", {Errc::invalid_state}},
    {"ObjectNotInActiveTierError", {Errc::invalid_state}},
    {"EntityTooLarge", {Errc::too_large}},
    {"MaxMessageLengthExceeded", {Errc::too_large}},
    {"MetadataTooLarge", {Errc::too_large}},
    {"PackedPolicyTooLarge", {Errc::too_large}},
    {"RequestHeaderSectionTooLarge", {Errc::too_large}},
    {"MethodNotAllowed", {Errc::not_supported}},
    {"NotImplemented", {Errc::not_supported}},
    {"UnsupportedArgument", {Errc::not_supported}},
    {"UnsupportedOperation", {Errc::not_supported}},
});

std::optional<Verdict> by_service_code(std::string_view code) {
  const auto* const found = std::ranges::find(verdicts, code, &CodeVerdict::service_code);
  return found == verdicts.end() ? std::nullopt : std::optional(found->verdict);
}

constexpr bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

// A 404 that says no more than its number.
Errc not_found(const Request& request, const ServiceError& said) noexcept {
  if (!said.code.empty()) return Errc::not_found;
  if (!request.key.empty()) return Errc::no_such_key;
  return request.query.empty() && !request.bucket.empty() ? Errc::no_such_bucket : Errc::not_found;
}

Verdict by_status(const Request& request, int status, const ServiceError& said) noexcept {
  if (is_redirect(status)) return elsewhere;
  // SlowDown without a body looks like this; an outage of the service survives the patience too.
  if (status == 503 && request.method == Method::head) return slow_down;
  switch (status) {
    case 401:
      return {Errc::invalid_credentials};
    case 403:
      return {Errc::access_denied};
    case 404:
      return {not_found(request, said)};
    case 405:
      return {Errc::not_supported};
    case 408:
      return try_again;
    case 409:
      return {Errc::conflict};
    case 412:
      return {Errc::precondition_failed};
    case 413:
      return {Errc::too_large};
    case 429:
      return slow_down;
    case 501:
      return {Errc::not_supported};
    default:
      break;
  }
  if (status >= 500 || status < 300) return try_again;
  return {status >= 400 ? Errc::invalid_request : Errc::protocol};
}

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> list) noexcept {
  return std::ranges::find(list, text) != list.end();
}

// A server clock this far from ours explains a refused signature (the services allow 5 or 15 min).
constexpr std::chrono::minutes suspicious_skew{4};

bool clocks_differ(const SignedWith& signed_with, const ServiceError& said) noexcept {
  return said.server_time &&
         std::chrono::abs(*said.server_time - signed_with.time) >= suspicious_skew;
}

bool names_another_region(const SignedWith& signed_with, const ServiceError& said) noexcept {
  return !said.region.empty() && said.region != signed_with.region;
}

// What code and status alone do not tell. Each rule gives its verdict or lets the given one stand.
Verdict refine_identity(Verdict verdict, const Request& request, const SignedWith& signed_with,
                        const ServiceError& said, int status) {
  const bool silent = said.code.empty() && request.method == Method::head;
  if (verdict.code == Errc::invalid_credentials) {
    // radosgw and STS call the key of an expired session unknown.
    if (signed_with.temporary &&
        is_any_of(said.code, {"InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken",
                              "UnrecognizedClientException"}))
      return session_over;
    // STS calls a wrong clock a wrong signature.
    return clocks_differ(signed_with, said) ? wrong_clock : verdict;
  }
  if (silent && status == 403 && clocks_differ(signed_with, said)) return wrong_clock;
  if (verdict.code == Errc::clock_skew && !said.server_time) return {Errc::clock_skew};
  return verdict;
}

Verdict refine_region(Verdict verdict, const Request& request, const SignedWith& signed_with,
                      const ServiceError& said, int status) {
  const bool another = names_another_region(signed_with, said);
  const bool silent = said.code.empty() && request.method == Method::head;
  if (said.code == "AuthorizationHeaderMalformed" || (silent && status == 400))
    return another ? elsewhere : verdict;
  if (said.code == "IllegalLocationConstraintException" && request.operation != "CreateBucket")
    return elsewhere;
  if (verdict.code != Errc::wrong_region || another) return verdict;
  // Sent on to where we are already: the names of a new bucket have not spread yet.
  if (status == 307 && !said.region.empty()) return try_again;
  return {Errc::wrong_region};
}

Verdict refine_operation(Verdict verdict, const Request& request, const net::HttpResponse& response,
                         const ServiceError& said) {
  if (verdict.code == Errc::not_supported) {
    // GET and HEAD of a version that is a delete marker.
    if (response.headers.get("x-amz-delete-marker") == "true") return {Errc::no_such_key};
    // S3's word to a caller who is not of the bucket owner's account.
    if (request.operation.ends_with("BucketPolicy")) return {Errc::access_denied};
  }
  // These wait with a clock of their own (the name), or need a new upload.
  if (verdict.code == Errc::conflict &&
      is_any_of(request.operation, {"CreateBucket", "DeleteBucket", "CompleteMultipartUpload"}))
    return {Errc::conflict};
  // radosgw's word for an upload that is gone.
  if (verdict.code == Errc::no_such_key && request.operation == "ListParts")
    return {Errc::no_such_upload};
  // S3 has no code for it.
  if (said.code == "InvalidRequest" &&
      said.message.contains("maximum allowable size for a copy source"))
    return {Errc::too_large};
  return verdict;
}

Verdict verdict_of(const Request& request, const SignedWith& signed_with,
                   const net::HttpResponse& response, const ServiceError& said) {
  auto verdict = by_service_code(said.code).value_or(by_status(request, response.status, said));
  verdict = refine_identity(verdict, request, signed_with, said, response.status);
  verdict = refine_region(verdict, request, signed_with, said, response.status);
  return refine_operation(verdict, request, response, said);
}

bool is_believable(const Request& request, const net::HttpResponse& response) noexcept {
  if (response.status == 304) return true;
  if (response.status < 200 || response.status >= 300) return false;
  if (request.answer == Answer::any) return true;
  const auto root = root_of_whole_document(response.body);
  return root && *root != "Error";
}

std::string message_of(const net::HttpResponse& response, ServiceError& said) {
  if (!said.message.empty() || !said.code.empty()) return std::move(said.message);
  return response.status < 300 ? "the answer is cut off, or is no XML" : "";
}

}  // namespace

std::optional<Error> judge(const Request& request, const SignedWith& signed_with,
                           const net::HttpResponse& response) {
  if (is_believable(request, response)) return std::nullopt;
  auto said = read_service_error(response);
  const auto verdict = verdict_of(request, signed_with, response, said);
  Error error(verdict.code, message_of(response, said), verdict.retry);
  error.http_status(response.status)
      .service_code(std::move(said.code))
      .request_id(std::move(said.request_id))
      .region(std::move(said.region));
  if (verdict.code == Errc::clock_skew && said.server_time) error.server_time(*said.server_time);
  if (said.retry_after) error.retry_after(*said.retry_after);
  return with_request(request, std::move(error));
}

Error judge_part(std::string service_code, std::string message) {
  const auto verdict =
      by_service_code(service_code).value_or(Verdict{.code = Errc::invalid_request});
  Error error(verdict.code, std::move(message), verdict.retry);
  error.service_code(std::move(service_code));
  return error;
}

Error with_request(const Request& request, Error error) {
  if (error.operation().empty())
    error.operation(std::string(request.operation)).bucket(request.bucket).key(request.key);
  return error;
}

bool may_hide_an_expired_session(const Request& request, const Error& error) noexcept {
  return request.method == Method::head && error.service_code().empty() &&
         (error.http_status() == 400 || error.http_status() == 403) &&
         (error.code() == Errc::invalid_request || error.code() == Errc::access_denied);
}

}  // namespace s3m::aws
