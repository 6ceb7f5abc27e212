#include "sim/sigv4_check.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::sim {
namespace {

constexpr std::string_view empty_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::chrono::minutes most_skew{15};

using Check = std::expected<void, ApiError>;

std::unexpected<ApiError> fail(ApiError error) {
  return std::unexpected(std::move(error));
}

// The text behind `name=` up to a comma.
std::string_view field(std::string_view header, std::string_view name) {
  std::size_t at = 0;
  while ((at = header.find(name, at)) != std::string_view::npos) {
    const bool starts = at == 0 || header[at - 1] == ' ' || header[at - 1] == ',';
    const std::size_t value = at + name.size();
    if (starts && value < header.size() && header[value] == '=') {
      return trim(header.substr(value + 1, header.find(',', value) - value - 1));
    }
    at = value;
  }
  return {};
}

std::optional<Authorization> parse_authorization(std::string_view header) {
  constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
  if (!header.starts_with(algorithm)) return std::nullopt;
  header.remove_prefix(algorithm.size());
  Authorization parsed;
  parsed.signed_headers = field(header, "SignedHeaders");
  parsed.signature = field(header, "Signature");
  std::string_view credential = field(header, "Credential");
  // From the right: an access key may hold slashes, the scope cannot.
  constexpr std::string_view terminator = "/aws4_request";
  if (!credential.ends_with(terminator)) return std::nullopt;
  credential.remove_suffix(terminator.size());
  for (std::string* part : {&parsed.service, &parsed.region, &parsed.date}) {
    const std::size_t slash = credential.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    *part = credential.substr(slash + 1);
    credential = credential.substr(0, slash);
  }
  parsed.access_key = credential;
  if (parsed.access_key.empty() || parsed.signed_headers.empty() || parsed.signature.empty()) {
    return std::nullopt;
  }
  return parsed;
}

bool is_signed(std::string_view signed_headers, std::string_view name) {
  while (!signed_headers.empty()) {
    const std::size_t end = signed_headers.find(';');
    if (iequals(signed_headers.substr(0, end), name)) return true;
    if (end == std::string_view::npos) return false;
    signed_headers.remove_prefix(end + 1);
  }
  return false;
}

// Trimmed, inner runs of spaces to one.
void append_value(std::string& text, std::string_view value) {
  value = trim(value);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ' ' && i > 0 && value[i - 1] == ' ') continue;
    text.push_back(value[i]);
  }
}

void append_headers(std::string& text, const net::Headers& headers, std::string_view names) {
  while (!names.empty()) {
    const std::size_t end = names.find(';');
    const std::string_view name = names.substr(0, end);
    names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    text.append(name).push_back(':');
    bool first = true;
    headers.for_each([&](std::string_view have, std::string_view value) {
      if (!iequals(have, name)) return;
      if (!std::exchange(first, false)) text.push_back(',');
      append_value(text, value);
    });
    text.push_back('\n');
  }
}

Check check_scope(const Authorization& authorization, std::string_view service) {
  if (authorization.service == service) return {};
  return fail(api_error("AuthorizationHeaderMalformed",
                        fmt::format("The authorization header is malformed; incorrect service "
                                    "\"{}\". This endpoint belongs to \"{}\".",
                                    authorization.service, service)));
}

// S3 wants the host and every x-amz-* header to be signed.
Check check_coverage(const net::Headers& headers, const Authorization& authorization) {
  if (authorization.service != "s3") return {};
  std::string missing;
  if (!is_signed(authorization.signed_headers, "host")) missing = "host";
  headers.for_each([&](std::string_view name, std::string_view) {
    if (name.size() < 6 || !iequals(name.substr(0, 6), "x-amz-")) return;
    if (is_signed(authorization.signed_headers, name)) return;
    missing.append(missing.empty() ? "" : ", ").append(name);
  });
  if (missing.empty()) return {};
  return fail(
      api_error("AccessDenied", "There were headers present in the request which were not signed")
          .with("HeadersNotSigned", missing));
}

