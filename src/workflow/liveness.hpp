// liveness.hpp: whether the job that left something behind is over.
//
// Layer      workflow.
// Threading  on the store's thread.
//
// A job's row in the store names its process. Where that cannot be judged from here (another boot,
// another container) both answers below are false.
#pragma once

#include <string>

#include "store/store.hpp"

namespace s3m::workflow {

// True only if the job has ended, or its process is surely gone.
bool is_over(store::Store& store, const std::string& job_id);

// True only if the job is running in a process that lives on this machine now.
bool runs_here(store::Store& store, const std::string& job_id);

}  // namespace s3m::workflow
