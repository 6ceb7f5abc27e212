// held_signals.hpp: what asks the process to end, kept until something can answer it.
//
// Layer      app.
// Threading  made, and asked, on the main thread before others are; threads begun meanwhile hold
//            the signals, too.
#pragma once

#include <chrono>
#include <csignal>

namespace s3m::app {

// SIGINT, SIGTERM and SIGHUP. The first process of a container has no default answer to them: one
// that came before Interrupts is there would be lost. Whatever has come by then is delivered once
// let_go_signals() is called.
class HeldSignals {
 public:
  HeldSignals();

  // Waits so long for one, and takes it. False: none came.
  bool come_within(std::chrono::milliseconds span) const;

 private:
  sigset_t signals_{};
};

// For the calling thread.
void let_go_signals();

}  // namespace s3m::app
