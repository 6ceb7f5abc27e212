// upload_plan.hpp: into which parts a large object is cut.
//
// Layer   transfer; pure.
// Source  Amazon S3 user guide, multipart upload limits: 10,000 parts of 5 MiB to 5 GiB, the last
//         of any size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace s3m::transfer {

// What a copy in parts sends beside its parts: two HEADs of the source, Create and Complete, and
// whether there are tags and annotations.
inline constexpr std::uint64_t requests_of_parts = 6;

inline constexpr std::uint64_t mebibyte = 1ull << 20;
inline constexpr std::uint64_t smallest_part = 5 * mebibyte;
inline constexpr std::uint64_t largest_part = 5ull << 30;
inline constexpr std::uint64_t largest_copy = largest_part;  // of one CopyObject
inline constexpr std::size_t most_parts = 10'000;

// The sizes of the parts, in order; their sum is `size`.
//
// `part_size` 0 chooses: at least 64 MiB, and larger for larger objects, so that an object is some
// hundreds of parts. A given size grows where the object would need more than 10,000 parts.
// Requires size > 0. Errors: too_large when no layout fits (above 48.8 TiB).
Result<std::vector<std::uint64_t>> plan_parts(std::uint64_t size, std::uint64_t part_size);

// True if a service accepts an upload of these parts for an object of `size`.
bool acceptable_layout(std::span<const std::uint64_t> parts, std::uint64_t size) noexcept;

// The layout of an object of `parts` equal parts but the last, given the size of the first; nullopt
// if these figures cannot belong to one such object.
std::optional<std::vector<std::uint64_t>> even_layout(std::uint64_t size, std::uint64_t first_part,
                                                      std::size_t parts);

// The ETag that S3 derives for an upload of parts with these ETags: the MD5 over the parts' MD5s, a
// dash and their number; nullopt where a part's ETag is no MD5. Only a hint where the object is
// encrypted with KMS or SSE-C.
std::optional<std::string> multipart_etag(std::span<const std::string> part_etags);

// The number of parts an ETag of the form "md5-N" tells; nullopt for another form.
std::optional<std::size_t> parts_of_etag(std::string_view etag);

}  // namespace s3m::transfer
