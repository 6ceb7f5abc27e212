#include "base/key.hpp"

namespace s3m {

bool needs_single_delete(std::string_view key) noexcept {
  if (key.starts_with(' ') || key.ends_with(' ')) return true;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return true;
  }
  return key.find("\xEF\xBF\xBE") != std::string_view::npos ||
         key.find("\xEF\xBF\xBF") != std::string_view::npos;
}

}  // namespace s3m
