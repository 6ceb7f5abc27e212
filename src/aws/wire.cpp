#include "aws/wire.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/uri.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

// Appends the path and gives it as a slice of `head`, which must not be changed while it is used.
void append_path(std::string& head, const Request& request, const Endpoint& endpoint) {
  head += endpoint.base_path;
  if (!request.bucket.empty() && !endpoint.bucket_in_host) {
    head += '/';
    append_uri_encoded(head, request.bucket, Slash::encode);
    if (request.key.empty()) return;
  }
  head += '/';
  append_uri_encoded(head, request.key, Slash::keep);
}

struct EncodedParameter {
  std::string name, value;
  friend auto operator<=>(const EncodedParameter&, const EncodedParameter&) = default;
};

// Writes the query twice: as it is signed ("acl="), and as it is sent ("?acl": some services look
// for the bare word).
void append_query(std::string& head, std::string& canonical, const Request& request) {
  boost::container::small_vector<EncodedParameter, 6> parameters;
  for (const auto& field : request.query)
    parameters.push_back({uri_encode(field.name), uri_encode(field.value)});
  std::ranges::sort(parameters);
  for (const auto& [name, value] : parameters) {
    head += canonical.empty() ? '?' : '&';
    if (!canonical.empty()) canonical += '&';
    canonical += name;
    canonical += '=';
    canonical += value;
    head += name;
    if (value.empty()) continue;
    head += '=';
    head += value;
  }
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

void append_content_length(std::string& head, const Request& request) {
  const bool has_body_by_method = request.method == Method::put || request.method == Method::post;
  if (!has_body_by_method && request.body.empty()) return;
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, request.body.size()).ptr;
  append_header(head, "content-length", {digits, end});
}

std::string payload_hash(std::string_view body) {
  return body.empty() ? std::string(empty_payload_hash) : hex(bytes_of(sha256(body)));
}

void add_signing_headers(HeaderViews& headers, const Signature& signature,
                         std::string_view body_hash) {
  headers.push_back({"x-amz-content-sha256", body_hash});
  headers.push_back({"x-amz-date", signature.signer.amz_date(signature.time)});
  const auto& token = signature.credentials->session_token;
  if (!token.empty()) headers.push_back({"x-amz-security-token", token});
}

std::unexpected<Error> forged(const HeaderView& header) {
  return fail(Errc::invalid_argument,
              fmt::format("the value of the header {} holds a line break or NUL", header.name));
}

}  // namespace

bool valid_header_value(std::string_view value) noexcept {
  unsigned found = 0;  // no early exit: vector instructions
  for (const char c : value)
    found |= static_cast<unsigned>(c == '\r') | static_cast<unsigned>(c == '\n') |
             static_cast<unsigned>(c == '\0');
  return found == 0;
}

Result<void> assemble(std::string& head, const Request& request, const Endpoint& endpoint,
                      const Signature& signature, std::string_view user_agent) {
  head.assign(name(request.method));
  head += ' ';
  const std::size_t path = head.size();
  append_path(head, request, endpoint);
  const std::size_t path_length = head.size() - path;
  std::string query;
  append_query(head, query, request);
  head += " HTTP/1.1\r\n";

  HeaderViews headers;
  headers.push_back({"host", endpoint.host});
  for (const auto& field : request.headers)
    headers.push_back({field.name, field.value});
  std::string body_hash;
  if (request.sign) {
    if (!signature.credentials) return fail(Errc::config, "there are no credentials to sign with");
    body_hash = payload_hash(request.body);
    add_signing_headers(headers, signature, body_hash);
  }
  for (const auto& header : headers) {
    if (!valid_header_value(header.value)) return forged(header);
    append_header(head, header.name, header.value);
  }
  append_header(head, "user-agent", user_agent);
  append_content_length(head, request);
  if (request.sign) {
    sort_headers(headers);
    head += "authorization: ";
    const SigningInput input{.method = name(request.method),
                             .path = std::string_view(head).substr(path, path_length),
                             .query = query,
                             .headers = headers,
                             .payload_hash = body_hash};
    signature.signer.append_authorization(head, input, signature.time, signature.credentials,
                                          endpoint.region, request.service);
    head += "\r\n";
  }
  head += "\r\n";
  return ok;
}

}  // namespace s3m::aws
