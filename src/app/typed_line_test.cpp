#include "app/typed_line.hpp"

#include <array>
#include <functional>
#include <poll.h>
#include <pty.h>
#include <string_view>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using namespace std::chrono_literals;

class TypedLine : public testing::Test {
 protected:
  TypedLine() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~TypedLine() override {
    ::close(ends_[0]);
    hang_up();
  }

  void type(std::string_view text) {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  // Does `meanwhile` while the line is waited for.
  std::optional<std::string> read(std::function<void()> meanwhile) {
    std::optional<std::string> line;
    spawn(reading(line));
    spawn(later(std::move(meanwhile)));
    loop_.run();
    return line;
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};

 private:
  void spawn(net::Task<void> task) {
    boost::asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& bug) {
      if (bug) std::rethrow_exception(bug);
    });
  }
  net::Task<void> reading(std::optional<std::string>& line) {
    line = co_await typed_line(ends_[0], cancel_);
  }
  net::Task<void> later(std::function<void()> act) {
    co_await cancel_.sleep_for(10ms);
    act();
  }

  std::array<int, 2> ends_{-1, -1};
};

TEST_F(TypedLine, TheLoopGoesOnWhileNobodyTypes) {
  EXPECT_EQ(read([&] { type("photos\n"); }), "photos");
}

TEST_F(TypedLine, IsWholeWhenItsEndHasCome) {
  type("pho");
  EXPECT_EQ(read([&] { type("tos\nand more"); }), "photos");
}

TEST_F(TypedLine, WhoHangsUpHasTypedNothing) {
  type("photos");
  EXPECT_EQ(read([&] { hang_up(); }), std::nullopt);
}

TEST_F(TypedLine, AJobThatIsStoppedIsNotAskedAnyMore) {
  EXPECT_EQ(read([&] { cancel_.cancel(); }), std::nullopt);
}

TEST(ForgetTyped, WhatATerminalHadBeforeTheQuestionIsNoAnswer) {
  int person = -1, program = -1;
  ASSERT_EQ(::openpty(&person, &program, nullptr, nullptr, nullptr), 0);
  const std::string_view early = "photos\n", answer = "yes\n";
  ASSERT_EQ(::write(person, early.data(), early.size()), static_cast<ssize_t>(early.size()));
  pollfd ready{.fd = program, .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&ready, 1, 60'000), 1);
  forget_typed(program);
  ASSERT_EQ(::write(person, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
  std::array<char, 64> read{};
  EXPECT_EQ(::read(program, read.data(), read.size()), static_cast<ssize_t>(answer.size()));
  EXPECT_EQ(std::string_view(read.data(), answer.size()), answer);
  ::close(person);
  ::close(program);
}

}  // namespace
}  // namespace s3m::app
