#include "app/typed_line.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace s3m::app {
namespace {

using namespace std::chrono_literals;

// Looked for, not waited for: a descriptor that the loop watches would have to be made
// non-blocking, for whoever shares the terminal, too.
constexpr auto look_again = 100ms;

bool readable(int terminal) {
  pollfd ready{.fd = terminal, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 0) > 0;
}

}  // namespace

void forget_typed(int terminal) {
  ::tcflush(terminal, TCIFLUSH);
}

net::Task<std::optional<std::string>> typed_line(int terminal, net::CancelToken& cancel) {
  std::string line;
  std::array<char, 256> some{};
  while (!cancel.cancelled()) {
    if (!readable(terminal)) {
      const bool slept = co_await cancel.sleep_for(look_again);
      if (!slept) break;
      continue;
    }
    const auto count = ::read(terminal, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    line.append(some.data(), static_cast<std::size_t>(count));
    const auto end = line.find('\n');
    if (end != std::string::npos) co_return line.substr(0, end);
  }
  co_return std::nullopt;
}

}  // namespace s3m::app
