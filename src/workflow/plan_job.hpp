// plan_job.hpp: what a copy would do. Reads only.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "workflow/copy_spec.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

// Looks at both sides as a copy's preflight does, and walks them without touching anything.
// Emits the plan as an event. Errors: as preflight and transfer::plan.
net::Task<Result<PlanEvent>> run_plan(JobContext& context, Access source, Access destination,
                                      CopySpec spec);

}  // namespace s3m::workflow
