#include "workflow/configuration/configuration.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::int64_t version = 1;

json::array strings(const std::vector<std::string>& items) {
  json::array out;
  for (const auto& item : items)
    out.emplace_back(item);
  return out;
}

json::object item_json(const ConfigurationItem& item) {
  json::object out;
  out["query"] = item.query;
  if (!item.id.empty()) out["id"] = item.id;
  const auto& document = item.value.document;
  if (valid_utf8(document)) {
    out["document"] = document;
  } else {
    out["document_base64"] = base64(document);
  }
  json::array headers;
  for (const auto& [name, value] : item.value.headers)
    headers.push_back(json::array{json::string(name), json::string(value)});
  if (!headers.empty()) out["headers"] = std::move(headers);
  return out;
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::array* list_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

bool read_strings(const json::array* list, std::vector<std::string>& out) {
  if (list == nullptr) return false;
  for (const auto& value : *list) {
    if (!value.is_string()) return false;
    out.emplace_back(value.get_string());
  }
  return true;
}

bool read_headers(const json::object& object, aws::Pairs& out) {
  const auto* list = list_in(object, "headers");
  if (list == nullptr) return !object.contains("headers");
  for (const auto& value : *list) {
    std::vector<std::string> pair;
    if (!read_strings(value.if_array(), pair) || pair.size() != 2) return false;
    out.emplace_back(std::move(pair[0]), std::move(pair[1]));
  }
  return true;
}

bool read_item(const json::value& value, std::vector<ConfigurationItem>& out) {
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  ConfigurationItem item{.query = text_in(*object, "query"), .id = text_in(*object, "id")};
  item.value.document = text_in(*object, "document");
  if (object->contains("document_base64")) {
    auto bytes = unbase64(text_in(*object, "document_base64"));
    if (!bytes) return false;
    item.value.document = *std::move(bytes);
  }
  const bool whole = !item.query.empty() && read_headers(*object, item.value.headers) &&
                     (object->contains("document") || object->contains("document_base64"));
  out.push_back(std::move(item));
  return whole;
}

bool read_items(const json::array* list, std::vector<ConfigurationItem>& out) {
  return list != nullptr &&
         std::ranges::all_of(*list, [&](const json::value& one) { return read_item(one, out); });
}

}  // namespace

const ConfigurationItem* Configuration::find(std::string_view query,
                                             std::string_view id) const noexcept {
  const auto found = std::ranges::find_if(
      items, [&](const ConfigurationItem& item) { return item.query == query && item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

std::string item_name(std::string_view query, std::string_view id) {
  return id.empty() ? printable(query) : fmt::format("{} \"{}\"", printable(query), printable(id));
}

std::string to_json(const Configuration& configuration) {
  json::array items;
  for (const auto& item : configuration.items)
    items.push_back(item_json(item));
  json::object out;
  out["version"] = version;
  out["items"] = std::move(items);
  out["absent"] = strings(configuration.absent);
  out["unsupported"] = strings(configuration.unsupported);
  return json::serialize(out);
}

Result<Configuration> configuration_from_json(std::string_view text) {
  json::error_code failure;
  const auto value = json::parse(text, failure);
  const auto* object = failure ? nullptr : value.if_object();
  Configuration configuration;
  const bool whole = object != nullptr && object->contains("version") &&
                     object->at("version") == version &&
                     read_items(list_in(*object, "items"), configuration.items) &&
                     read_strings(list_in(*object, "absent"), configuration.absent) &&
                     read_strings(list_in(*object, "unsupported"), configuration.unsupported);
  if (whole) return configuration;
  return fail(Errc::protocol,
              "the stored configuration of the bucket cannot be read: it is damaged, or of another "
              "version of this program");
}

}  // namespace s3m::workflow
