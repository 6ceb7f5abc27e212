#include "transfer/lanes.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

class LanesTest : public testing::Test, protected Lanes<int>::Handler {
 protected:
  net::Task<void> handle(int& work) override {
    peak_ = std::max(peak_, ++busy_);
    if (hold_) co_await released_.wait();
    --busy_;
    done_.push_back(work);
    if (work == stop_at_) lanes_.stop();
  }

  // Runs all that can run without waiting for anything from outside.
  void settle() {
    loop_.restart();
    loop_.poll();
  }

  void release_all() {
    hold_ = false;
    released_.notify_all();
    settle();
  }

  net::Task<void> end() {
    co_await lanes_.finish();
    ended_ = true;
  }

  void finish() {
    ends_.spawn(end());
    settle();
  }

  net::Task<void> produce(int count) {
    for (int i = 0; i < count; ++i) {
      if (lanes_.full()) co_await lanes_.room();
      lanes_.push(i);
      most_queued_ = std::max(most_queued_, i - static_cast<int>(done_.size()));
    }
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};
  Governor governor_{loop_, {.initial = 8, .adaptive = false}, cancel_};
  net::TaskGroup ends_{loop_};
  net::Signal released_{loop_};
  bool hold_ = false, ended_ = false;
  int busy_ = 0, peak_ = 0, stop_at_ = -1, most_queued_ = 0;
  std::vector<int> done_;
  Lanes<int> lanes_{loop_, governor_, *this};
};

TEST_F(LanesTest, DoAllWorkAndEnd) {
  ends_.spawn(produce(10'000));
  settle();
  finish();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(done_.size(), 10'000U);
  std::ranges::sort(done_);
  EXPECT_EQ(std::ranges::unique(done_).begin(), done_.end());
}

TEST_F(LanesTest, AreBegunOnlyAsWorkNeedsThem) {
  hold_ = true;
  for (int i = 0; i < 3; ++i)
    lanes_.push(i);
  settle();
  EXPECT_EQ(busy_, 3);
  release_all();
  hold_ = true;
  lanes_.push(3);
  settle();
  EXPECT_EQ(busy_, 1);
  release_all();
  finish();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(peak_, 3);
}

TEST_F(LanesTest, AreNeverMoreThanTheBudget) {
  hold_ = true;
  for (int i = 0; i < 100; ++i)
    lanes_.push(i);
  settle();
  EXPECT_EQ(busy_, 8);
  release_all();
  finish();
  EXPECT_EQ(done_.size(), 100U);
}

TEST_F(LanesTest, HoldBackAProducerThatIsFaster) {
  hold_ = true;
  ends_.spawn(produce(10'000));
  settle();
  EXPECT_GE(most_queued_, 1000);
  EXPECT_LE(most_queued_, 2100);
  release_all();
  finish();
  EXPECT_EQ(done_.size(), 10'000U);
}

TEST_F(LanesTest, StoppingDropsWhatIsQueuedAndFreesTheProducer) {
  stop_at_ = 0;
  hold_ = true;
  ends_.spawn(produce(10'000));
  settle();
  release_all();
  finish();
  EXPECT_TRUE(ended_);
  EXPECT_LE(done_.size(), 8U);
}

}  // namespace
}  // namespace s3m::transfer
