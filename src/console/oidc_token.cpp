#include "console/oidc_token.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/es256.hpp"
#include "console/job_request.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// Two clocks.
constexpr std::chrono::seconds tolerance = 30s;
constexpr std::size_t longest_token = 12u << 10, longest_key_id = 128, longest_name = 128;

std::unexpected<Error> refused(std::string why) {
  return fail(Errc::access_denied, std::move(why));
}

// base64url, with its padding or without.
std::optional<std::string> decoded(std::string_view text) {
  while (text.ends_with('='))
    text.remove_suffix(1);
  std::string standard(text);
  for (auto& c : standard) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  standard.append((4 - standard.size() % 4) % 4, '=');
  return unbase64(standard);
}

std::optional<json::object> decoded_object(std::string_view text) {
  const auto plain = decoded(text);
  if (!plain) return std::nullopt;
  json::error_code unreadable;
  auto value = json::parse(*plain, unreadable);
  if (unreadable || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

bool names_a_key(std::string_view id) {
  return !id.empty() && id.size() <= longest_key_id && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Seconds since 1970, as a number or as digits.
std::optional<WallTime> time_in(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  std::optional<std::uint64_t> seconds;
  json::error_code unfit;
  if (value->is_string()) {
    seconds = parse_u64(std::string_view(value->get_string()));
  } else if (value->is_number()) {
    const auto number = value->to_number<std::uint64_t>(unfit);
    if (!unfit) seconds = number;
  }
  constexpr std::uint64_t end_of_time = 1ull << 33;
  if (!seconds || *seconds > end_of_time) return std::nullopt;
  return WallTime(std::chrono::seconds(*seconds));
}

// Whether a claim has that value, or is a list that holds it.
bool has(const json::object& claims, const OidcRules::Claim& wanted) {
  const auto* const value = claims.if_contains(wanted.name);
  if (value == nullptr) return false;
  const auto is_it = [&](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == wanted.value;
  };
  if (!value->is_array()) return is_it(*value);
  return std::ranges::any_of(value->get_array(), is_it);
}

std::string name_in(const json::object& claims) {
  for (const auto* const claim : {"email", "preferred_username", "username", "sub"}) {
    const auto text = text_field(claims, claim);
    if (!text.empty()) return printable(std::string_view(text).substr(0, longest_name));
  }
  return {};
}

}  // namespace

Result<OidcToken> OidcToken::parse(std::string_view text) {
  const auto first = text.find('.');
  const auto second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (text.size() > longest_token || second == text.npos || text.find('.', second + 1) != text.npos)
    return refused("it is no token of three parts");
  OidcToken token;
  auto header = decoded_object(text.substr(0, first));
  auto claims = decoded_object(text.substr(first + 1, second - first - 1));
  auto signature = decoded(text.substr(second + 1));
  if (!header || !claims || !signature) return refused("it cannot be read");
  token.header_ = *std::move(header);
  token.claims_ = *std::move(claims);
  token.signature_ = *std::move(signature);
  token.signed_ = text.substr(0, second);
  token.key_id_ = text_field(token.header_, "kid");
  if (text_field(token.header_, "alg") != "ES256") return refused("it is not signed by ES256");
  if (token.header_.contains("crit")) return refused("it asks for what is not known here");
  if (!names_a_key(token.key_id_)) return refused("it names no key");
  return token;
}

Result<void> OidcToken::check_header(const OidcRules& rules) const {
  const auto signer = text_field(header_, "signer"), issuer = text_field(header_, "iss");
  if (signer != rules.signer)
    return refused(fmt::format("its signer is {}, not the load balancer that is trusted",
                               signer.empty() ? "nobody" : printable(signer)));
  if (issuer != rules.issuer)
    return refused(fmt::format("its issuer is {}, not the one that is trusted",
                               issuer.empty() ? "nobody" : printable(issuer)));
  if (!rules.client.empty() && text_field(header_, "client") != rules.client)
    return refused("it was issued to another client");
  return ok;
}

Result<Known> OidcToken::check(const OidcRules& rules, std::string_view pem, WallTime now) const {
  auto fits = check_header(rules);
  if (!fits) return forward(fits);
  auto genuine = check_es256(pem, signed_, signature_);
  if (!genuine) return forward(genuine);
  const auto expires = time_in(header_, "exp");
  if (!expires) return refused("it does not say when it expires");
  if (*expires + tolerance <= now) return refused("it has expired");
  const auto claimed = time_in(claims_, "exp");
  if (claims_.contains("exp") && (!claimed || *claimed + tolerance <= now))
    return refused("its claims have expired");
  auto name = name_in(claims_);
  if (name.empty()) return refused("it does not say whom it is about");
  const bool may_act = std::ranges::any_of(
      rules.operators, [&](const OidcRules::Claim& claim) { return has(claims_, claim); });
  return Known{.role = may_act ? Role::operator_ : Role::viewer,
               .expires_at = *expires,
               .name = std::move(name)};
}

}  // namespace s3m::console
