#include "workflow/task_place.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace s3m::workflow {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

}  // namespace

std::string encode(const TaskPlace& place) {
  return json::serialize(json::object{{"cluster", place.cluster},
                                      {"arn", place.arn},
                                      {"log_group", place.log_group},
                                      {"log_stream", place.log_stream},
                                      {"since", iso8601(place.since)}});
}

std::optional<TaskPlace> decode_task_place(std::string_view encoded) {
  json::error_code unreadable;
  const auto value = json::parse(encoded, unreadable);
  const auto* const object = value.if_object();
  if (unreadable || object == nullptr) return std::nullopt;
  const auto since = parse_iso8601(text(*object, "since"));
  TaskPlace place{.cluster = text(*object, "cluster"),
                  .arn = text(*object, "arn"),
                  .log_group = text(*object, "log_group"),
                  .log_stream = text(*object, "log_stream")};
  if (!since || place.cluster.empty() || place.arn.empty()) return std::nullopt;
  place.since = *since;
  return place;
}

}  // namespace s3m::workflow
