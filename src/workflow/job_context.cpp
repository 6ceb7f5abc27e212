#include "workflow/job_context.hpp"

namespace s3m::workflow {
namespace {

net::Task<bool> pause(std::chrono::milliseconds time) {
  co_await net::sleep_for(time);
  co_return true;
}

}  // namespace

JobContext with_events(const JobContext& context, EventSink& events) {
  return {.loop = context.loop,
          .runtime = context.runtime,
          .aftermath = context.aftermath,
          .governor = context.governor,
          .cancel = context.cancel,
          .store = context.store,
          .events = events,
          .job_id = context.job_id,
          .program = context.program,
          .resume_command = context.resume_command,
          .source_cleanup_command = context.source_cleanup_command,
          .destination_cleanup_command = context.destination_cleanup_command,
          .stop = context.stop,
          .stop_message = context.stop_message,
          .undo_command = context.undo_command,
          .intend = context.intend,
          .begin_facts = context.begin_facts,
          .percent = context.percent,
          .outside = context.outside};
}

Error stop_error(const JobContext& context) {
  if (context.stop == Stop::displaced) return Error(Errc::conflict, context.stop_message);
  return Error(Errc::cancelled, "interrupted");
}

Pause cancellable_pause(net::CancelToken& cancel) {
  return [&cancel](std::chrono::milliseconds time) { return cancel.sleep_for(time); };
}

Pause plain_pause() {
  return pause;
}

}  // namespace s3m::workflow
