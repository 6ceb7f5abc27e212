// flight.hpp: one request on its way, as the sweep and cancel_all() see it.
//
// Layer      net.
// Threading  one loop.
#pragma once

#include <cstdint>

#include <boost/intrusive/list.hpp>

#include "net/http_client.hpp"
#include "net/signal.hpp"
#include "net/stream.hpp"

namespace s3m::net {

// A deadline is a field here and one sweep over all flights; a timer a request would cost more
// than the rest of its bookkeeping.
class Flight : public boost::intrusive::list_base_hook<
                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  enum class Stop : std::uint8_t { none, cancelled, timeout };

  explicit Flight(const HttpTimeouts& timeouts)
      : timeouts_(timeouts), total_until_(coarse_now() + timeouts.total) {}

  const HttpTimeouts& timeouts() const noexcept { return timeouts_; }
  bool stopped() const noexcept { return stop_ != Stop::none; }
  bool late() const noexcept { return late_; }
  // What stopped() means, as an Error.
  std::unexpected<Error> stop_error() const;

  // The request suspends on `stream`, which bytes must keep busy.
  void talks_on(Stream& stream) noexcept { enter(&stream, nullptr, SteadyTime::max()); }
  // The request waits for `signal`. Other waiters are woken as well when this one is stopped.
  void waits_for(Signal& signal, SteadyTime until) noexcept { enter(nullptr, &signal, until); }
  // The request opens `stream` and has timeouts().connect for it; then late() says so.
  void opens(Stream& stream) noexcept { enter(&stream, nullptr, coarse_now() + timeouts_.connect); }
  void rests() noexcept { enter(nullptr, nullptr, SteadyTime::max()); }

  void stop(Stop why) noexcept;
  void check(SteadyTime now) noexcept;  // the sweep

 private:
  void enter(Stream* stream, Signal* signal, SteadyTime until) noexcept {
    stream_ = stream;
    signal_ = signal;
    phase_until_ = until;
    late_ = false;
  }
  void interrupt() noexcept;

  const HttpTimeouts& timeouts_;
  SteadyTime total_until_;
  SteadyTime phase_until_ = SteadyTime::max();
  Stream* stream_ = nullptr;
  Signal* signal_ = nullptr;
  Stop stop_ = Stop::none;
  bool late_ = false;
};

}  // namespace s3m::net
