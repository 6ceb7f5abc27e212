#include "workflow/configuration/same_document.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "aws/xml_element.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

bool is_account_id(std::string_view text) noexcept {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Actions are compared without regard to case, principals by the ARN that IAM makes of an account
// id.
enum class Place : std::uint8_t { other, principal, action };

Place place_of(std::string_view member, Place outer) noexcept {
  if (member == "Principal" || member == "NotPrincipal") return Place::principal;
  if (member == "Action" || member == "NotAction") return Place::action;
  return outer == Place::principal ? outer : Place::other;
}

std::string canonical(const json::value& value, Place place);

std::string canonical(const json::object& object, Place place) {
  std::vector<std::string> members;
  for (const auto& [name, value] : object)
    members.push_back(json::serialize(json::string(name)) + ":" +
                      canonical(value, place_of({name.data(), name.size()}, place)));
  std::ranges::sort(members);
  std::string out = "{";
  for (const auto& member : members)
    out += member + ",";
  return out + "}";
}

std::string canonical(const json::array& array, Place place) {
  std::vector<std::string> values;
  for (const auto& value : array)
    values.push_back(canonical(value, place));
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  if (values.size() == 1) return values.front();
  std::string out = "[";
  for (const auto& value : values)
    out += value + ",";
  return out + "]";
}

std::string canonical(std::string text, Place place) {
  if (place == Place::principal && is_account_id(text)) text = "arn:aws:iam::" + text + ":root";
  if (place == Place::action) text = lower(text);
  return json::serialize(json::string(text));
}

// In a policy true and "true", 5 and "5" mean the same.
std::string canonical(const json::value& value, Place place) {
  if (const auto* object = value.if_object()) {
    // Principal: "*" is short for {"AWS": "*"}.
    if (place == Place::principal && object->size() == 1 && object->contains("AWS"))
      return canonical(object->at("AWS"), place);
    return canonical(*object, place);
  }
  if (const auto* array = value.if_array()) return canonical(*array, place);
  if (const auto* text = value.if_string()) return canonical(std::string(*text), place);
  return canonical(json::serialize(value), place);
}

bool same_json(const std::string& wanted, const std::string& found) {
  json::error_code failure;
  const auto one = json::parse(wanted, failure);
  if (failure) return wanted == found;
  const auto other = json::parse(found, failure);
  return !failure && canonical(one, Place::other) == canonical(other, Place::other);
}

// Of these the first that fits is taken, so their order counts.
bool order_counts(std::string_view name) noexcept {
  return name == "CORSRule" || name == "RoutingRule";
}

struct Line {
  std::string_view name;
  std::size_t place;  // 0 where it does not count
  std::string text;
  friend auto operator<=>(const Line&, const Line&) = default;
};

// `ignored`: an element that is not looked at; empty: none.
std::string canonical(const aws::XmlElement& element, std::string_view ignored) {
  std::vector<Line> lines;
  for (const auto& child : element.children) {
    const auto name = aws::local_name(child.name);
    if (!ignored.empty() && name == ignored) continue;
    const auto place = order_counts(name) ? lines.size() : 0;
    lines.push_back({name, place, canonical(child, ignored)});
  }
  std::ranges::sort(lines);
  std::string out = "<" + std::string(aws::local_name(element.name));
  for (const auto& [name, value] : element.attributes)
    if (!name.starts_with("xmlns")) out += " " + std::string(aws::local_name(name)) + "=" + value;
  out += ">";
  for (const auto& line : lines)
    out += line.text;
  // Quoted, so that no text can look like an element.
  if (!element.text.empty()) out += json::serialize(json::string(element.text));
  return out + "</>";
}

bool has(const aws::XmlElement& element, std::string_view name) {
  return aws::local_name(element.name) == name ||
         std::ranges::any_of(element.children,
                             [&](const aws::XmlElement& child) { return has(child, name); });
}

// What a service adds by itself where the wanted document is silent about it.
std::string_view ignored_in(std::string_view query, const aws::XmlElement& wanted) {
  const std::string_view added = query == "encryption"   ? "BlockedEncryptionTypes"
                                 : query == "versioning" ? "MfaDelete"
                                                         : "";
  return added.empty() || has(wanted, added) ? "" : added;
}

bool same_xml(std::string_view query, const std::string& wanted, const std::string& found) {
  const auto one = aws::read_xml(wanted);
  if (!one) return wanted == found;
  const auto other = aws::read_xml(found);
  if (!other) return false;
  const auto ignored = ignored_in(query, *one);
  return canonical(*one, ignored) == canonical(*other, ignored);
}

bool same_headers(const aws::Pairs& wanted, const aws::Pairs& found) {
  return std::ranges::all_of(
      wanted, [&](const auto& pair) { return std::ranges::find(found, pair) != found.end(); });
}

}  // namespace

bool same_document(std::string_view query, const aws::SubResource& wanted,
                   const aws::SubResource& found) {
  if (!same_headers(wanted.headers, found.headers)) return false;
  if (wanted.document == found.document) return true;
  return query == "policy" ? same_json(wanted.document, found.document)
                           : same_xml(query, wanted.document, found.document);
}

}  // namespace s3m::workflow
