#include "workflow/job_json.hpp"

#include <boost/json/parse.hpp>

#include "base/text.hpp"
#include "workflow/step_names.hpp"

namespace s3m::workflow {

namespace json = boost::json;

json::value parsed_or_null(std::string_view text) {
  json::error_code unreadable;
  auto value = json::parse(text, unreadable);
  return unreadable ? json::value(nullptr) : value;
}

json::object fields_of(const Event& event) {
  auto value = parsed_or_null(to_json_line({}, event));
  auto* const object = value.if_object();
  if (object == nullptr) return {};
  for (const auto* const name : {"v", "type", "job", "attempt", "seq", "time"})
    object->erase(name);
  return std::move(*object);
}

json::array to_json(const std::vector<store::JobStep>& steps) {
  json::array out;
  for (const auto& step : steps) {
    out.push_back(json::object{
        {"step", printable(step.name)},
        {"number", step.number},
        {"state", name(step.state)},
        {"percent", step.percent},
        {"started", iso8601(step.started_at)},
        {"ended", step.ended_at ? json::value(iso8601(*step.ended_at)) : json::value(nullptr)},
        {"message", single_line(step.message)}});
  }
  return out;
}

json::array to_json(const std::vector<store::Intent>& intents) {
  json::array out;
  for (const auto& intent : intents) {
    out.push_back(json::object{{"name", printable(intent.name)},
                               {"detail", single_line(intent.detail)},
                               {"created", iso8601(intent.created_at)}});
  }
  return out;
}

json::array to_json(const std::vector<ConfigurationPart>& parts) {
  const auto text_or_null = [](const std::optional<std::string>& text) -> json::value {
    if (!text) return nullptr;
    return json::value(valid_utf8(*text) ? *text : printable(*text));
  };
  json::array out;
  for (const auto& part : parts) {
    out.push_back(json::object{{"name", printable(part.name)},
                               {"state", name(part.state)},
                               {"source", text_or_null(part.source)},
                               {"destination", text_or_null(part.destination)},
                               {"note", single_line(part.note)}});
  }
  return out;
}

}  // namespace s3m::workflow