Check check_time(std::string_view timestamp, std::optional<WallTime> signed_at, WallTime now,
                 const Authorization& authorization) {
  if (!signed_at) {
    return fail(
        api_error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"));
  }
  if (*signed_at > now + most_skew || *signed_at < now - most_skew) {
    return fail(api_error("RequestTimeTooSkewed")
                    .with("RequestTime", std::string(timestamp))
                    .with("ServerTime", iso8601_seconds(now))
                    .with("MaxAllowedSkewMilliseconds", "900000"));
  }
  if (amz_date(*signed_at).substr(0, 8) != authorization.date) {
    return fail(api_error("AuthorizationHeaderMalformed",
                          fmt::format("The authorization header is malformed; Invalid credential "
                                      "date \"{}\". This date is not the same as X-Amz-Date: "
                                      "\"{}\".",
                                      authorization.date, amz_date(*signed_at).substr(0, 8))));
  }
  return {};
}

// A session's key goes with its token, a long-term key with none.
Check check_token(const Credential* credential, std::string_view token, const Switches& switches,
                  WallTime now) {
  if (credential == nullptr) return fail(api_error("InvalidAccessKeyId"));
  if (credential->token.empty()) {
    return token.empty() ? Check() : fail(api_error("InvalidToken"));
  }
  if (token.empty()) return fail(api_error("InvalidAccessKeyId"));
  if (token != credential->token) return fail(api_error("InvalidToken"));
  if (credential->expires && now >= *credential->expires) {
    return fail(
        api_error(switches.expired_token_is_unknown_key ? "InvalidAccessKeyId" : "ExpiredToken"));
  }
  return {};
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// What stands for the body in the canonical request; the body is checked against it.
std::expected<std::string, ApiError> payload_hash(const net::HttpRequest& request, bool s3) {
  const std::string_view declared = request.headers.get("x-amz-content-sha256");
  if (!s3 && declared.empty()) return hex(bytes_of(sha256(request.body)));
  if (declared.empty()) {
    return fail(api_error("InvalidRequest",
                          "Missing required header for this request: x-amz-content-sha256"));
  }
  if (declared == "UNSIGNED-PAYLOAD" || declared.starts_with("STREAMING-")) {
    return std::string(declared);
  }
  if (!is_hash(declared)) {
    return fail(api_error("InvalidArgument",
                          "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                          "STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                          "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                          "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value."));
  }
  if (request.body.empty() && declared == empty_hash) return std::string(declared);
  const std::string computed = hex(bytes_of(sha256(request.body)));
  if (computed != declared) {
    return fail(api_error("XAmzContentSHA256Mismatch")
                    .with("ClientComputedContentSHA256", std::string(declared))
                    .with("S3ComputedContentSHA256", computed));
  }
  return computed;
}

std::optional<WallTime> time_of(const net::Headers& headers, std::string& timestamp) {
  timestamp = headers.get("x-amz-date");
  if (!timestamp.empty()) return parse_amz_date(timestamp);
  timestamp = headers.get("date");
  if (const auto time = parse_http_date(timestamp)) {
    timestamp = amz_date(*time);
    return time;
  }
  return parse_amz_date(timestamp);
}

std::expected<std::string, ApiError> canonical_request(const SignedRequest& request,
                                                       const Authorization& authorization) {
  const auto payload = payload_hash(request.request, authorization.service == "s3");
  if (!payload) return payload;
  const auto path = percent_decode(request.path, Plus::stays);
  if (!path) return fail(api_error("InvalidURI"));
  std::string text = request.request.method;
  text.append("\n").append(percent_encode(*path, true));
  text.append("\n").append(request.query.canonical()).append("\n");
  append_headers(text, request.request.headers, authorization.signed_headers);
  text.append("\n").append(authorization.signed_headers).append("\n").append(*payload);
  return text;
}

PrincipalPtr anonymous() {
  static const auto principal = [] {
    auto nobody = std::make_shared<Principal>();
    nobody->arn = "anonymous";
    return PrincipalPtr(std::move(nobody));
  }();
  return principal;
}

}  // namespace

HmacKey& SignatureCheck::signing_key(const Authorization& authorization, std::string_view secret) {
  std::string name = authorization.access_key + "/" + authorization.scope();
  if (const auto known = signing_keys_.find(name); known != signing_keys_.end()) {
    return known->second;
  }
  if (signing_keys_.size() > 10'000) signing_keys_.clear();
  Sha256 key = hmac_sha256(fmt::format("AWS4{}", secret), authorization.date);
  key = hmac_sha256(bytes_of(key), authorization.region);
  key = hmac_sha256(bytes_of(key), authorization.service);
  key = hmac_sha256(bytes_of(key), "aws4_request");
  return signing_keys_.emplace(std::move(name), HmacKey(bytes_of(key))).first->second;
}

std::expected<Authenticated, ApiError> SignatureCheck::check(const SignedRequest& request,
                                                             const Directory& directory,
                                                             const Switches& switches,
                                                             WallTime now) {
  const net::Headers& headers = request.request.headers;
  Authenticated result{.principal = anonymous(), .authorization = {}, .timestamp = {}};
  const std::string_view header = headers.get("authorization");
  if (header.empty()) return result;

  auto authorization = parse_authorization(header);
  if (!authorization) return fail(api_error("AuthorizationHeaderMalformed"));
  const Credential* credential = directory.credential(authorization->access_key);
  const auto signed_at = time_of(headers, result.timestamp);
  for (const Check& passed :
       {check_token(credential, headers.get("x-amz-security-token"), switches, now),
        check_time(result.timestamp, signed_at, now, *authorization),
        check_scope(*authorization, request.service), check_coverage(headers, *authorization)}) {
    if (!passed) return fail(passed.error());
  }
  const auto canonical = canonical_request(request, *authorization);
  if (!canonical) return fail(canonical.error());
  std::string to_sign = "AWS4-HMAC-SHA256\n";
  to_sign.append(result.timestamp).append("\n").append(authorization->scope()).append("\n");
  to_sign.append(hex(bytes_of(sha256(*canonical))));

  HmacKey& key = signing_key(*authorization, credential->secret);
  if (hex(bytes_of(key.sign(to_sign))) != authorization->signature) {
    return fail(api_error("SignatureDoesNotMatch")
                    .with("AWSAccessKeyId", authorization->access_key)
                    .with("StringToSign", to_sign)
                    .with("SignatureProvided", authorization->signature)
                    .with("CanonicalRequest", *canonical));
  }
  result.principal = credential->principal;
  result.authorization = std::move(*authorization);
  result.signing_key = &key;
  return result;
}

ApiError as_sts(ApiError error) {
  if (error.code == "InvalidAccessKeyId" || error.code == "InvalidToken") {
    return api_error("InvalidClientTokenId");
  }
  if (error.code == "ExpiredToken") {
    error.status = 403;
    error.message = "The security token included in the request is expired";
  } else if (error.code == "RequestTimeTooSkewed") {
    const std::string sent = error.fields.empty() ? "" : error.fields.front().second;
    return api_error("SignatureDoesNotMatch",
                     "Signature expired or not yet current: " + sent + " is too far from now");
  } else if (error.code == "AuthorizationHeaderMalformed") {
    error.code = "IncompleteSignature";
  }
  error.fields.clear();
  return error;
}

}  // namespace s3m::sim
