// job_context.hpp: what a job runs in. The composition root owns all of it.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.hpp"
#include "base/event.hpp"
#include "net/signal.hpp"
#include "transfer/governor.hpp"
#include "workflow/outside_notes.hpp"
#include "workflow/policy_editor.hpp"
#include "workflow/retry_choice.hpp"
#include "workflow/stop.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::workflow {

struct JobContext {
  net::Loop& loop;
  aws::Runtime& runtime;    // its delays end when `cancel` fires
  aws::Runtime& aftermath;  // never cancelled: takes the grant away after Ctrl-C
  transfer::Governor& governor;
  net::CancelToken& cancel;
  StoreThread& store;
  EventSink& events;
  std::string job_id;
  std::string program;         // "s3migrator 0.1.0"
  std::string resume_command;  // what to run to go on after an interruption
  // What takes a grant out of the bucket of a side.
  std::string source_cleanup_command, destination_cleanup_command;
  // Why `cancel` fires, set before it does by whoever fires it for another reason than a signal.
  Stop stop = Stop::interrupted;
  std::string stop_message;    // with Stop::displaced: what happened
  std::string undo_command{};  // what takes a migration back; empty for other jobs
  // Records an intent while the job is surely this process's (JobRun::intend). Empty: nothing runs
  // the job, and nothing that cannot be undone may be done for it.
  std::function<net::Task<Result<void>>(std::string name, std::string detail)> intend{};
  // Facts that the job has as soon as it is begun or taken up (JobRun::begin).
  store::Facts begin_facts{};
  int percent = 0;                  // what earlier runs of the job told: it goes on from there
  ChosenFailures chosen{};          // of the failures of the run before
  OutsideNotes* outside = nullptr;  // null: nobody has a say in the job while it runs
};

// The same, with another sink.
JobContext with_events(const JobContext& context, EventSink& events);

// What a job that was stopped failed with: cancelled, or conflict where it was displaced.
Error stop_error(const JobContext& context);

// Pauses that end with the job, and pauses that do not.
Pause cancellable_pause(net::CancelToken& cancel);
Pause plain_pause();

}  // namespace s3m::workflow
