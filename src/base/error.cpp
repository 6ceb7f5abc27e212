#include "base/error.hpp"

#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m {
namespace {

constexpr std::array names = std::to_array<std::string_view>({
    "usage",
    "config",
    "invalid_argument",
    "refused",
    "resolve",
    "connect",
    "tls",
    "reset",
    "timeout",
    "protocol",
    "io",
    "throttled",
    "unavailable",
    "access_denied",
    "expired_credentials",
    "invalid_credentials",
    "clock_skew",
    "wrong_region",
    "no_such_bucket",
    "no_such_key",
    "no_such_upload",
    "not_found",
    "precondition_failed",
    "conflict",
    "bucket_exists",
    "bucket_owned",
    "bucket_not_empty",
    "too_large",
    "invalid_state",
    "invalid_request",
    "not_supported",
    "listing_order",
    "mismatch",
    "cancelled",
});
static_assert(names.size() == static_cast<std::size_t>(Errc::cancelled) + 1);

}  // namespace

std::string_view name(Errc code) noexcept {
  return names[static_cast<std::size_t>(code)];
}

Error::Error(Errc code, std::string message, RetryClass retry)
    : detail_(std::make_unique<Detail>()) {
  detail_->code = code;
  detail_->retry = retry;
  detail_->message = std::move(message);
}

Error& Error::context(std::string_view text) & {
  detail_->message = fmt::format("{}: {}", text, detail_->message);
  return *this;
}

Error Error::clone() const {
  return Error(std::make_unique<Detail>(*detail_));
}

std::string Error::describe() const {
  std::string out;
  const auto add = [&out](std::string_view separator, std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += separator;
    out += text;
  };
  add("", printable(detail_->operation));
  if (!detail_->bucket.empty()) {
    add(" ", fmt::format("s3://{}{}{}", printable(detail_->bucket), detail_->key.empty() ? "" : "/",
                         printable(detail_->key)));
  }
  const auto said =
      detail_->message.empty() ? std::string(name(code())) : single_line(detail_->message);
  add(": ", said);
  std::string origin;
  const auto note = [&origin](std::string text) { origin += (origin.empty() ? "" : ", ") + text; };
  if (!detail_->service_code.empty()) note(printable(detail_->service_code));
  if (detail_->http_status != 0) note(fmt::format("HTTP {}", detail_->http_status));
  if (!detail_->request_id.empty()) note("request id " + printable(detail_->request_id));
  if (!origin.empty()) out += " (" + origin + ")";
  return out;
}

}  // namespace s3m
