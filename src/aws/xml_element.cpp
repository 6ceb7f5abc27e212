#include "aws/xml_element.hpp"

#include <algorithm>

#include "aws/xml.hpp"

namespace s3m::aws {
namespace {

constexpr int deepest = 32;

Result<XmlElement> element_of(pugi::xml_node node, int depth) {
  if (depth > deepest) return fail(Errc::protocol, "XML: nested too deeply");
  XmlElement element{.name = node.name(), .attributes = {}, .text = {}, .children = {}};
  for (const auto attribute : node.attributes())
    element.attributes.emplace_back(attribute.name(), attribute.value());
  for (const auto child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    auto made = element_of(child, depth + 1);
    if (!made) return made;
    element.children.push_back(std::move(*made));
  }
  if (element.children.empty()) element.text = node.child_value();
  return element;
}

void append(std::string& out, const XmlElement& element) {
  out += '<';
  out += element.name;
  for (const auto& [name, value] : element.attributes) {
    out += ' ';
    out += name;
    out += "=\"";
    append_xml_text(out, value);
    out += '"';
  }
  out += '>';
  for (const auto& child : element.children)
    append(out, child);
  append_xml_text(out, element.text);
  out += "</";
  out += element.name;
  out += '>';
}

}  // namespace

std::string_view local_name(std::string_view name) noexcept {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

const XmlElement* XmlElement::child(std::string_view wanted) const noexcept {
  const auto found = std::ranges::find_if(
      children, [&](const XmlElement& one) { return local_name(one.name) == wanted; });
  return found == children.end() ? nullptr : &*found;
}

XmlElement* XmlElement::child(std::string_view wanted) noexcept {
  return const_cast<XmlElement*>(std::as_const(*this).child(wanted));
}

std::string_view XmlElement::text_of(std::string_view wanted) const noexcept {
  const auto* found = child(wanted);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> read_xml(std::string text) {
  if (!root_of_whole_document(text)) return fail(Errc::protocol, "XML: the document is cut off");
  XmlDocument document;
  auto root = document.parse(std::move(text));
  if (!root) return forward(root);
  return element_of(*root, 0);
}

std::string write_xml(const XmlElement& root) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  append(out, root);
  return out;
}

}  // namespace s3m::aws
