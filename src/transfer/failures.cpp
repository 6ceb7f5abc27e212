#include "transfer/failures.hpp"

#include <algorithm>
#include <utility>

namespace s3m::transfer {
namespace {

// So many objects refused without one success are no accident of single objects.
constexpr int telling_refusals = 20;

}  // namespace

FailureEvent failure_event(const Error& error, const Subject& subject) {
  const auto or_else = [](const std::string& known, std::string_view otherwise) {
    return known.empty() ? std::string(otherwise) : known;
  };
  return {.operation = or_else(error.operation(), subject.operation),
          .bucket = or_else(error.bucket(), subject.bucket),
          .key = or_else(error.key(), subject.key),
          .version = std::string(subject.version),
          .code = std::string(name(error.code())),
          .service_code = error.service_code(),
          .request_id = error.request_id(),
          .message = error.message(),
          .http_status = error.http_status()};
}

bool concerns_all(const Error& error) noexcept {
  // A request that named no bucket was made on the way to this one, for credentials.
  if (!error.operation().empty() && error.bucket().empty()) return true;
  switch (error.code()) {
    case Errc::config:
    case Errc::resolve:
    case Errc::connect:
    case Errc::tls:
    case Errc::io:
    case Errc::expired_credentials:
    case Errc::clock_skew:
    case Errc::wrong_region:
    case Errc::no_such_bucket:
    case Errc::listing_order:
    case Errc::refused:
    case Errc::cancelled:
      return true;
    default:
      return false;
  }
}

bool may_have_happened(Errc code) noexcept {
  return code == Errc::unavailable || code == Errc::timeout || code == Errc::reset ||
         code == Errc::protocol;
}

void Failures::succeeded() noexcept {
  any_success_ = true;
  unrecognised_ = 0;
}

bool Failures::failed(Error error, const Subject& subject) {
  const auto event = failure_event(error, subject);
  if (!endured(std::move(error))) return false;
  context_.on_failure(event);
  return true;
}

bool Failures::endured(Error error) {
  if (concerns_all(error)) {
    stop(std::move(error));
    return false;
  }
  if (error.code() == Errc::access_denied) ++denied_;
  if (error.code() == Errc::not_supported) ++unsupported_;
  if (error.code() == Errc::invalid_credentials) ++unrecognised_;
  if (auto refusal = as_refusal_of_all(error)) {
    stop(std::move(*refusal));
    return false;
  }
  return true;
}

std::optional<Error> Failures::as_refusal_of_all(const Error& error) const {
  if (unrecognised_ >= telling_refusals) return error.clone();
  if (any_success_ || std::max(denied_, unsupported_) < telling_refusals) return std::nullopt;
  auto refusal = error.clone();
  refusal.context(denied_ >= telling_refusals
                      ? "every one of the first 20 objects was refused and none came through: the "
                        "grant on the destination bucket is missing, not yet in effect, or "
                        "overruled by a Deny"
                      : "none of the first 20 objects came through: the service lacks what every "
                        "copy needs");
  return refusal;
}

void Failures::stop(Error error) {
  if (!fatal_) fatal_.emplace(std::move(error));
}

void Failures::finding(std::string_view operation, const Error& error, std::string_view key,
                       std::string_view version) const {
  const auto& destination = context_.destination.location;
  const auto full_key = destination.prefix + std::string(key);
  context_.on_failure(failure_event(error, {operation, destination.bucket, full_key, version}));
}

Result<void> Failures::result() {
  if (fatal_) return fail(std::move(*fatal_));
  if (context_.cancel.cancelled()) return fail(Errc::cancelled, "the job was stopped");
  return ok;
}

}  // namespace s3m::transfer
