// verify_job.hpp: two locations compared again, without copying. Reads only.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "workflow/copy_spec.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

// Of `spec` it uses the filter, verify, strict and report. The summary is emitted as well.
// Never throws; a failure that ends it is in the summary.
net::Task<SummaryEvent> run_verify(JobContext& context, Access source, Access destination,
                                   CopySpec spec);

}  // namespace s3m::workflow
