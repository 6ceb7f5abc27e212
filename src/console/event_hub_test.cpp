#include "console/event_hub.hpp"

#include <deque>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_support.hpp"

namespace s3m::console {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A page that reads all that comes, and goes after so many pieces.
class Page final : public net::ReplyBody {
 public:
  explicit Page(std::size_t patience = 1000) : patience_(patience) {}
  net::Task<bool> send(std::string text) override {
    all += text;
    co_return ++pieces_ < patience_;
  }
  std::string all;

 private:
  std::size_t patience_, pieces_ = 0;
};

class EventHubTest : public ::testing::Test {
 protected:
  // Lets everything run that can.
  void settle() {
    loop_.restart();
    loop_.poll();
  }
  void open(Page& page, std::string last_id = {}) {
    group_.spawn(hub_.stream(page, std::move(last_id), [this] { return signed_in_; }));
    settle();
  }
  void TearDown() override {
    hub_.close();
    net::testing::run_task(loop_, group_.join());
    EXPECT_EQ(hub_.streams(), 0u);
  }
  static std::string last_id(const std::string& text) {
    const auto at = text.rfind("id: ");
    return text.substr(at + 4, text.find('\n', at) - at - 4);
  }

  bool signed_in_ = true;
  net::Loop loop_{1};
  EventHub hub_{loop_, 5};
  net::TaskGroup group_{loop_};
};

TEST_F(EventHubTest, AllPagesSeeWhatIsPublished) {
  Page first, second;
  open(first);
  open(second);
  EXPECT_EQ(hub_.streams(), 2u);
  EXPECT_EQ(first.all, "event: heartbeat\ndata: {}\n\n");
  hub_.publish("job", R"({"a":1})");
  settle();
  EXPECT_THAT(first.all, HasSubstr("\nevent: job\ndata: {\"a\":1}\n\n"));
  EXPECT_EQ(first.all, second.all);
}

TEST_F(EventHubTest, APageGoesOnWhereItWas) {
  Page page, again;
  open(page);
  hub_.publish("job", "1");
  settle();
  const auto id = last_id(page.all);
  hub_.publish("job", "2");
  open(again, id);
  EXPECT_THAT(again.all, HasSubstr("data: 2\n"));
  EXPECT_THAT(again.all, Not(HasSubstr("data: 1\n")));
  EXPECT_THAT(again.all, Not(HasSubstr("reset")));
}

TEST_F(EventHubTest, WhatIsTooOldIsReset) {
  Page page, again;
  open(page);
  hub_.publish("job", "0");
  settle();
  const auto id = last_id(page.all);
  for (int i = 1; i <= 7; ++i)
    hub_.publish("job", std::to_string(i));
  open(again, id);
  EXPECT_THAT(again.all, HasSubstr("event: reset\n"));
  EXPECT_THAT(again.all, Not(HasSubstr("data: 7")));
}

TEST_F(EventHubTest, AnIdOfAnotherLifeIsReset) {
  std::deque<Page> pages;
  for (const char* const id : {"0badcafe-1", "x", "-1", "99999999999999999999"}) {
    open(pages.emplace_back(), id);
    EXPECT_THAT(pages.back().all, StartsWith("event: reset\n")) << id;
  }
}

TEST_F(EventHubTest, WhoIsSignedOutSeesNothingMore) {
  Page page;
  open(page);
  signed_in_ = false;
  hub_.publish("job", "secret");
  settle();
  EXPECT_THAT(page.all, Not(HasSubstr("secret")));
  EXPECT_EQ(hub_.streams(), 0u);
}

TEST_F(EventHubTest, APageThatIsGoneIsForgotten) {
  Page page(2);
  open(page);
  EXPECT_EQ(hub_.streams(), 1u);
  hub_.beat();
  settle();
  EXPECT_EQ(hub_.streams(), 0u);
}

TEST_F(EventHubTest, AQuietStreamBeats) {
  Page page;
  open(page);
  page.all.clear();
  hub_.beat();
  settle();
  EXPECT_EQ(page.all, "event: heartbeat\ndata: {}\n\n");
}

}  // namespace
}  // namespace s3m::console
