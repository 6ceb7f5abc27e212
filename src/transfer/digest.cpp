#include "transfer/digest.hpp"

#include <bit>
#include <cstring>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::transfer {
namespace {

std::uint64_t big_endian(std::uint64_t value) noexcept {
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

void append_number(std::string& text, std::uint64_t value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof value>>(big_endian(value));
  text.append(bytes.data(), bytes.size());
}

}  // namespace

void append_field(std::string& text, std::string_view field) {
  append_number(text, field.size());
  text += field;
}

void Digest::add(const ProvenPair& pair) {
  text_.clear();
  append_field(text_, pair.key);
  append_number(text_, pair.size);
  append_number(text_, pair.ordinal);
  append_number(text_, pair.delete_marker ? 1 : 0);
  append_field(text_, pair.proof_kind);
  append_field(text_, pair.proof_value);
  if (!pair.attributes.empty()) append_field(text_, pair.attributes);
  const Sha256 hash = sha256(text_);
  Sum value;
  std::memcpy(value.data(), hash.data(), hash.size());
  for (auto& word : value)
    word = big_endian(word);
  std::swap(value[0], value[3]);
  std::swap(value[1], value[2]);
  accumulate(value);
  ++count_;
}

void Digest::merge(const Digest& other) noexcept {
  accumulate(other.sum_);
  count_ += other.count_;
}

void Digest::accumulate(const Sum& value) noexcept {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    const std::uint64_t partial = sum_[i] + carry;
    const std::uint64_t total = partial + value[i];
    carry = (partial < carry ? 1U : 0U) + (total < value[i] ? 1U : 0U);
    sum_[i] = total;
  }
}

std::string Digest::hex() const {
  std::string bytes;
  for (std::size_t i = sum_.size(); i-- > 0;)
    append_number(bytes, sum_[i]);
  return s3m::hex(bytes);
}

}  // namespace s3m::transfer
