// interrupts.hpp: Ctrl-C, and what a supervisor sends (SIGTERM, SIGHUP).
//
// Layer      app.
// Threading  one loop.
#pragma once

#include <memory>
#include <string>

#include "net/signal.hpp"

namespace s3m::app {

// What is said to the first signal and to the second, each a line.
struct InterruptWords {
  std::string stopping, aborted;
};

// The first signal cancels the token: the job stops politely and takes its grant away. The second
// ends the process at once, with exit code 130; `cleanup` then does what was left undone.
class Interrupts {
 public:
  // `cancel` outlives this.
  Interrupts(net::Loop& loop, net::CancelToken& cancel, InterruptWords words);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // No more signals are waited for: lets the loop run out.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace s3m::app
