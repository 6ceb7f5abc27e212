// xml.hpp: what the XML of every service has in common, over pugixml.
//
// Layer      aws, for its sources alone: headers of operations do not show pugixml.
// Threading  values; pure functions.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "base/error.hpp"

namespace s3m::aws {

// A parsed document. It is parsed inside its own text, so it can neither be copied nor moved, and
// its nodes live as long as it does.
class XmlDocument {
 public:
  XmlDocument() = default;
  XmlDocument(const XmlDocument&) = delete;
  XmlDocument& operator=(const XmlDocument&) = delete;

  // Gives the root element. Bytes of values stay as they are (line ends too), entities resolved;
  // white space that is an element's whole value is kept.
  // Errors: protocol when `text` is not well-formed or its root is none of `roots`.
  Result<pugi::xml_node> parse(std::string text, std::initializer_list<std::string_view> roots);
  Result<pugi::xml_node> parse(std::string text, std::string_view root) {
    return parse(std::move(text), {root});
  }
  // The same with any root.
  Result<pugi::xml_node> parse(std::string text);

 private:
  std::string text_;
  pugi::xml_document document_;
};

// The text of a child element; empty when there is none.
inline std::string_view text_of(pugi::xml_node parent, const char* child) {
  return parent.child_value(child);
}

// The name of the root element if `text` reaches from its start tag to its end tag, nullopt if it
// is cut off or no XML at all. Looks at both ends only: well-formedness is the parser's business.
std::optional<std::string_view> root_of_whole_document(std::string_view text) noexcept;

// Appends `text` as the content of an element.
void append_xml_text(std::string& out, std::string_view text);

}  // namespace s3m::aws
