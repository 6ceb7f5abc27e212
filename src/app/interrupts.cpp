#include "app/interrupts.hpp"

#include <csignal>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <boost/asio/signal_set.hpp>

#include "app/held_signals.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

void say(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

class Interrupts::Impl {
 public:
  Impl(net::Loop& loop, net::CancelToken& cancel, InterruptWords words)
      : signals_(loop, SIGINT, SIGTERM, SIGHUP), cancel_(cancel), words_(std::move(words)) {
    wait();
    let_go_signals();
  }

  void close() { signals_.cancel(); }

 private:
  void wait() {
    signals_.async_wait([this](const boost::system::error_code& failure, int) {
      if (failure) return;
      if (cancel_.cancelled()) {
        say("\n" + words_.aborted + "\n");
        ::_exit(workflow::exit_interrupted);
      }
      say("\n" + words_.stopping + "\n");
      cancel_.cancel();
      wait();
    });
  }

  boost::asio::signal_set signals_;
  net::CancelToken& cancel_;
  InterruptWords words_;
};

Interrupts::Interrupts(net::Loop& loop, net::CancelToken& cancel, InterruptWords words)
    : impl_(std::make_unique<Impl>(loop, cancel, std::move(words))) {}

Interrupts::~Interrupts() = default;

void Interrupts::close() {
  impl_->close();
}

}  // namespace s3m::app
