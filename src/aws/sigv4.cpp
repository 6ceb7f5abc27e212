#include "aws/sigv4.hpp"

#include <vector>

#include "aws/uri.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t date_digits = 8;  // of "20130524T000000Z"

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

// Written without an early exit, so that the compiler makes vector instructions of it: the session
// token alone has a thousand bytes.
bool has_blanks_to_fold(std::string_view value) noexcept {
  if (value.empty()) return false;
  unsigned found = static_cast<unsigned>(is_blank(value.front()) || is_blank(value.back()));
  for (std::size_t i = 0; i + 1 < value.size(); ++i)
    found |= static_cast<unsigned>(value[i] == '\t') |
             (static_cast<unsigned>(value[i] == ' ') & static_cast<unsigned>(value[i + 1] == ' '));
  return found != 0;
}

// Appends `value` without blanks at its ends and with each run of blanks inside as one space.
void append_folded(std::string& out, std::string_view value) {
  if (!has_blanks_to_fold(value)) {
    out += value;
    return;
  }
  bool between = false;  // blanks were seen after something
  const std::size_t start = out.size();
  for (const char c : value) {
    if (is_blank(c)) {
      between = out.size() > start;
      continue;
    }
    if (between) out += ' ';
    between = false;
    out += c;
  }
}

void append_hex(std::string& out, const Sha256& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  char text[2 * std::tuple_size_v<Sha256>];
  char* next = text;
  for (const std::byte byte : digest) {
    *next++ = digits[std::to_integer<unsigned>(byte) >> 4];
    *next++ = digits[std::to_integer<unsigned>(byte) & 15];
  }
  out.append(text, sizeof text);
}

// RFC 3986 without dot segments and empty ones, then encoded once more.
void append_normalised_path(std::string& out, std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    begin = end + 1;
  }
  if (segments.empty()) out += '/';
  for (const auto segment : segments) {
    out += '/';
    append_uri_encoded(out, segment, Slash::encode);
  }
  if (!segments.empty() && path.ends_with('/')) out += '/';
}

Sha256 derive_key(const Credentials& credentials, std::string_view date, std::string_view region,
                  std::string_view service) {
  const auto of_day = hmac_sha256("AWS4" + credentials.secret_access_key, date);
  const auto of_region = hmac_sha256(bytes_of(of_day), region);
  const auto of_service = hmac_sha256(bytes_of(of_region), service);
  return hmac_sha256(bytes_of(of_service), "aws4_request");
}

std::string scope_of(std::string_view date, std::string_view region, std::string_view service) {
  std::string scope;
  for (const auto part : {date, region, service, std::string_view("aws4_request")}) {
    if (!scope.empty()) scope += '/';
    scope += part;
  }
  return scope;
}

}  // namespace

void sort_headers(HeaderViews& headers) noexcept {
  for (std::size_t i = 1; i < headers.size(); ++i) {
    const HeaderView moving = headers[i];
    std::size_t at = i;
    for (; at > 0 && moving.name < headers[at - 1].name; --at)
      headers[at] = headers[at - 1];
    headers[at] = moving;
  }
}

std::string_view append_canonical_request(std::string& out, const SigningInput& input,
                                          std::string_view service) {
  out += input.method;
  out += '\n';
  if (service == "s3") {
    out += input.path;
  } else {
    append_normalised_path(out, input.path);
  }
  out += '\n';
  out += input.query;
  out += '\n';
  for (const auto& header : input.headers) {
    out += header.name;
    out += ':';
    append_folded(out, header.value);
    out += '\n';
  }
  out += '\n';
  const std::size_t names = out.size();
  for (const auto& header : input.headers) {
    if (out.size() > names) out += ';';
    out += header.name;
  }
  const std::size_t names_length = out.size() - names;
  out += '\n';
  out += input.payload_hash;
  return std::string_view(out).substr(names, names_length);
}

std::string_view Signer::amz_date(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_ || amz_date_.empty()) {
    amz_date_ = s3m::amz_date(second);
    second_ = second;
  }
  return amz_date_;
}

Signer::Key& Signer::key_for(std::string_view date, const Identity::Handle& credentials,
                             std::string_view region, std::string_view service) {
  if (!key_ || key_->credentials != credentials || !key_->scope.starts_with(date) ||
      key_->region != region || key_->service != service) {
    const auto derived = derive_key(*credentials, date, region, service);
    key_.emplace(Key{.credentials = credentials,
                     .region = std::string(region),
                     .service = std::string(service),
                     .scope = scope_of(date, region, service),
                     .hmac = HmacKey(bytes_of(derived))});
  }
  return *key_;
}

void Signer::append_authorization(std::string& out, const SigningInput& input, WallTime time,
                                  const Identity::Handle& credentials, std::string_view region,
                                  std::string_view service) {
  canonical_.clear();
  const auto signed_names = append_canonical_request(canonical_, input, service);
  const auto date = amz_date(time);
  auto& key = key_for(date.substr(0, date_digits), credentials, region, service);

  to_sign_.assign(algorithm);
  to_sign_ += '\n';
  to_sign_ += date;
  to_sign_ += '\n';
  to_sign_ += key.scope;
  to_sign_ += '\n';
  append_hex(to_sign_, sha256(canonical_));

  out += algorithm;
  out += " Credential=";
  out += credentials->access_key_id;
  out += '/';
  out += key.scope;
  out += ", SignedHeaders=";
  out += signed_names;
  out += ", Signature=";
  append_hex(out, key.hmac.sign(to_sign_));
}

}  // namespace s3m::aws
