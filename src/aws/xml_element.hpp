// xml_element.hpp: a whole XML document as a value, for those who compare and edit configuration.
//
// Layer   aws; pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace s3m::aws {

// An element of a document without mixed content, as all of S3's configuration is.
struct XmlElement {
  std::string name;                                             // as written, with its prefix
  std::vector<std::pair<std::string, std::string>> attributes;  // xmlns among them
  std::string text;  // of an element without children; its white space is kept
  std::vector<XmlElement> children;

  // The first child of that name; null when there is none.
  const XmlElement* child(std::string_view wanted) const noexcept;
  XmlElement* child(std::string_view wanted) noexcept;
  // The text of the first child of that name; empty when there is none.
  std::string_view text_of(std::string_view wanted) const noexcept;
  friend bool operator==(const XmlElement&, const XmlElement&) = default;
};

// The name without its prefix.
std::string_view local_name(std::string_view name) noexcept;

// Errors: protocol when `text` is not well-formed, is cut off, or nested deeper than any
//         configuration is.
Result<XmlElement> read_xml(std::string text);

std::string write_xml(const XmlElement& root);

}  // namespace s3m::aws
