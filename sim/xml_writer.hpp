// xml_writer.hpp: writes the XML of answers.
//
// Layer  sim; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::sim {

inline constexpr std::string_view s3_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
inline constexpr std::string_view sts_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

// Appends `text` with markup escaped. Control characters become character references as S3 writes
// them, although XML 1.0 does not allow them: that is why clients ask for encoding-type=url.
void append_xml_text(std::string& xml, std::string_view text);

// One document. Element names must outlive the writer (they are literals).
class XmlWriter {
 public:
  explicit XmlWriter(std::string_view root, std::string_view xml_namespace = s3_namespace);

  XmlWriter& open(std::string_view name);
  XmlWriter& close();
  XmlWriter& leaf(std::string_view name, std::string_view text);
  XmlWriter& leaf(std::string_view name, std::uint64_t number);
  // `"tag"` in quotes, as ETags are.
  XmlWriter& quoted(std::string_view name, std::string_view text);

  // Makes room for so many bytes more.
  void reserve(std::size_t bytes);

  // XML that is written already.
  XmlWriter& raw(std::string_view xml);

  // Closes what is open and gives the document.
  std::string finish();

 private:
  std::string xml_;
  std::vector<std::string_view> open_;
};

}  // namespace s3m::sim
