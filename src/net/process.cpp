#include "net/process.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/command_line.hpp"
#include "net/task_group.hpp"

namespace s3m::net {

namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t most_output = 1u << 20;

std::unexpected<Error> cannot(std::string_view what, int error) {
  return fail(Errc::io,
              std::string("cannot ").append(what) + ": " + std::generic_category().message(error));
}

// A pipe: we read, the child writes.
struct Pipe {
  static Result<Pipe> open(Loop& loop) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("open a pipe", errno);
    return Pipe{Descriptor(loop, ends[0]), Descriptor(loop, ends[1])};
  }
  Descriptor ours, childs;
};

// What a child starts with: our pipes as its output, nothing as its input, no other descriptor,
// and signals as a fresh program expects them.
class SpawnSettings {
 public:
  SpawnSettings(int output, int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, piping;
    ::sigemptyset(&none);
    ::sigemptyset(&piping);
    ::sigaddset(&piping, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &piping);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  Result<pid_t> spawn(std::vector<std::string> words) const {
    std::vector<char*> arguments;
    for (std::string& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(), environ);
    if (error != 0) return cannot("start " + words[0], error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// A child that is not outlived: destroying it kills and reaps.
class Child {
 public:
  explicit Child(pid_t pid) noexcept : pid_(pid) {}
  ~Child() {
    if (pid_ == 0) return;
    kill();
    reap();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill() const noexcept { ::kill(pid_, SIGKILL); }

  // Blocks until the child is gone, so it is called when that is known. Gives the exit code as a
  // shell counts it.
  int reap() noexcept {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
};

// Everything that is going on about one child. `stop` ends all of it.
struct Run {
  Run(Loop& loop, Descriptor child_output, Descriptor child_errors, int pidfd)
      : output(std::move(child_output)),
        errors(std::move(child_errors)),
        gone(loop, pidfd),
        deadline(loop) {}

  void stop(Errc why) {
    if (!stopped) stopped = why;
    boost::system::error_code ignored;
    output.close(ignored);
    errors.close(ignored);
    gone.cancel(ignored);
  }

  Descriptor output, errors;
  Descriptor gone;  // readable once the child has ended
  Timer deadline;
  std::optional<Errc> stopped;
  ProcessOutput result;
};

Task<void> collect(Run& run, Descriptor& from, std::string& into) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto [error, bytes] =
        co_await from.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::deferred));
    if (error) co_return;
    if (into.size() + bytes > most_output) {
      run.stop(Errc::too_large);
      co_return;
    }
    into.append(buffer.data(), bytes);
  }
}

Task<void> watch_deadline(Run& run) {
  const auto [error] = co_await run.deadline.async_wait(asio::as_tuple(asio::deferred));
  if (!error) run.stop(Errc::timeout);
}

// Ends when the child has ended, or run.stop() was called.
Task<void> watch_child(Run& run) {
  co_await run.gone.async_wait(Descriptor::wait_read, asio::as_tuple(asio::deferred));
}

// Waits for the end of the child and of its output, which its own children may hold open.
Task<void> watch(Loop& loop, Run& run) {
  TaskGroup timer(loop);
  TaskGroup others(loop);
  timer.spawn(watch_deadline(run));
  others.spawn(collect(run, run.output, run.result.standard_output));
  others.spawn(collect(run, run.errors, run.result.standard_error));
  others.spawn(watch_child(run));
  co_await others.join();
  run.deadline.cancel();
  co_await timer.join();
}

}  // namespace

Task<Result<ProcessOutput>> run_process(std::string command_line, std::chrono::milliseconds limit) {
  Result<std::vector<std::string>> words = split_command_line(command_line);
  if (!words) co_return forward(words);
  const Executor executor = co_await asio::this_coro::executor;
  Loop& loop = executor.context();
  Result<Pipe> output = Pipe::open(loop);
  if (!output) co_return forward(output);
  Result<Pipe> errors = Pipe::open(loop);
  if (!errors) co_return forward(errors);

  const SpawnSettings settings(output->childs.native_handle(), errors->childs.native_handle());
  const std::string program = words->front();
  const Result<pid_t> pid = settings.spawn(std::move(*words));
  if (!pid) co_return fail(pid.error().clone());
  Child child(*pid);
  output->childs.close();
  errors->childs.close();
  // Not pidfd_open(): glibc 2.36 declares it without C linkage.
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  if (pidfd < 0) co_return cannot("watch " + program, errno);

  Run run(loop, std::move(output->ours), std::move(errors->ours), pidfd);
  run.deadline.expires_after(limit);
  co_await watch(loop, run);
  if (run.stopped) {
    child.kill();
    const bool late = *run.stopped == Errc::timeout;
    co_return fail(*run.stopped, program + (late ? " ran too long" : " printed too much"));
  }
  run.result.exit_code = child.reap();
  co_return std::move(run.result);
}

}  // namespace s3m::net
