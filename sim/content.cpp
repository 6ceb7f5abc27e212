#include "sim/content.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace s3m::sim {
namespace {

// SplitMix64: word i of a seed's stream, without the words before it.
std::uint64_t word_of(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Bytes [offset, offset + length) of the stream; words lie in it in little-endian order.
void append_stream(std::string& text, std::uint64_t seed, std::uint64_t offset,
                   std::uint64_t length) {
  while (length > 0) {
    std::uint64_t word = word_of(seed, offset / 8);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::array<char, 8> bytes{};
    std::memcpy(bytes.data(), &word, bytes.size());
    const std::uint64_t skipped = offset % 8;
    const std::uint64_t taken = std::min<std::uint64_t>(8 - skipped, length);
    text.append(bytes.data() + skipped, taken);
    offset += taken;
    length -= taken;
  }
}

}  // namespace

struct Content::Node {
  std::vector<Piece> pieces;
  std::uint64_t size = 0;
  mutable std::optional<Md5> md5;
  mutable std::vector<std::pair<ChecksumAlgorithm, std::string>> checksums;
};

Content::Content() : Content(std::vector<Piece>{}) {}

Content::Content(std::vector<Piece> pieces) {
  if (pieces.size() == 1 && pieces[0].offset == 0 && pieces[0].digests == Digests::derived) {
    seed_ = pieces[0].seed;
    length_ = pieces[0].length;
    return;
  }
  auto node = std::make_shared<Node>();
  for (const Piece& piece : pieces)
    node->size += piece.length;
  node->pieces = std::move(pieces);
  node_ = std::move(node);
}

Content Content::bytes(std::string text) {
  std::vector<Piece> pieces;
  const std::uint64_t length = text.size();
  append(pieces, {.bytes = std::make_shared<const std::string>(std::move(text)), .length = length});
  return Content(std::move(pieces));
}

Content Content::generated(std::uint64_t seed, std::uint64_t size, Digests digests) {
  std::vector<Piece> pieces;
  append(pieces, {.bytes = {}, .seed = seed, .length = size, .digests = digests});
  return Content(std::move(pieces));
}

std::vector<Content::Piece> Content::pieces() const {
  if (node_) return node_->pieces;
  return {{.bytes = {}, .seed = seed_, .length = length_, .digests = Digests::derived}};
}

Content Content::joined(std::span<const Content> contents) {
  std::vector<Piece> pieces;
  for (const Content& content : contents) {
    for (Piece& piece : content.pieces())
      append(pieces, std::move(piece));
  }
  return Content(std::move(pieces));
}

void Content::append(std::vector<Piece>& pieces, Piece piece) {
  if (piece.length == 0) return;
  if (!pieces.empty()) {
    Piece& last = pieces.back();
    if (last.bytes == piece.bytes && last.seed == piece.seed && last.digests == piece.digests &&
        last.offset + last.length == piece.offset) {
      last.length += piece.length;
      return;
    }
  }
  pieces.push_back(std::move(piece));
}

std::uint64_t Content::size() const noexcept {
  return node_ ? node_->size : length_;
}

Content Content::slice(std::uint64_t offset, std::uint64_t length) const {
  if (offset == 0 && length == size()) return *this;
  std::vector<Piece> pieces;
  for (Piece piece : this->pieces()) {
    if (offset >= piece.length) {
      offset -= piece.length;
      continue;
    }
    piece.offset += offset;
    piece.length = std::min(piece.length - offset, length);
    offset = 0;
    length -= piece.length;
    append(pieces, std::move(piece));
    if (length == 0) break;
  }
  return Content(std::move(pieces));
}

std::string Content::read(std::uint64_t offset, std::uint64_t length) const {
  std::string text;
  text.reserve(length);
  const std::vector<Piece> wanted = slice(offset, length).pieces();
  for (const Piece& piece : wanted) {
    if (piece.bytes) {
      text.append(*piece.bytes, piece.offset, piece.length);
    } else {
      append_stream(text, piece.seed, piece.offset, piece.length);
    }
  }
  return text;
}

bool Content::honest() const noexcept {
  const bool is_small = size() <= honest_bytes;
  return node_ != nullptr &&
         std::all_of(node_->pieces.begin(), node_->pieces.end(), [&](const Piece& piece) {
           return piece.bytes != nullptr || (is_small && piece.digests == Digests::of_bytes);
         });
}

std::string Content::derived(std::string_view kind, std::size_t bytes) const {
  if (!node_) {
    std::string text;
    append_stream(text, word_of(seed_, length_) + std::hash<std::string_view>()(kind), 0, bytes);
    return text;
  }
  std::string names(kind);
  for (const Piece& piece : node_->pieces) {
    if (piece.bytes) {
      names += "|" + std::string(bytes_of(sha256(
                         std::string_view(*piece.bytes).substr(piece.offset, piece.length))));
    } else {
      names += fmt::format("|{}:{}:{}", piece.seed, piece.offset, piece.length);
    }
  }
  return std::string(bytes_of(sha256(names)).substr(0, bytes));
}

Md5 Content::md5() const {
  if (node_ && node_->md5) return *node_->md5;
  Md5 digest;
  if (honest()) {
    digest = s3m::md5(read(0, size()));
  } else {
    std::memcpy(digest.data(), derived("MD5", digest.size()).data(), digest.size());
  }
  if (node_) node_->md5 = digest;
  return digest;
}

std::string Content::checksum(ChecksumAlgorithm algorithm) const {
  if (!node_) return derived(name(algorithm), checksum_bytes(algorithm));
  for (const auto& [known, value] : node_->checksums) {
    if (known == algorithm) return value;
  }
  std::string value = honest() ? checksum_of(algorithm, read(0, size()))
                               : derived(name(algorithm), checksum_bytes(algorithm));
  node_->checksums.emplace_back(algorithm, value);
  return value;
}

}  // namespace s3m::sim
