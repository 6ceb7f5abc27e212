// multipart.hpp: uploads in parts.
//
// Layer  sim.
// Source Amazon S3 user guide, "Amazon S3 multipart upload limits"; the ETag of an object in
//        parts is the MD5 of its parts' MD5s, "-", their number.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

Outcome create_multipart_upload(World& world, Call& call);
Outcome upload_part(World& world, Call& call);
Outcome upload_part_copy(World& world, Call& call);
Outcome complete_multipart_upload(World& world, Call& call);
Outcome abort_multipart_upload(World& world, Call& call);

}  // namespace s3m::sim
