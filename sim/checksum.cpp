#include "sim/checksum.hpp"

#include <array>

#include <openssl/evp.h>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::sim {
namespace {

struct Description {
  std::string_view name, header, element;
  std::size_t bytes;
};

constexpr std::array<Description, 6> descriptions{{
    {"", "", "", 0},
    {"CRC32", "x-amz-checksum-crc32", "ChecksumCRC32", 4},
    {"CRC32C", "x-amz-checksum-crc32c", "ChecksumCRC32C", 4},
    {"CRC64NVME", "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", 8},
    {"SHA1", "x-amz-checksum-sha1", "ChecksumSHA1", 20},
    {"SHA256", "x-amz-checksum-sha256", "ChecksumSHA256", 32},
}};

const Description& describe(ChecksumAlgorithm algorithm) {
  return descriptions[static_cast<std::size_t>(algorithm)];
}

template <class Number>
std::string big_endian(Number number) {
  std::string bytes(sizeof number, '\0');
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8) {
    bytes[i] = static_cast<char>(number & 0xFF);
  }
  return bytes;
}

std::string sha1(std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return {digest.begin(), digest.begin() + size};
}

}  // namespace

std::string_view name(ChecksumAlgorithm algorithm) {
  return describe(algorithm).name;
}
std::string_view header_name(ChecksumAlgorithm algorithm) {
  return describe(algorithm).header;
}
std::string_view element_name(ChecksumAlgorithm algorithm) {
  return describe(algorithm).element;
}
std::size_t checksum_bytes(ChecksumAlgorithm algorithm) {
  return describe(algorithm).bytes;
}

std::string_view name(ChecksumType type) {
  return type == ChecksumType::full_object ? "FULL_OBJECT" : "COMPOSITE";
}

std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view text) {
  for (std::size_t i = 1; i < descriptions.size(); ++i) {
    if (iequals(text, descriptions[i].name)) return static_cast<ChecksumAlgorithm>(i);
  }
  return std::nullopt;
}

bool can_be(ChecksumAlgorithm algorithm, ChecksumType type) {
  switch (algorithm) {
    case ChecksumAlgorithm::crc64nvme:
      return type == ChecksumType::full_object;
    case ChecksumAlgorithm::sha1:
    case ChecksumAlgorithm::sha256:
      return type == ChecksumType::composite;
    case ChecksumAlgorithm::crc32:
    case ChecksumAlgorithm::crc32c:
    case ChecksumAlgorithm::none:
      return true;
  }
  return false;
}

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view data) {
  switch (algorithm) {
    case ChecksumAlgorithm::crc32:
      return big_endian(crc32(data));
    case ChecksumAlgorithm::crc32c:
      return big_endian(crc32c(data));
    case ChecksumAlgorithm::crc64nvme:
      return big_endian(crc64_nvme(data));
    case ChecksumAlgorithm::sha1:
      return sha1(data);
    case ChecksumAlgorithm::sha256:
      return std::string(bytes_of(sha256(data)));
    case ChecksumAlgorithm::none:
      break;
  }
  return {};
}

}  // namespace s3m::sim
