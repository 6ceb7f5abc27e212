// existing_access.hpp: who may copy without a grant, and what the copies must carry.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <string>

#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"

namespace s3m::workflow {

// The identity that already has both rights: the source's if it may write into the destination,
// else the destination's if it may read the source. Proven by use, as a grant is.
//
// Errors  access_denied: neither may; it says what is missing. What the service says otherwise.
net::Task<Result<Writer>> find_writer(JobContext& context, const Access& source,
                                      const Access& destination, const Ground& ground);

// The canned ACL that copies by `writer` must carry so that they belong to the destination's
// account; empty where they do anyway. Reads the bucket's ownership controls.
net::Task<Result<std::string>> needed_acl(JobContext& context, const Access& destination,
                                          const Ground& ground, Writer writer);

}  // namespace s3m::workflow
