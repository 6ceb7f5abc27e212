#include "aws/arn.hpp"

#include <algorithm>
#include <array>

namespace s3m::aws {
namespace {

constexpr std::string_view role_prefix = "role/";
constexpr std::string_view session_prefix = "assumed-role/";

bool is_plain(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

}  // namespace

std::optional<Arn> parse_arn(std::string_view text) {
  if (!text.starts_with("arn:") || !is_plain(text)) return std::nullopt;
  text.remove_prefix(4);
  std::array<std::string, 4> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0].empty() || parts[1].empty() || text.empty()) return std::nullopt;
  return Arn{.partition = std::move(parts[0]),
             .service = std::move(parts[1]),
             .region = std::move(parts[2]),
             .account = std::move(parts[3]),
             .resource = std::string(text)};
}

std::string to_string(const Arn& arn) {
  return "arn:" + arn.partition + ":" + arn.service + ":" + arn.region + ":" + arn.account + ":" +
         arn.resource;
}

std::optional<RoleArn> parse_role_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with(role_prefix)) return std::nullopt;
  const auto slash = arn->resource.rfind('/');
  RoleArn role{.partition = std::move(arn->partition),
               .account = std::move(arn->account),
               .path = arn->resource.substr(role_prefix.size() - 1, slash - role_prefix.size() + 2),
               .name = arn->resource.substr(slash + 1)};
  if (role.name.empty()) return std::nullopt;
  return role;
}

std::string to_string(const RoleArn& role) {
  return "arn:" + role.partition + ":iam::" + role.account + ":role" + role.path + role.name;
}

std::optional<RoleSessionArn> parse_role_session_arn(std::string_view text) {
  auto arn = parse_arn(text);
  if (!arn || arn->service != "sts" || !arn->resource.starts_with(session_prefix)) {
    return std::nullopt;
  }
  const std::string rest = arn->resource.substr(session_prefix.size());
  const auto slash = rest.rfind('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == rest.size()) return std::nullopt;
  return RoleSessionArn{.partition = std::move(arn->partition),
                        .account = std::move(arn->account),
                        .role = rest.substr(0, slash),
                        .session = rest.substr(slash + 1)};
}

std::string to_string(const RoleSessionArn& session) {
  return "arn:" + session.partition + ":sts::" + session.account + ":assumed-role/" + session.role +
         "/" + session.session;
}

RoleSessionArn session_of(const RoleArn& role, std::string_view session) {
  return {.partition = role.partition,
          .account = role.account,
          .role = role.name,
          .session = std::string(session)};
}

RoleArn role_of(const RoleSessionArn& session) {
  return {.partition = session.partition,
          .account = session.account,
          .path = "/",
          .name = session.role};
}

std::string account_of(std::string_view arn) {
  auto parsed = parse_arn(arn);
  return parsed ? std::move(parsed->account) : std::string();
}

}  // namespace s3m::aws
