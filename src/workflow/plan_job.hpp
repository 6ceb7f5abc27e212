// plan_job.hpp: what a copy would do, and whether it may. Changes nothing.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "workflow/copy_spec.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

// Tries the rights of both sides, looks at them as a copy's preflight does, and walks them.
// Emits what may be done and what not before anything else, so that it is told also where the plan
// comes to no end because of it; figures while it lists; and the plan.
// Errors: as copy_access, preflight and transfer::plan.
net::Task<Result<PlanEvent>> run_plan(JobContext& context, Access source, Access destination,
                                      CopySpec spec);

}  // namespace s3m::workflow
