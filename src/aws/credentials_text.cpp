#include "aws/credentials_text.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace s3m::aws {
namespace {

// The text of a field; empty when it is absent or null. Errors: protocol when it is neither text.
Result<std::string> text(const boost::json::object& object, std::string_view field) {
  const auto* value = object.if_contains(field);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_string()) return std::string(std::string_view(value->get_string()));
  return fail(Errc::protocol, fmt::format("its {} is not text", field));
}

Result<std::string> required(const boost::json::object& object, std::string_view field) {
  auto value = text(object, field);
  if (value && value->empty()) return fail(Errc::protocol, fmt::format("it has no {}", field));
  return value;
}

// What goes into a header; the secret never does, and services other than AWS's let people choose
// theirs.
bool sendable(std::string_view value) noexcept {
  return std::ranges::all_of(value, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

bool one_line(std::string_view value) noexcept {
  return std::ranges::none_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

Result<void> check_sendable(const Credentials& credentials) {
  const auto wrong = [](std::string_view part) {
    return fail(Errc::config, fmt::format("the {} has a space, a line break or another character "
                                          "in it that it cannot have",
                                          part));
  };
  if (!sendable(credentials.access_key_id)) return wrong("access key id");
  if (!one_line(credentials.secret_access_key)) return wrong("secret access key");
  if (!sendable(credentials.session_token)) return wrong("session token");
  if (!sendable(credentials.account)) return wrong("account id");
  return ok;
}

Result<Credentials> credentials_from_json(std::string_view document, std::string_view token_field) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(document, error);
  if (error || !parsed.is_object()) return fail(Errc::protocol, "it is not a JSON object");
  const auto& object = parsed.get_object();
  Credentials credentials;
  const std::pair<std::string*, Result<std::string>> fields[] = {
      {&credentials.access_key_id, required(object, "AccessKeyId")},
      {&credentials.secret_access_key, required(object, "SecretAccessKey")},
      {&credentials.session_token, text(object, token_field)},
      {&credentials.account, text(object, "AccountId")},
  };
  for (const auto& [member, value] : fields) {
    if (!value) return fail(value.error().clone());
    *member = *value;
  }
  const auto expiration = text(object, "Expiration");
  if (!expiration) return fail(expiration.error().clone());
  if (!expiration->empty()) {
    credentials.expiration = parse_iso8601(*expiration);
    if (!credentials.expiration) return fail(Errc::protocol, "its Expiration is not a time");
  }
  auto checked = check_sendable(credentials);
  if (!checked) return forward(checked);
  return credentials;
}

}  // namespace s3m::aws
