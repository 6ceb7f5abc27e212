// source_layout.hpp: the part boundaries that an object was uploaded with.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "aws/s3.hpp"

namespace s3m::transfer {

// Asks for the sizes of the parts of a multipart object, so that its ETag survives a copy.
//
// `pinned` is a HEAD of the object, its `part_number` free. Costs two HEADs where all parts but
// the last are equal, else one a part. Parts are taken for equal where the first, the last but one
// and the size say so; that a copy of others has another ETag is found when the two are compared.
// Gives   nullopt where the service does not tell, or what it tells cannot be uploaded again.
// Errors  what a HEAD fails with: precondition_failed when the object changed.
net::Task<Result<std::optional<std::vector<std::uint64_t>>>> source_layout(aws::S3& reader,
                                                                           aws::HeadRequest pinned,
                                                                           std::uint64_t size,
                                                                           std::size_t parts);

}  // namespace s3m::transfer
