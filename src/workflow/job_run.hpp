// job_run.hpp: a running job as the store and other processes see it: its claim, its record, and
// what is asked of it.
//
// Layer      workflow.
// Threading  one loop.
//
// begin() takes the claim before anything is done; while the job runs, the claim is renewed, what
// the job tells is stored, and what other processes ask of it is obeyed, every two seconds; end()
// records how it ended and gives the claim back.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/task_group.hpp"
#include "workflow/job_context.hpp"
#include "workflow/job_control.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/percent_keeper.hpp"

namespace s3m::workflow {

// The fact of a job that holds what runs it again; only who wrote it knows how to read it.
inline constexpr std::string_view command_fact = "command";
// The one that holds the step in which the last attempt stopped; empty: it had ended well.
inline const std::string resumed_from_fact = "resumed-from";

struct JobStart {
  std::string kind;     // "copy"
  std::string spec;     // JSON with "source" and "destination"; never with credentials
  std::string command;  // the value of command_fact; empty: nothing runs it again
  // Set: the job is in the store already, and is taken up.
  std::optional<Again> again;
  // What earlier attempts recorded of steps is kept: the job goes on in the step it was in.
  bool keep_steps = false;
  // Not empty: of the failures of the run before, by their numbers, these alone are tried again.
  std::vector<std::uint64_t> chosen{};
};

struct JobTiming {
  std::chrono::milliseconds tick{2000};
  std::chrono::milliseconds renewal{20'000};
  std::chrono::milliseconds lease{120'000};
  std::chrono::milliseconds margin{20'000};  // before its lease ends the job stops by itself
};

class JobRun {
 public:
  // `outer` outlives the run; its job_id is the job's.
  explicit JobRun(JobContext& outer, JobTiming timing = {});
  // Requires that what began has ended.
  ~JobRun();
  JobRun(const JobRun&) = delete;
  JobRun& operator=(const JobRun&) = delete;

  // Errors  refused    another process runs the job; it must not be run again (may_run_again); it
  //                    was begun with other locations, servers, regions or roles; or its failures
  //                    cannot be chosen so (choose_failures)
  //         not_found  there is none to be taken up
  //         else those of the store
  net::Task<Result<void>> begin(JobStart start);

  // What the job runs in, after begin(). `cancel` fires when another process asks for it, or when
  // the claim is lost: `stop` says which.
  JobContext& context() noexcept { return *context_; }
  int attempt() const noexcept { return attempt_; }

  // Before an act that cannot be undone (guards G1, G25): records the intent while the job is
  // surely this process's.
  // Errors  conflict  the job was taken over, which `cancel` tells as well; or it has another
  //                   intent of that name
  //         else those of the store. In each case the act must not take place.
  net::Task<Result<void>> intend(std::string name, std::string detail);

  // Once, after begin() succeeded. Never fails: what cannot be stored is logged.
  net::Task<void> end(const SummaryEvent& summary);

 private:
  struct Beat;

  net::Task<void> watch();
  net::Task<void> store_all();
  Beat beat(store::Store& store, const JobNews& news, bool renew) const;
  void take_note(const Beat& beat, const JobNews& news, std::chrono::milliseconds asked);
  void displaced_by(const store::JobClaim& claim);
  void obey(store::JobRequest request);
  void stop(Stop why, std::string message);

  JobContext& outer_;
  const JobTiming timing_;
  int attempt_ = 0;
  // Between the job and whoever is told: what is told is in the store before.
  std::optional<PercentKeeper> percent_;
  std::optional<JobRecorder> recorder_;
  std::optional<JobContext> context_;
  // When the claim was last asked for, by the clock that goes on while the machine sleeps.
  std::chrono::milliseconds renewed_{};
  bool told_trouble_ = false;
  net::CancelToken ended_;
  net::TaskGroup group_;
};

}  // namespace s3m::workflow
