#include "workflow/job_context.hpp"

namespace s3m::workflow {
namespace {

net::Task<bool> pause(std::chrono::milliseconds time) {
  co_await net::sleep_for(time);
  co_return true;
}

}  // namespace

Pause cancellable_pause(net::CancelToken& cancel) {
  return [&cancel](std::chrono::milliseconds time) { return cancel.sleep_for(time); };
}

Pause plain_pause() {
  return pause;
}

}  // namespace s3m::workflow
