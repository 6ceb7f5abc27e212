#include "workflow/ticker.hpp"

namespace s3m::workflow {
namespace {

constexpr std::chrono::milliseconds gap{200};

}  // namespace

Ticker::Ticker(net::Loop& loop, EventSink& events, Figures figures)
    : events_(events), figures_(std::move(figures)), stopped_(loop), group_(loop) {
  group_.spawn(run());
}

net::Task<void> Ticker::run() {
  while (!stopped_.cancelled()) {
    events_.emit(figures_());
    co_await stopped_.sleep_for(gap);
  }
  events_.emit(figures_());
}

net::Task<void> Ticker::stop() {
  stopped_.cancel();
  co_await group_.join();
}

}  // namespace s3m::workflow
