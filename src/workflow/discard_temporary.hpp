// discard_temporary.hpp: the temporary bucket of a migration deleted, each object of it first seen
// in a bucket that lives.
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G5 and G22. Whoever calls this has looked at the living bucket and its owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "workflow/migration.hpp"

namespace s3m::workflow {

enum class Doubt : std::uint8_t {
  as_asked,  // --accept-weak-proof and --accept-unpinned-delete decide
  accepted,  // the living bucket is the original: what lies in the temporary one is but its copy
};

struct Discarded {
  bool there = false;         // a bucket of this job was there, and is gone now
  std::uint64_t objects = 0;  // seen elsewhere and deleted, delete markers included
  std::string left_alone;     // of a bucket of that name that another has, or that nobody may see
};

// Aborts the uploads that this job has left in the bucket, empties it by a walk over `living`,
// which leads from it to the living bucket, deletes what the program keeps there, and then the
// bucket; forgets what is recorded of its policy. Done again it goes on. A bucket of that name that
// is not the job's own is not touched. What was written before `proven_before` is not looked for in
// the living bucket any more: it was proven to be there, and others have used that bucket since.
//
// Errors  refused for a bucket that has lost the job's mark; mismatch for the first object that is
// not proven to be in the living bucket: it and all
//         that follow stay, and so does the bucket; otherwise as transfer::empty_source() and
//         remove_temporary().
net::Task<Result<Discarded>> discard_temporary(Migration& migration, Hop& living, Doubt doubt,
                                               std::optional<WallTime> proven_before = {});

// The sentence about it.
std::string discarded_text(const Migration& migration, const Hop& living,
                           const Discarded& discarded);

}  // namespace s3m::workflow
