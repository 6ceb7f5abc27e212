#include "transfer/lanes.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

class LanesTest : public testing::Test, protected Lanes<int>::Handler {
 protected:
  net::Task<void> handle(int& work) override {
    peak_ = std::max(peak_, ++busy_);
    begun_.push_back(work);
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

  net::Task<void> produce(int count, FlowPtr flow = nullptr, int first = 0) {
    for (int i = 0; i < count; ++i) {
      if (lanes_.full(flow)) co_await lanes_.room(flow);
      lanes_.push(first + i, flow);
      ++pushed_;
      most_queued_ = std::max(most_queued_, pushed_ - static_cast<int>(begun_.size()));
    }
  }

  FlowPtr flow() { return std::make_shared<Flow>(governor_); }

  void throttle(Flow& flow) {
    ASSERT_TRUE(flow.try_admit(aws::RequestKind::copy));
    flow.done(aws::RequestKind::copy, std::chrono::milliseconds(5), aws::AttemptResult::throttled);
  }

  // Enough that have answers, so that the trouble of another is its own.
  std::vector<FlowPtr> well_flows() {
    std::vector<FlowPtr> flows;
    for (int i = 0; i < 8; ++i) {
      flows.push_back(flow());
      EXPECT_TRUE(flows.back()->try_admit(aws::RequestKind::copy));
      flows.back()->done(aws::RequestKind::copy, std::chrono::milliseconds(5),
                         aws::AttemptResult::ok);
    }
    return flows;
  }

  void run_until(const std::function<bool()>& there) {
    while (!there()) {
      loop_.restart();
      if (loop_.run_one() == 0) break;
    }
    ASSERT_TRUE(there());
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};
  Governor governor_{loop_, {.initial = 8, .adaptive = false}, cancel_};
  net::TaskGroup ends_{loop_};
  net::Signal released_{loop_};
  bool hold_ = false, ended_ = false;
  int busy_ = 0, peak_ = 0, stop_at_ = -1, pushed_ = 0, most_queued_ = 0;
  std::vector<int> begun_, done_;
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

TEST_F(LanesTest, ThoseWhoseRequestIsParkedMakeRoomForOthersUpToAsManyAgain) {
  hold_ = true;
  for (int i = 0; i < 100; ++i)
    lanes_.push(i);
  settle();
  EXPECT_EQ(busy_, 8);
  for (int i = 0; i < 3; ++i)
    governor_.backs_off(aws::RequestKind::copy);
  settle();
  EXPECT_EQ(busy_, 11);
  for (int i = 0; i < 30; ++i)
    governor_.backs_off(aws::RequestKind::copy);
  settle();
  EXPECT_EQ(busy_, 16);
  release_all();
  finish();
  EXPECT_EQ(done_.size(), 100U);
}

TEST_F(LanesTest, ServeFlowsInTurn) {
  const auto one = flow(), other = flow();
  hold_ = true;
  for (int i = 0; i < 50; ++i)
    lanes_.push(i, one);
  for (int i = 0; i < 50; ++i)
    lanes_.push(100 + i, other);
  settle();
  EXPECT_EQ(begun_, (std::vector{0, 100, 1, 101, 2, 102, 3, 103}));
  release_all();
  finish();
  EXPECT_EQ(done_.size(), 100U);
}

TEST_F(LanesTest, AHotFlowHoldsBackOnlyItsOwnProducer) {
  const auto hot = flow();
  const auto others = well_flows();
  throttle(*hot);
  ends_.spawn(produce(5000, hot, 1'000'000));
  for (int i = 0; i < 8; ++i)
    ends_.spawn(produce(1000, others[static_cast<std::size_t>(i)], i * 1000));
  run_until([&] {
    return std::ranges::count_if(done_, [](int work) { return work < 1'000'000; }) == 8000;
  });
  EXPECT_LT(done_.size(), 8500U);
  EXPECT_TRUE(lanes_.full(hot));
  EXPECT_FALSE(lanes_.full(others[0]));
  EXPECT_LE(most_queued_, 4100);
  lanes_.stop();
  finish();
  EXPECT_TRUE(ended_);
}

TEST_F(LanesTest, WorkOfAHotFlowIsDoneInTheEnd) {
  const auto hot = flow();
  const auto others = well_flows();
  throttle(*hot);
  for (int i = 0; i < 20; ++i)
    lanes_.push(i, hot);
  settle();
  EXPECT_TRUE(begun_.empty());
  ends_.spawn(end());
  run_until([&] { return ended_; });
  EXPECT_EQ(done_.size(), 20U);
}

TEST_F(LanesTest, ThousandsOfFlowsComeAndGo) {
  for (int i = 0; i < 3000; ++i) {
    ends_.spawn(produce(5, flow(), 5 * i));
    settle();
  }
  finish();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(done_.size(), 15'000U);
}

}  // namespace
}  // namespace s3m::transfer
