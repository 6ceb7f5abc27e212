#include "net/process.hpp"

#include <cerrno>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "net/command_line.hpp"
#include "net/test_support.hpp"

namespace s3m::net {
namespace {

using testing::run_task;
using namespace std::chrono_literals;

Result<ProcessOutput> run(std::string command_line, std::chrono::milliseconds limit = 10s) {
  Loop loop(1);
  return run_task(loop, run_process(std::move(command_line), limit));
}

// A child that has ended and was not waited for would be found here.
bool leaves_no_child() {
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

TEST(Process, GivesOutputAndExitCode) {
  const auto output = run(R"(sh -c 'echo "a  b"; echo bad >&2; exit 3')");
  ASSERT_TRUE(output) << output.error().describe();
  EXPECT_EQ(output->standard_output, "a  b\n");
  EXPECT_EQ(output->standard_error, "bad\n");
  EXPECT_EQ(output->exit_code, 3);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, HasNoInputAndNoOtherDescriptor) {
  const int open_for_all = ::dup(STDERR_FILENO);  // without close-on-exec
  const auto output = run("sh -c 'cat; ls /proc/self/fd'");
  ::close(open_for_all);
  ASSERT_TRUE(output);
  // 3 is the directory that ls reads.
  EXPECT_EQ(output->standard_output, "0\n1\n2\n3\n");
}

TEST(Process, CountsASignalAsAShellDoes) {
  const auto output = run("sh -c 'kill -TERM $$'");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->exit_code, 128 + 15);
}

TEST(Process, TheProgramThatIsNotThere) {
  const auto output = run("/no/such/program --secret");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), Errc::io);
  EXPECT_EQ(output.error().describe().find("secret"), std::string::npos);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, IsKilledWhenItRunsTooLong) {
  const auto output = run("sleep 1000", 20ms);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), Errc::timeout);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, MayPrintAMebibyteButNotMore) {
  const auto fits = run("head -c 1048576 /dev/zero");
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->standard_output.size(), 1048576u);
  const auto output = run("head -c 1048577 /dev/zero");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code(), Errc::too_large);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, AnEndlessPrinterIsKilled) {
  EXPECT_EQ(run("yes").error().code(), Errc::too_large);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, ManyAtOnce) {
  Loop loop(1);
  TaskGroup group(loop);
  int good = 0;
  auto one = [](int number, int& count) -> Task<void> {
    const auto output = co_await run_process("echo " + std::to_string(number), 10s);
    if (output && output->standard_output == std::to_string(number) + "\n") ++count;
  };
  for (int i = 0; i < 20; ++i)
    group.spawn(one(i, good));
  run_task(loop, group.join());
  EXPECT_EQ(good, 20);
  EXPECT_TRUE(leaves_no_child());
}

TEST(Process, EndsWithItsLoop) {
  auto loop = std::make_unique<Loop>(1);
  asio::co_spawn(loop->get_executor(), run_process("sleep 1000", 1h),
                 [](std::exception_ptr, Result<ProcessOutput>) {});
  loop->poll();
  loop.reset();
  EXPECT_TRUE(leaves_no_child());
}

TEST(CommandLine, SplitsAsTheAwsCliDoes) {
  using Words = std::vector<std::string>;
  const std::vector<std::pair<std::string, Words>> cases = {
      {"a b", {"a", "b"}},
      {"  a \t b\n", {"a", "b"}},
      {R"("a b" 'c d')", {"a b", "c d"}},
      {R"(a"b c"d'e f')", {"ab cde f"}},
      {R"('a"\b')", {R"(a"\b)"}},
      {R"("a\"b\\c\n$x")", {R"(a"b\c\n$x)"}},
      {R"(a\ b \\ \' \")", {"a b", "\\", "'", "\""}},
      {R"(C:\dir)", {"C:dir"}},
      {R"(a "" '' b)", {"a", "", "", "b"}},
      {"$HOME *.txt `x`", {"$HOME", "*.txt", "`x`"}},
  };
  for (const auto& [text, words] : cases) {
    const auto split = split_command_line(text);
    ASSERT_TRUE(split) << text;
    EXPECT_EQ(*split, words) << text;
  }
}

TEST(CommandLine, RefusesWhatDoesNotEnd) {
  for (const std::string_view text : {"", "  ", "'a", "\"a", "a\\", "\"a\\\""}) {
    const auto split = split_command_line(text);
    ASSERT_FALSE(split) << text;
    EXPECT_EQ(split.error().code(), Errc::config);
  }
}

}  // namespace
}  // namespace s3m::net
