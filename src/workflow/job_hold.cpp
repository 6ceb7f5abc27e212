#include "workflow/job_hold.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/liveness.hpp"

namespace s3m::workflow {
namespace {

Result<store::JobRecord> take(store::Store& store, const std::string& id, const std::string& spec,
                              std::chrono::milliseconds lease) {
  auto view = view_job(store, id);
  if (!view) return forward(view);
  if (auto same = same_sides(id, view->job.spec, spec); !same) return forward(same);
  if (auto claimed = take_claim(store, id, lease); !claimed) return forward(claimed);
  // As it is now that nobody else changes it.
  view = view_job(store, id);
  if (view) return std::move(view->job);
  static_cast<void>(store.release_job(id, store::this_process()));
  return forward(view);
}

}  // namespace

JobHold::JobHold(JobContext& context, JobTiming timing)
    : context_(context), timing_(timing), ended_(context.loop), group_(context.loop) {}

JobHold::~JobHold() = default;

net::Task<Result<store::JobRecord>> JobHold::begin(std::string spec) {
  auto taken = co_await context_.store.run(context_.loop, [&](store::Store& store) {
    return take(store, context_.job_id, spec, timing_.lease);
  });
  if (taken) group_.spawn(watch());
  co_return taken;
}

net::Task<void> JobHold::watch() {
  auto renewed = boot_time();
  for (;;) {
    co_await ended_.sleep_for(timing_.renewal);
    if (ended_.cancelled()) co_return;
    const auto asked = boot_time();
    const auto claim = co_await context_.store.run(context_.loop, [this](store::Store& store) {
      return store.claim_job(context_.job_id, store::this_process(), timing_.lease);
    });
    if (claim && !claim->ours) {
      co_return lost(fmt::format("job {} was taken over by {}", printable(context_.job_id),
                                 store::process_words(claim->process)));
    }
    if (claim) renewed = asked;
    if (boot_time() - renewed > timing_.lease - timing_.margin) {
      co_return lost(
          fmt::format("the store could not be written for so long that another process "
                      "may take job {} up",
                      printable(context_.job_id)));
    }
  }
}

void JobHold::lost(std::string why) {
  context_.stop = Stop::displaced;
  context_.stop_message = std::move(why);
  context_.cancel.cancel();
}

net::Task<void> JobHold::end() {
  ended_.cancel();
  co_await group_.join();
  auto released = co_await context_.store.run(context_.loop, [this](store::Store& store) {
    return store.release_job(context_.job_id, store::this_process());
  });
  if (!released) {
    log::warning("job {} is not given back: {}", context_.job_id, released.error().describe());
  }
}

}  // namespace s3m::workflow
