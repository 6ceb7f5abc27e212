// job_hold.hpp: a job kept from being run while something is done about it from outside.
//
// Layer      workflow.
// Threading  one loop; the store on its thread.
//
// It has the job's claim as a run has it (job_run.hpp), and leaves the job's record as it is.
#pragma once

#include <chrono>
#include <string>

#include "net/task_group.hpp"
#include "workflow/job_context.hpp"
#include "workflow/job_run.hpp"

namespace s3m::workflow {

class JobHold {
 public:
  // `context` outlives the hold; its job_id is the job's.
  explicit JobHold(JobContext& context, JobTiming timing = {});
  // Requires that what began has ended.
  ~JobHold();
  JobHold(const JobHold&) = delete;
  JobHold& operator=(const JobHold&) = delete;

  // `spec`: as JobStart's.
  //
  // Gives   the job as it stands.
  // Errors  refused    a living process runs the job, which is named; or it was begun with other
  //                    locations, servers, regions or roles
  //         not_found  the store does not know it
  //         else those of the store.
  // From then on the context's `cancel` fires when the claim is lost.
  net::Task<Result<store::JobRecord>> begin(std::string spec);

  // Once, after begin() succeeded.
  net::Task<void> end();

 private:
  net::Task<void> watch();
  void lost(std::string why);

  JobContext& context_;
  const JobTiming timing_;
  net::CancelToken ended_;
  net::TaskGroup group_;
};

}  // namespace s3m::workflow
