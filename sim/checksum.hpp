// checksum.hpp: the additional checksums of S3 objects.
//
// Layer  sim, over base's hashes; SHA-1 from OpenSSL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s3m::sim {

enum class ChecksumAlgorithm : std::uint8_t { none, crc32, crc32c, crc64nvme, sha1, sha256 };

// full_object covers the bytes; composite is the checksum of the parts' checksums, with "-N".
enum class ChecksumType : std::uint8_t { full_object, composite };

// "CRC64NVME", as XML and x-amz-checksum-algorithm have it; "" for none.
std::string_view name(ChecksumAlgorithm algorithm);
// "x-amz-checksum-crc64nvme"
std::string_view header_name(ChecksumAlgorithm algorithm);
// "ChecksumCRC64NVME"
std::string_view element_name(ChecksumAlgorithm algorithm);
std::string_view name(ChecksumType type);  // "FULL_OBJECT"

// Case-insensitive; nullopt for a name that is not known here.
std::optional<ChecksumAlgorithm> parse_checksum_algorithm(std::string_view name);

// Of an object in parts: SHA is composite alone, CRC64NVME covers the object alone.
bool can_be(ChecksumAlgorithm algorithm, ChecksumType type);

// The raw bytes of the checksum: big-endian for CRCs. Empty for none.
std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view data);
std::size_t checksum_bytes(ChecksumAlgorithm algorithm);

}  // namespace s3m::sim
