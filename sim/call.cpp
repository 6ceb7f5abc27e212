#include "sim/call.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sim/tagging.hpp"

namespace s3m::sim {
namespace {

using Values = std::optional<std::vector<std::string>>;

Values given(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::vector<std::string>{std::string(text)};
}

Values parameter_of(const Call& call, std::string_view name) {
  const std::string* value = call.query.find(name);
  return value == nullptr ? std::nullopt : Values({*value});
}

// s3:RequestObjectTag/<key>, s3:RequestObjectTagKeys: the tags a request sets.
Values request_tags(const Call& call, std::string_view key) {
  const std::string_view header = call.header("x-amz-tagging");
  const auto tags = header.empty() ? std::optional<Pairs>() : parse_tagging_header(header);
  if (!tags) return std::nullopt;
  if (key == "s3:requestobjecttagkeys") {
    std::vector<std::string> names;
    for (const auto& [name, value] : *tags)
      names.push_back(name);
    return names;
  }
  for (const auto& [name, value] : *tags) {
    if (iequals(key.substr(key.find('/') + 1), name)) return Values({value});
  }
  return std::nullopt;
}

Values existing_tag(const Call& call, std::string_view name) {
  if (call.existing_tags == nullptr) return std::nullopt;
  for (const auto& [tag, value] : *call.existing_tags) {
    if (iequals(tag, name)) return Values({value});
  }
  return std::nullopt;
}

}  // namespace

Values Call::values(std::string_view condition_key) const {
  constexpr std::string_view existing = "s3:existingobjecttag/";
  if (condition_key.starts_with("s3:x-amz-")) return given(header(condition_key.substr(3)));
  if (condition_key == "sts:externalid") return given(form.get("ExternalId"));
  if (condition_key == "sts:rolesessionname") return given(form.get("RoleSessionName"));
  if (condition_key == "s3:prefix") return parameter_of(*this, "prefix");
  if (condition_key == "s3:delimiter") return parameter_of(*this, "delimiter");
  if (condition_key == "s3:max-keys") return parameter_of(*this, "max-keys");
  if (condition_key == "s3:versionid") return parameter_of(*this, "versionId");
  if (condition_key == "s3:if-match") return given(header("if-match"));
  if (condition_key == "s3:if-none-match") return given(header("if-none-match"));
  if (condition_key.starts_with("s3:requestobjecttag")) return request_tags(*this, condition_key);
  if (condition_key.starts_with(existing)) {
    return existing_tag(*this, condition_key.substr(existing.size()));
  }
  if (condition_key == "s3:signatureversion") {
    return access_key.empty() ? std::nullopt : given("AWS4-HMAC-SHA256");
  }
  if (condition_key == "s3:authtype") {
    return access_key.empty() ? std::nullopt : given("REST-HEADER");
  }
  if (condition_key == "aws:sourceip") return given("127.0.0.1");
  if (condition_key == "aws:securetransport") return given("false");
  if (condition_key == "aws:requestedregion") return given(region);
  if (condition_key == "aws:useragent") return given(header("user-agent"));
  if (condition_key == "aws:currenttime") return given(iso8601_seconds(now));
  if (condition_key == "aws:epochtime") {
    return given(fmt::format("{}", now.time_since_epoch().count() / 1000));
  }
  return std::nullopt;
}

std::unexpected<ApiError> refuse(ApiError error) {
  return std::unexpected(std::move(error));
}

std::unexpected<ApiError> refuse(std::string_view code, std::string message) {
  return std::unexpected(api_error(code, std::move(message)));
}

Permit all_permitted(std::initializer_list<Permit> permits) {
  for (const Permit& permit : permits) {
    if (!permit) return permit;
  }
  return {};
}

net::ServerReply xml_reply(std::string xml) {
  net::ServerReply reply;
  reply.body = std::move(xml);
  add_header(reply, "Content-Type", "application/xml");
  return reply;
}

}  // namespace s3m::sim
