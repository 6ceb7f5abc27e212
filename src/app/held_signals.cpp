#include "app/held_signals.hpp"

namespace s3m::app {
namespace {

sigset_t ending_signals() {
  sigset_t signals{};
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::sigaddset(&signals, signal);
  return signals;
}

}  // namespace

HeldSignals::HeldSignals() : signals_(ending_signals()) {
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool HeldSignals::come_within(std::chrono::milliseconds span) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
  const timespec patience{.tv_sec = seconds.count(),
                          .tv_nsec = std::chrono::nanoseconds(span - seconds).count()};
  return ::sigtimedwait(&signals_, nullptr, &patience) > 0;
}

void let_go_signals() {
  const auto signals = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace s3m::app
