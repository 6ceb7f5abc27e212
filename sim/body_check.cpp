#include "sim/body_check.hpp"

#include <array>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::sim {
namespace {

constexpr std::array all_algorithms{ChecksumAlgorithm::crc32, ChecksumAlgorithm::crc32c,
                                    ChecksumAlgorithm::crc64nvme, ChecksumAlgorithm::sha1,
                                    ChecksumAlgorithm::sha256};

Permit check_md5(const Call& call) {
  const std::string_view header = call.header("content-md5");
  if (header.empty()) return {};
  const auto sent = unbase64(header);
  if (!sent || sent->size() != 16) return refuse("InvalidDigest");
  if (*sent != bytes_of(md5(call.body))) return refuse("BadDigest");
  return {};
}

}  // namespace

std::string_view sent_checksum(const Call& call, ChecksumAlgorithm algorithm) {
  const std::string_view wanted = header_name(algorithm);
  if (const std::string_view value = call.header(wanted); !value.empty()) return value;
  for (const auto& [name, value] : call.trailer) {
    if (iequals(name, wanted)) return value;
  }
  return {};
}

std::expected<ChecksumAlgorithm, ApiError> requested_checksum(const Call& call) {
  std::optional<ChecksumAlgorithm> algorithm;
  for (const ChecksumAlgorithm candidate : all_algorithms) {
    if (sent_checksum(call, candidate).empty()) continue;
    if (algorithm) {
      return refuse("InvalidRequest",
                    "Expecting a single x-amz-checksum- header. Multiple "
                    "checksum Types are not allowed.");
    }
    algorithm = candidate;
  }
  for (const std::string_view header :
       {"x-amz-sdk-checksum-algorithm", "x-amz-checksum-algorithm"}) {
    const std::string_view named = call.header(header);
    if (named.empty() || algorithm) continue;
    algorithm = parse_checksum_algorithm(named);
    if (!algorithm) {
      return refuse("InvalidRequest",
                    "Checksum algorithm provided is unsupported. Please try "
                    "again with any of the valid types: [CRC32, CRC32C, "
                    "CRC64NVME, SHA1, SHA256]");
    }
  }
  return algorithm.value_or(ChecksumAlgorithm::crc64nvme);
}

std::expected<ChecksumAlgorithm, ApiError> check_body(const World& world, const Call& call) {
  if (const auto digest = check_md5(call); !digest) return refuse(digest.error());
  if (world.switches.ignore_checksums) return ChecksumAlgorithm::none;
  const auto algorithm = requested_checksum(call);
  if (!algorithm) return algorithm;
  const std::string_view sent = sent_checksum(call, *algorithm);
  if (sent.empty()) return algorithm;
  const auto value = unbase64(sent);
  if (!value || value->size() != checksum_bytes(*algorithm)) {
    return refuse("InvalidRequest",
                  "Value for " + std::string(header_name(*algorithm)) + " header is invalid.");
  }
  if (*value != checksum_of(*algorithm, call.body)) {
    return refuse("BadDigest", "The " + std::string(name(*algorithm)) +
                                   " you specified did not match the calculated checksum.");
  }
  return algorithm;
}

Permit require_checked_body(const World& world, const Call& call) {
  bool any = !call.header("content-md5").empty();
  for (const ChecksumAlgorithm algorithm : all_algorithms) {
    any |= !sent_checksum(call, algorithm).empty();
  }
  if (!any) {
    return refuse("InvalidRequest",
                  "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const auto checked = check_body(world, call);
  if (!checked) return refuse(checked.error());
  return {};
}

}  // namespace s3m::sim
