#include "aws/xml.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::aws {
namespace {

// No end-of-line handling: a service that writes a raw CR into a key means that byte.
constexpr unsigned parse_flags =
    pugi::parse_escapes | pugi::parse_cdata | pugi::parse_ws_pcdata_single;

constexpr std::string_view blanks = " \t\r\n";

void skip(std::string_view& text, std::size_t count) noexcept {
  text.remove_prefix(std::min(count, text.size()));
}

// Skips what may stand before the root: byte order mark, declaration, comments.
void skip_prolog(std::string_view& text) noexcept {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.starts_with(mark)) skip(text, mark.size());
  for (;;) {
    skip(text, text.find_first_not_of(blanks));
    const std::string_view end = text.starts_with("<?")     ? "?>"
                                 : text.starts_with("<!--") ? "-->"
                                                            : "";
    if (end.empty()) return;
    const auto at = text.find(end);
    skip(text, at == std::string_view::npos ? at : at + end.size());
  }
}

std::string_view trim_end(std::string_view text) noexcept {
  const auto last = text.find_last_not_of(blanks);
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

Result<pugi::xml_node> XmlDocument::parse(std::string text) {
  text_ = std::move(text);
  const auto parsed =
      document_.load_buffer_inplace(text_.data(), text_.size(), parse_flags, pugi::encoding_utf8);
  if (!parsed) return fail(Errc::protocol, fmt::format("XML: {}", parsed.description()));
  return document_.document_element();
}

Result<pugi::xml_node> XmlDocument::parse(std::string text,
                                          std::initializer_list<std::string_view> roots) {
  auto element = parse(std::move(text));
  if (!element) return element;
  if (std::ranges::find(roots, std::string_view(element->name())) != roots.end()) return element;
  return fail(Errc::protocol, fmt::format("XML: the root is <{}>, not <{}>",
                                          printable(element->name()), *roots.begin()));
}

std::optional<std::string_view> root_of_whole_document(std::string_view text) noexcept {
  skip_prolog(text);
  text = trim_end(text);
  if (!text.starts_with('<')) return std::nullopt;
  const auto name = text.substr(1, text.find_first_of(" \t\r\n/>", 1) - 1);
  if (name.empty() || name.front() == '!') return std::nullopt;
  if (text.ends_with("/>") && text.find('>') == text.size() - 1) return name;
  if (!text.ends_with('>')) return std::nullopt;
  const auto end_tag = trim_end(text.substr(0, text.size() - 1));
  if (end_tag.size() <= name.size() + 2 || !end_tag.ends_with(name)) return std::nullopt;
  return end_tag.substr(0, end_tag.size() - name.size()).ends_with("</") ? std::optional(name)
                                                                         : std::nullopt;
}

void append_xml_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace s3m::aws
