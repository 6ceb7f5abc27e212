// content.hpp: the bytes of an object, real or generated.
//
// Layer      sim.
// Threading  one thread: digests are remembered on first use.
//
// A content is a list of pieces: bytes that a client sent, or a slice of the endless stream of a
// seed. Copies share it, slices of one stream that meet become one again, so an object of 5 TiB
// costs what an empty one does, and a copy in parts equals its source.
//
// Digests are those of the bytes as long as all pieces are real or the whole is at most
// `honest_bytes`. Above, they are derived from the pieces' names (seed, offset, length): the same
// for the same bytes, but nobody would get them by reading. That is the price of 6 GiB for free.
// Small contents can be asked to be like that too: ten million of them are then made in seconds
// and cost no memory beside their own two numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "sim/checksum.hpp"

namespace s3m::sim {

enum class Digests : std::uint8_t { of_bytes, derived };

class Content {
 public:
  static constexpr std::uint64_t honest_bytes = 1u << 20;

  Content();  // zero bytes
  static Content bytes(std::string text);
  static Content generated(std::uint64_t seed, std::uint64_t size,
                           Digests digests = Digests::of_bytes);
  static Content joined(std::span<const Content> contents);

  std::uint64_t size() const noexcept;
  // Requires offset + length <= size(), here and in read().
  Content slice(std::uint64_t offset, std::uint64_t length) const;
  std::string read(std::uint64_t offset, std::uint64_t length) const;

  Md5 md5() const;
  std::string checksum(ChecksumAlgorithm algorithm) const;  // raw bytes

 private:
  struct Piece {
    std::shared_ptr<const std::string> bytes;  // null: generated
    std::uint64_t seed = 0;
    std::uint64_t offset = 0;  // into the bytes or the seed's stream
    std::uint64_t length = 0;
    Digests digests = Digests::of_bytes;
  };
  struct Node;
  explicit Content(std::vector<Piece> pieces);
  static void append(std::vector<Piece>& pieces, Piece piece);
  std::vector<Piece> pieces() const;
  std::string derived(std::string_view kind, std::size_t bytes) const;
  bool honest() const noexcept;

  // Null for the beginning of a stream with derived digests: that is the two numbers alone.
  std::shared_ptr<const Node> node_;
  std::uint64_t seed_ = 0, length_ = 0;
};

}  // namespace s3m::sim
