#include <bit>
#include <cstring>

#include "base/hash.hpp"

namespace s3m {
namespace {

// tables[k][b] is what byte b, followed by k zero bytes, does to a reflected CRC: with eight of
// them eight bytes are taken at a time.
template <class Crc>
using Tables = std::array<std::array<Crc, 256>, 8>;

template <class Crc>
constexpr Tables<Crc> make_tables(Crc reflected_polynomial) {
  Tables<Crc> tables{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    auto crc = static_cast<Crc>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? (crc >> 1U) ^ reflected_polynomial : crc >> 1U;
    }
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const Crc before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr auto nvme_tables = make_tables<std::uint64_t>(0x9A6C9329AC4BC9B5ULL);
constexpr auto crc32_tables = make_tables<std::uint32_t>(0xEDB88320U);
constexpr auto crc32c_tables = make_tables<std::uint32_t>(0x82F63B78U);

static_assert(std::endian::native == std::endian::little, "load_eight() wants its bytes so");

std::uint64_t load_eight(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <class Crc>
Crc run(const Tables<Crc>& tables, std::string_view data, Crc crc) noexcept {
  crc = ~crc;
  for (; data.size() >= 8; data.remove_prefix(8)) {
    const std::uint64_t word = load_eight(data.data()) ^ crc;
    crc = 0;
    for (unsigned i = 0; i < 8; ++i)
      crc ^= tables[7 - i][(word >> (8 * i)) & 0xFFU];
  }
  for (const char c : data) {
    crc = (crc >> 8U) ^ tables[0][(crc ^ static_cast<unsigned char>(c)) & 0xFFU];
  }
  return ~crc;
}

}  // namespace

std::uint64_t crc64_nvme(std::string_view data, std::uint64_t crc) noexcept {
  return run(nvme_tables, data, crc);
}

std::uint32_t crc32(std::string_view data, std::uint32_t crc) noexcept {
  return run(crc32_tables, data, crc);
}

std::uint32_t crc32c(std::string_view data, std::uint32_t crc) noexcept {
  return run(crc32c_tables, data, crc);
}

}  // namespace s3m
