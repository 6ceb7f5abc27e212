#include "console/job_request.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/browser.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

using Member = std::pair<std::string_view, std::string SideRequest::*>;
constexpr auto side_members = std::to_array<Member>({{"uri", &SideRequest::uri},
                                                     {"role_arn", &SideRequest::role_arn},
                                                     {"external_id", &SideRequest::external_id},
                                                     {"profile", &SideRequest::profile},
                                                     {"endpoint", &SideRequest::endpoint},
                                                     {"region", &SideRequest::region}});

class Reader {
 public:
  JobRequest read(const json::object& body);
  BrowseRequest read_browse(const json::object& body);
  std::vector<JobRequest::Option> options(const json::value& value);
  std::vector<Problem::Field>& problems() { return problems_; }

 private:
  void refuse_field(std::string field, std::string message) {
    problems_.push_back({std::move(field), std::move(message)});
  }
  std::string text(std::string field, const json::value& value);
  SideRequest side(const std::string& name, const json::value& value);
  std::optional<std::vector<std::string>> option_values(const json::value& value);

  std::vector<Problem::Field> problems_;
};

// NUL would end a word of the command line early, and separates them where they are kept.
std::string Reader::text(std::string field, const json::value& value) {
  if (!value.is_string()) {
    refuse_field(std::move(field), "is not a string");
    return {};
  }
  std::string out(value.get_string());
  if (out.contains('\0')) refuse_field(std::move(field), "holds a NUL");
  return out;
}

SideRequest Reader::side(const std::string& name, const json::value& value) {
  SideRequest out;
  const auto* const object = value.if_object();
  if (object == nullptr) refuse_field(name, "is not an object");
  if (object == nullptr) return out;
  for (const auto& [key, part] : *object) {
    const auto field = fmt::format("{}.{}", name, std::string_view(key));
    const auto known = std::ranges::find(side_members, std::string_view(key), &Member::first);
    if (known == side_members.end()) {
      refuse_field(field, "is not known");
    } else {
      out.*(known->second) = text(field, part);
    }
  }
  return out;
}

// nullopt: an option that is not given ("false").
std::optional<std::vector<std::string>> Reader::option_values(const json::value& value) {
  if (value.is_bool())
    return value.get_bool() ? std::optional(std::vector<std::string>()) : std::nullopt;
  if (value.is_number()) return std::vector{json::serialize(value)};
  if (value.is_string()) return std::vector{text("options", value)};
  std::vector<std::string> out;
  if (const auto* const list = value.if_array()) {
    for (const auto& one : *list)
      out.push_back(text("options", one));
  } else {
    refuse_field("options", "holds a value that is no text, number, list or true");
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

std::vector<JobRequest::Option> Reader::options(const json::value& value) {
  std::vector<JobRequest::Option> out;
  const auto* const object = value.if_object();
  if (object == nullptr) refuse_field("options", "is not an object");
  if (object == nullptr) return out;
  for (const auto& [key, part] : *object) {
    const bool plain = !key.empty() && std::ranges::all_of(key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain || key.starts_with('-')) {
      refuse_field(fmt::format("options.{}", printable(key)), "is no name of an option");
    } else if (auto values = option_values(part)) {
      out.push_back({std::string(key), *std::move(values)});
    }
  }
  return out;
}

JobRequest Reader::read(const json::object& body) {
  JobRequest out;
  for (const auto& [key, value] : body) {
    if (key == "kind") {
      out.kind = text("kind", value);
    } else if (key == "source") {
      out.source = side("source", value);
    } else if (key == "destination") {
      out.destination = side("destination", value);
    } else if (key == "migrator_role_arn") {
      out.migrator_role_arn = text("migrator_role_arn", value);
    } else if (key == "options") {
      out.options = options(value);
    } else {
      refuse_field(printable(key), "is not known");
    }
  }
  if (out.kind != "copy" && out.kind != "migrate")
    refuse_field("kind", "is neither copy nor migrate");
  return out;
}

BrowseRequest Reader::read_browse(const json::object& body) {
  BrowseRequest out;
  for (const auto& [key, value] : body) {
    if (key == "side") {
      out.side = side("side", value);
    } else if (key == "migrator_role_arn") {
      out.migrator_role_arn = text("migrator_role_arn", value);
    } else if (key == "bucket") {
      out.bucket = text("bucket", value);
    } else if (key == "prefix") {
      out.prefix = text("prefix", value);
    } else if (key == "next") {
      out.next = text("next", value);
    } else {
      refuse_field(printable(key), "is not known");
    }
  }
  if (out.bucket.empty() && !out.prefix.empty()) refuse_field("prefix", "needs a bucket");
  return out;
}

std::unexpected<Problem> not_understood(std::vector<Problem::Field> problems) {
  return refuse({.status = 422,
                 .code = "invalid",
                 .detail = fmt::format("{} {}", problems.front().field, problems.front().message),
                 .fields = std::move(problems)});
}

json::object side_json(const SideRequest& side) {
  json::object out;
  for (const auto& [name, member] : side_members)
    if (!(side.*member).empty()) out[name] = side.*member;
  return out;
}

json::value option_json(const std::vector<std::string>& values) {
  if (values.empty()) return true;
  if (values.size() == 1) return json::value(values.front());
  json::array out;
  for (const auto& value : values)
    out.emplace_back(value);
  return out;
}

}  // namespace

Answer<JobRequest> read_job_request(const json::object& body) {
  Reader reader;
  auto request = reader.read(body);
  if (reader.problems().empty()) return request;
  return not_understood(std::move(reader.problems()));
}

Answer<BrowseRequest> read_browse_request(const json::object& body) {
  Reader reader;
  auto request = reader.read_browse(body);
  if (reader.problems().empty()) return request;
  return not_understood(std::move(reader.problems()));
}

Answer<std::vector<JobRequest::Option>> read_options(const json::object& body) {
  Reader reader;
  std::vector<JobRequest::Option> options;
  if (const auto* const given = body.if_contains("options")) options = reader.options(*given);
  if (reader.problems().empty()) return options;
  return not_understood(std::move(reader.problems()));
}

json::object to_json(const JobRequest& request) {
  json::object options;
  for (const auto& [name, values] : request.options)
    options[name] = option_json(values);
  json::object out{{"kind", request.kind},
                   {"source", side_json(request.source)},
                   {"destination", side_json(request.destination)},
                   {"options", std::move(options)}};
  if (!request.migrator_role_arn.empty()) out["migrator_role_arn"] = request.migrator_role_arn;
  return out;
}

std::string text_field(const json::object& body, std::string_view name) {
  const auto* const value = body.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace s3m::console
