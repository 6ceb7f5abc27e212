#include "net/flight.hpp"

namespace s3m::net {

std::unexpected<Error> Flight::stop_error() const {
  if (stop_ == Stop::cancelled) return fail(Errc::cancelled, "the request was cancelled");
  return fail(Errc::timeout, "no answer in time", RetryClass::transient);
}

void Flight::stop(Stop why) noexcept {
  if (stopped()) return;
  stop_ = why;
  interrupt();
}

void Flight::check(SteadyTime now) noexcept {
  if (stopped()) return;
  const bool silent = stream_ != nullptr && phase_until_ == SteadyTime::max() &&
                      now - stream_->active_at() > timeouts_.response;
  if (now > total_until_ || silent) return stop(Stop::timeout);
  if (now > phase_until_ && !late_) {
    late_ = true;
    interrupt();
  }
}

void Flight::interrupt() noexcept {
  if (stream_ != nullptr) stream_->close(false);
  if (signal_ != nullptr) signal_->notify_all();
}

}  // namespace s3m::net
