// copy_access.hpp: which rights of a copy are there, found out before anything is listed.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G28.
//
// Reads are used. Who writes the copies tries it with an If-Match that cannot hold, where that is
// possible without a grant. Nothing is granted, made or deleted; a server that ignores If-Match has
// the scratch object deleted again at once.
#pragma once

#include "workflow/copy_spec.hpp"
#include "workflow/job_context.hpp"
#include "workflow/permissions.hpp"

namespace s3m::workflow {

// Gives   every right that the copy needs, with its state and how that is known. Where a bucket is
//         not there, its rights are unproven: whether that matters is for preflight() to say.
// Errors  cancelled, and what ends any job; a refusal of a request is a finding.
net::Task<Result<std::vector<Permission>>> copy_access(JobContext& context, Access source,
                                                       Access destination, CopySpec spec);

}  // namespace s3m::workflow
