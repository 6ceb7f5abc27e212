#include "workflow/policy_document.hpp"

#include <set>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

// Reads JSON only to find a name that stands twice in one object.
struct RepeatedNames {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  std::vector<std::set<std::string>> open;
  std::string part, repeated;

  bool on_object_begin(json::error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_key_part(json::string_view text, std::size_t, json::error_code&) {
    part += text;
    return true;
  }
  bool on_key(json::string_view text, std::size_t, json::error_code&) {
    part += text;
    if (!open.back().insert(part).second) repeated = part;
    part.clear();
    return true;
  }
  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

std::string repeated_name(std::string_view document) {
  json::basic_parser<RepeatedNames> parser(json::parse_options{});
  json::error_code failure;
  parser.write_some(false, document.data(), document.size(), failure);
  return parser.handler().repeated;
}

}  // namespace

Result<json::object> parse_policy(std::string_view document) {
  json::error_code failure;
  auto value = json::parse(document, failure);
  if (failure || !value.is_object()) {
    return fail(Errc::refused, "the bucket policy is not a JSON object; nothing was changed");
  }
  if (const auto twice = repeated_name(document); !twice.empty()) {
    return fail(Errc::refused,
                fmt::format("the bucket policy has the name \"{}\" twice in one object, so its "
                            "meaning is unclear; nothing was changed",
                            printable(twice)));
  }
  const auto* statement = value.as_object().if_contains("Statement");
  if (statement == nullptr || !(statement->is_array() || statement->is_object())) {
    return fail(Errc::refused, "the bucket policy has no Statement; nothing was changed");
  }
  return std::move(value.as_object());
}

json::array statements_of(const json::object& policy) {
  const auto& statement = policy.at("Statement");
  if (statement.is_array()) return statement.as_array();
  json::array one;
  one.push_back(statement);
  return one;
}

std::string_view sid_of(const json::value& statement) {
  const auto* object = statement.if_object();
  const auto* sid = object != nullptr ? object->if_contains("Sid") : nullptr;
  if (sid == nullptr || !sid->is_string()) return {};
  return {sid->get_string().data(), sid->get_string().size()};
}

std::string statement_name(const json::value& statement, std::size_t index) {
  const auto sid = sid_of(statement);
  if (sid.empty()) return fmt::format("statement {}", index + 1);
  return fmt::format("statement {} (Sid \"{}\")", index + 1, printable(sid));
}

namespace {

std::vector<std::string> strings_in(const json::value* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (const auto* text = value->if_string()) out.emplace_back(text->data(), text->size());
  if (const auto* list = value->if_array()) {
    for (const auto& item : *list) {
      if (const auto* text = item.if_string()) out.emplace_back(text->data(), text->size());
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> strings_of(const json::value& statement, std::string_view member) {
  const auto* object = statement.if_object();
  return strings_in(object != nullptr ? object->if_contains(member) : nullptr);
}

std::vector<std::string> service_principals(const json::value& statement, std::string_view member) {
  const auto* object = statement.if_object();
  const auto* value = object != nullptr ? object->if_contains(member) : nullptr;
  const auto* kinds = value != nullptr ? value->if_object() : nullptr;
  return strings_in(kinds != nullptr ? kinds->if_contains("Service") : nullptr);
}

std::vector<std::string> aws_principals(const json::value& statement, std::string_view member) {
  const auto* object = statement.if_object();
  const auto* value = object != nullptr ? object->if_contains(member) : nullptr;
  if (value == nullptr) return {};
  if (const auto* kinds = value->if_object()) return strings_in(kinds->if_contains("AWS"));
  return strings_in(value);
}

}  // namespace s3m::workflow
