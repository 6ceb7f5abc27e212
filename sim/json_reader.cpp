#include "sim/json_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::sim {

namespace json = boost::json;

namespace {

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

JsonReader::JsonReader(const json::value& value, std::string path, std::string& error)
    : object_(value.if_object()), path_(std::move(path)), error_(error) {
  if (object_ == nullptr) fail("", "an object is expected");
}

std::string JsonReader::path_of(std::string_view name) const {
  if (name.empty()) return path_.empty() ? "the scenario" : path_;
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void JsonReader::fail(std::string_view name, std::string_view what) {
  if (error_.empty()) error_ = fmt::format("{}: {}", path_of(name), what);
}

const json::value* JsonReader::take(std::string_view name) {
  if (object_ == nullptr) return nullptr;
  const json::value* value = object_->if_contains(view(name));
  if (value != nullptr) taken_.emplace_back(name);
  return value;
}

bool JsonReader::has(std::string_view name) const {
  return object_ != nullptr && object_->contains(view(name));
}

void JsonReader::text(std::string_view name, std::string& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_string()) return fail(name, "text is expected");
  field = std::string(value->get_string());
}

void JsonReader::text(std::string_view name, std::optional<std::string>& field) {
  if (has(name)) text(name, field.emplace());
}

void JsonReader::flag(std::string_view name, bool& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_bool()) return fail(name, "true or false is expected");
  field = value->get_bool();
}

void JsonReader::real(std::string_view name, double& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_number()) return fail(name, "a number is expected");
  field = value->to_number<double>();
}

std::optional<std::int64_t> JsonReader::whole_number(std::string_view name, Sign sign) {
  const json::value* value = take(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (error || (number < 0 && sign == Sign::positive)) {
    fail(name, "a whole number is expected");
    return std::nullopt;
  }
  return number;
}

void JsonReader::size(std::string_view name, std::uint64_t& field) {
  const json::value* value = object_ == nullptr ? nullptr : object_->if_contains(view(name));
  if (value == nullptr || !value->is_string()) return number(name, field);
  take(name);
  const auto bytes = parse_size(std::string_view(value->get_string()));
  if (!bytes) return fail(name, "a size as 4096, 512KiB or 6GiB is expected");
  field = *bytes;
}

void JsonReader::texts(std::string_view name, std::vector<std::string>& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_array()) return fail(name, "a list of texts is expected");
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) return fail(name, "a list of texts is expected");
    field.emplace_back(item.get_string());
  }
}

void JsonReader::pairs(std::string_view name, Pairs& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_object()) return fail(name, "an object of texts is expected");
  for (const auto& [key, text] : value->get_object()) {
    if (!text.is_string()) return fail(name, "an object of texts is expected");
    field.emplace_back(key, text.get_string());
  }
}

void JsonReader::map(std::string_view name, std::map<std::string, std::string>& field) {
  Pairs read;
  pairs(name, read);
  for (auto& [key, text] : read)
    field[key] = std::move(text);
}

void JsonReader::document(std::string_view name, std::string& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  field = value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

void JsonReader::documents(std::string_view name, std::vector<std::string>& field) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_array()) return fail(name, "a list of documents is expected");
  for (const auto& item : value->get_array()) {
    field.push_back(item.is_string() ? std::string(item.get_string()) : json::serialize(item));
  }
}

void JsonReader::list(std::string_view name, const std::function<void(JsonReader&)>& each) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  if (!value->is_array()) return fail(name, "a list is expected");
  std::size_t index = 0;
  for (const auto& item : value->get_array()) {
    JsonReader reader(item, fmt::format("{}[{}]", path_of(name), index++), error_);
    each(reader);
    reader.done();
  }
}

void JsonReader::object(std::string_view name, const std::function<void(JsonReader&)>& read) {
  const json::value* value = take(name);
  if (value == nullptr) return;
  JsonReader reader(*value, path_of(name), error_);
  read(reader);
  reader.done();
}

void JsonReader::done() {
  if (object_ == nullptr) return;
  for (const auto& member : *object_) {
    const std::string_view name(member.key());
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
      fail(name, "there is no such member");
    }
  }
}

}  // namespace s3m::sim
