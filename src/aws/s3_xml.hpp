// s3_xml.hpp: what the XML of S3's listings has in common.
//
// Layer   aws, for its sources alone; pure.
#pragma once

#include <string>
#include <string_view>

#include "aws/s3.hpp"
#include "aws/uri.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace s3m::aws {

// How a listing writes its keys. We ask for encoding-type=url each time; a service that does not
// know it says nothing and writes them as they are.
class ListedText {
 public:
  explicit ListedText(pugi::xml_node listing)
      : encoded_(text_of(listing, "EncodingType") == "url") {}

  bool is_encoded() const noexcept { return encoded_; }
  // Errors: protocol where a key cannot be known from what is written.
  Result<std::string> decode(std::string_view text) const {
    if (!encoded_) return std::string(text);
    auto decoded = decode_listed(text);
    if (!decoded)
      return fail(Errc::protocol,
                  "a listing with a key that cannot be decoded: " + printable(text));
    return std::move(*decoded);
  }

 private:
  bool encoded_;
};

// A listing that does not say whether it goes on could lose all that follows: protocol.
inline Result<bool> truncation_of(pugi::xml_node listing) {
  const auto text = text_of(listing, "IsTruncated");
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(Errc::protocol, "a listing that does not say whether it goes on");
}

// <RestoreStatus> of an entry.
inline RestoreState parse_listed_restore(pugi::xml_node status) {
  if (text_of(status, "IsRestoreInProgress") == "true") return RestoreState::in_progress;
  return status.child("RestoreExpiryDate") ? RestoreState::ready : RestoreState::none;
}

// The checksum among the children of `element`: "ChecksumCRC32C" and its kin, named by the
// algorithm.
inline Checksum checksum_in(pugi::xml_node element) {
  constexpr std::string_view prefix = "Checksum";
  for (const auto child : element.children()) {
    const std::string_view name = child.name();
    if (name.starts_with(prefix) && name != "ChecksumType" && name != "ChecksumAlgorithm")
      return {.algorithm = std::string(name.substr(prefix.size())), .value = child.child_value()};
  }
  return {};
}

}  // namespace s3m::aws
