#include "aws/uri.hpp"

#include <array>
#include <cstdint>

namespace s3m::aws {
namespace {

constexpr auto is_unreserved = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 'a'; c <= 'z'; ++c)
    table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c)
    table[c] = true;
  for (unsigned c = '0'; c <= '9'; ++c)
    table[c] = true;
  for (const unsigned c : {0x2du, 0x2eu, 0x5fu, 0x7eu})  // - . _ ~
    table[c] = true;
  return table;
}();

constexpr std::uint8_t no_digit = 0xff;

constexpr auto digit_value = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (unsigned i = 0; i < 10; ++i)
    table['0' + i] = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i)
    table['a' + i] = table['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}();

void append_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
  out.append(escape, sizeof escape);
}

}  // namespace

void append_uri_encoded(std::string& out, std::string_view raw, Slash slash) {
  const bool keep_slash = slash == Slash::keep;
  std::size_t begin = 0;  // of the run that needs no escape
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto byte = static_cast<unsigned char>(raw[i]);
    if (is_unreserved[byte] || (keep_slash && byte == '/')) continue;
    out.append(raw, begin, i - begin);
    append_escape(out, byte);
    begin = i + 1;
  }
  out.append(raw, begin);
}

std::string uri_encode(std::string_view raw, Slash slash) {
  std::string out;
  out.reserve(raw.size() + 16);
  append_uri_encoded(out, raw, slash);
  return out;
}

void append_copy_source(std::string& out, std::string_view bucket, std::string_view key,
                        std::string_view version) {
  append_uri_encoded(out, bucket, Slash::encode);
  out += '/';
  append_uri_encoded(out, key, Slash::keep);
  if (version.empty()) return;
  out += "?versionId=";
  out += version;
}

std::optional<std::string> decode_listed(std::string_view encoded) {
  std::string out;
  out.reserve(encoded.size());
  std::size_t begin = 0;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%' && encoded[i] != '+') continue;
    out.append(encoded, begin, i - begin);
    if (encoded[i] == '+') {
      out += ' ';
    } else {
      if (encoded.size() - i < 3) return std::nullopt;
      const auto high = digit_value[static_cast<unsigned char>(encoded[i + 1])];
      const auto low = digit_value[static_cast<unsigned char>(encoded[i + 2])];
      if (high == no_digit || low == no_digit) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
    begin = i + 1;
  }
  out.append(encoded, begin);
  return out;
}

}  // namespace s3m::aws
