// copy_pass.hpp: one walk that copies, with its figures told while it runs. The same for a job that
// copies and for both hops of a migration.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>
#include <string>

#include "transfer/transfer.hpp"
#include "workflow/figures.hpp"
#include "workflow/job_context.hpp"
#include "workflow/progress.hpp"
#include "workflow/steps.hpp"

namespace s3m::workflow {

using Note = std::function<void(NoteLevel, std::string)>;

struct CopyPass {
  JobContext& context;
  Steps& steps;  // its open step is the one whose figures are told
  transfer::Context& transfer;
  const transfer::CopyOptions& options;
  SteadyTime job_start;
  PercentSpan percent = percent_of_copy;
  std::string activity{};  // as in ProgressEvent
  KnownTotal known{};
  bool count_first = false;
  Note note;
};

// Copies over the whole key space, then aborts what earlier runs left unfinished and recorded.
//
// Errors  as transfer::copy(). That uploads could not be looked for is a note.
// All references of `pass` and `counters` outlive it.
net::Task<Result<void>> run_copy_pass(CopyPass pass, transfer::Counters& counters);

// "4,981 copied (17.2 GiB), 12 the same already, 0 failed".
std::string copied_text(const transfer::Counters& counters);

}  // namespace s3m::workflow
