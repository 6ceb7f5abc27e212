#include "net/http_message.hpp"

#include <utility>

#include "base/text.hpp"

namespace s3m::net {

std::string_view Headers::get(std::string_view name) const noexcept {
  for (const Field& field : fields_) {
    if (iequals(slice(field.name), name)) return slice(field.value);
  }
  return {};
}

bool Headers::has(std::string_view name) const noexcept {
  for (const Field& field : fields_) {
    if (iequals(slice(field.name), name)) return true;
  }
  return false;
}

void Headers::reset(std::string block) {
  block_ = std::move(block);
  fields_.clear();
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto place = [this](std::string_view text) {
    // An empty value may have no address within the block.
    if (text.empty()) return Slice{0, 0};
    return Slice{static_cast<std::uint32_t>(text.data() - block_.data()),
                 static_cast<std::uint32_t>(text.size())};
  };
  // Most messages of S3 have fewer fields than this.
  if (fields_.empty()) fields_.reserve(16);
  fields_.push_back({place(name), place(value)});
}

}  // namespace s3m::net
