#include "store/process_identity.hpp"

#include <algorithm>
#include <signal.h>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "store/store_test_support.hpp"

namespace s3m::store {
namespace {

// `process` with its word number `at` replaced.
std::string with_word(std::string process, std::size_t at, std::string_view word) {
  std::size_t begin = 0;
  for (; at > 0; --at)
    begin = process.find(' ', begin) + 1;
  return process.replace(begin, process.find(' ', begin) - begin, word);
}

TEST(ProcessIdentity, has_four_words_and_stays) {
  EXPECT_EQ(std::ranges::count(this_process(), ' '), 3);
  EXPECT_EQ(this_process(), this_process());
}

TEST(ProcessIdentity, stays_where_no_descriptor_is_left) {
  const auto before = this_process();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto then = this_process();
  const auto words = process_words(before);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(then, before);
  EXPECT_EQ(words, "process " + std::to_string(::getpid()) + " on this machine");
}

TEST(ProcessIdentity, this_process_lives) {
  EXPECT_FALSE(surely_gone(this_process()));
  EXPECT_TRUE(surely_lives(this_process()));
}

TEST(ProcessIdentity, a_child_is_another_that_ends) {
  int names[2];
  ASSERT_EQ(::pipe(names), 0);
  const auto child = start_child([&] {
    const auto name = this_process();
    if (::write(names[1], name.data(), name.size()) < 0) return 1;
    ::close(names[1]);
    return ::pause();
  });
  ::close(names[1]);
  std::string name(200, '\0');
  name.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(names[0], name.data(), 200), 0)));
  ::close(names[0]);

  EXPECT_NE(name, this_process());
  EXPECT_FALSE(surely_gone(name));
  EXPECT_TRUE(surely_lives(name));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  siginfo_t ended;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(surely_gone(name)) << "a zombie";
  EXPECT_FALSE(surely_lives(name)) << "a zombie";
  EXPECT_EQ(wait_for(child), 128 + SIGKILL);
  EXPECT_TRUE(surely_gone(name));
}

TEST(ProcessIdentity, a_number_given_to_a_later_process_is_not_the_former) {
  EXPECT_TRUE(surely_gone(with_word(this_process(), 1, "1")));
}

TEST(ProcessIdentity, what_is_elsewhere_is_not_surely_gone) {
  const auto gone = with_word(this_process(), 1, "1");
  EXPECT_FALSE(surely_gone(with_word(gone, 2, "pid:[1]")));
  EXPECT_FALSE(surely_gone(with_word(gone, 3, "00000000-0000-0000-0000-000000000000")));
}

TEST(ProcessIdentity, of_what_is_elsewhere_neither_is_sure) {
  EXPECT_FALSE(surely_lives(with_word(this_process(), 2, "pid:[1]")));
  EXPECT_FALSE(surely_lives(with_word(this_process(), 1, "?")));
  EXPECT_FALSE(surely_lives("1"));
}

TEST(ProcessIdentity, is_told_in_words) {
  const auto pid = std::to_string(::getpid());
  EXPECT_EQ(process_words(this_process()), "process " + pid + " on this machine");
  EXPECT_EQ(process_words(with_word(this_process(), 2, "pid:[1]")),
            "process " + pid + " of another machine or container");
  EXPECT_EQ(process_words("x"), "an unknown process");
}

TEST(ProcessIdentity, what_cannot_be_read_is_not_surely_gone) {
  for (const auto* const text : {"", " ", "   ", "1", "a b c d", "-1 1"}) {
    EXPECT_FALSE(surely_gone(text)) << text;
  }
  for (const auto* const pid : {"0", "-1", "x", "", "99999999999"}) {
    EXPECT_FALSE(surely_gone(with_word(this_process(), 0, pid))) << pid;
  }
  EXPECT_FALSE(surely_gone(with_word(this_process(), 1, "?")));
}

}  // namespace
}  // namespace s3m::store
