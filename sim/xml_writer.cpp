#include "sim/xml_writer.hpp"

#include <array>
#include <iterator>

#include <fmt/format.h>

namespace s3m::sim {

namespace {

constexpr auto is_plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < table.size(); ++c)
    table[c] = true;
  for (const char c : {'&', '<', '>', '"'})
    table[static_cast<unsigned char>(c)] = false;
  table['\n'] = table['\t'] = true;
  return table;
}();

void append_reference(std::string& xml, char c) {
  switch (c) {
    case '&':
      xml += "&amp;";
      break;
    case '<':
      xml += "&lt;";
      break;
    case '>':
      xml += "&gt;";
      break;
    case '"':
      xml += "&quot;";
      break;
    default:
      fmt::format_to(std::back_inserter(xml), "&#x{:x};", static_cast<unsigned>(c));
  }
}

}  // namespace

void append_xml_text(std::string& xml, std::string_view text) {
  std::size_t begin = 0;  // of the run that needs no reference
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_plain[static_cast<unsigned char>(text[i])]) continue;
    xml.append(text, begin, i - begin);
    append_reference(xml, text[i]);
    begin = i + 1;
  }
  xml.append(text, begin);
}

XmlWriter::XmlWriter(std::string_view root, std::string_view xml_namespace) {
  xml_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<";
  xml_.append(root);
  if (!xml_namespace.empty()) xml_.append(" xmlns=\"").append(xml_namespace).append("\"");
  xml_.push_back('>');
  open_.push_back(root);
}

XmlWriter& XmlWriter::open(std::string_view name) {
  xml_.append("<").append(name).append(">");
  open_.push_back(name);
  return *this;
}

XmlWriter& XmlWriter::close() {
  xml_.append("</").append(open_.back()).append(">");
  open_.pop_back();
  return *this;
}

XmlWriter& XmlWriter::leaf(std::string_view name, std::string_view text) {
  xml_.append("<").append(name).append(">");
  append_xml_text(xml_, text);
  xml_.append("</").append(name).append(">");
  return *this;
}

XmlWriter& XmlWriter::leaf(std::string_view name, std::uint64_t number) {
  return leaf(name, std::string_view(fmt::format_int(number).c_str()));
}

XmlWriter& XmlWriter::quoted(std::string_view name, std::string_view text) {
  xml_.append("<").append(name).append(">&quot;");
  append_xml_text(xml_, text);
  xml_.append("&quot;</").append(name).append(">");
  return *this;
}

void XmlWriter::reserve(std::size_t bytes) {
  xml_.reserve(xml_.size() + bytes);
}

XmlWriter& XmlWriter::raw(std::string_view xml) {
  xml_.append(xml);
  return *this;
}

std::string XmlWriter::finish() {
  while (!open_.empty())
    close();
  return std::move(xml_);
}

}  // namespace s3m::sim
