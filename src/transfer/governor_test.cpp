#include "transfer/governor.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "transfer/flow.hpp"

namespace s3m::transfer {
namespace {

using aws::AttemptResult;
using aws::RequestKind;
using std::chrono::milliseconds;

class GovernorTest : public testing::Test {
 protected:
  Governor fixed(std::uint32_t permits) {
    return Governor(loop_, {.initial = permits, .adaptive = false}, cancel_);
  }

  // Runs what is ready, and nothing that waits.
  void settle() {
    loop_.restart();
    loop_.poll();
  }

  // Runs, timers included.
  void run_until(const std::function<bool()>& there) {
    while (!there()) {
      loop_.restart();
      if (loop_.run_one() == 0) break;
    }
    ASSERT_TRUE(there());
  }

  net::Task<void> ask(aws::Admission& governor, int name, RequestKind kind = RequestKind::copy) {
    const auto admitted = co_await governor.admit(kind);
    (admitted ? admitted_ : refused_).push_back(name);
  }

  void spawn_waiters(Governor& governor, int count) {
    for (int i = 0; i < count; ++i)
      group_.spawn(ask(governor, i));
    settle();
  }

  static void finish(Governor& governor, AttemptResult result = AttemptResult::ok) {
    governor.done(RequestKind::copy, milliseconds(5), result);
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};
  net::TaskGroup group_{loop_};
  std::vector<int> admitted_, refused_;
};

TEST_F(GovernorTest, AdmitsUpToTheBudget) {
  auto governor = fixed(2);
  EXPECT_TRUE(governor.try_admit(RequestKind::copy));
  EXPECT_TRUE(governor.try_admit(RequestKind::list));
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
  EXPECT_EQ(governor.in_flight(), 2U);
  finish(governor);
  EXPECT_TRUE(governor.try_admit(RequestKind::copy));
  EXPECT_EQ(governor.peak_in_flight(), 2U);
}

TEST_F(GovernorTest, ServesWaitersInArrivalOrder) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 4);
  EXPECT_TRUE(admitted_.empty());
  for (int i = 0; i < 4; ++i) {
    finish(governor);
    settle();
  }
  EXPECT_EQ(admitted_, (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(governor.peak_in_flight(), 1U);
}

TEST_F(GovernorTest, NobodyOvertakesAWaiterThatWasWokenButHasNotRun) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 1);
  finish(governor);
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
  settle();
  EXPECT_EQ(admitted_, std::vector{0});
  EXPECT_EQ(governor.in_flight(), 1U);
}

TEST_F(GovernorTest, KindsHaveBudgetsOfTheirOwnBelowTheCommonLimit) {
  Governor governor(loop_, {.initial = 4, .maximum = 10}, cancel_);
  int copies = 0, lists = 0;
  while (governor.try_admit(RequestKind::copy))
    ++copies;
  while (governor.try_admit(RequestKind::list))
    ++lists;
  EXPECT_EQ(copies, 4);
  EXPECT_EQ(lists, 4);
  EXPECT_FALSE(governor.try_admit(RequestKind::write)) << "it is of the copies' kind";
  EXPECT_TRUE(governor.try_admit(RequestKind::remove));
  EXPECT_TRUE(governor.try_admit(RequestKind::read));
  EXPECT_FALSE(governor.try_admit(RequestKind::remove)) << "the common limit";
}

TEST_F(GovernorTest, KindsThatWaitForTheCommonLimitAreServedInTurn) {
  auto governor = fixed(2);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 3);
  group_.spawn(ask(governor, 100, RequestKind::list));
  settle();
  finish(governor);
  finish(governor);
  settle();
  ASSERT_EQ(admitted_.size(), 2U);
  EXPECT_TRUE(std::ranges::count(admitted_, 100) == 1) << "not behind all the copies";
  EXPECT_TRUE(std::ranges::count(admitted_, 0) == 1);
  governor.stop();
  settle();
}

TEST_F(GovernorTest, AThrottledKindIsHeldBackAndNoOther) {
  Governor governor(loop_, {.initial = 10}, cancel_);
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  for (int i = 0; i < 3; ++i)
    finish(governor);
  finish(governor, AttemptResult::throttled);
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
  EXPECT_TRUE(governor.try_admit(RequestKind::list));
  EXPECT_TRUE(governor.try_admit(RequestKind::read));
  spawn_waiters(governor, 1);
  EXPECT_TRUE(admitted_.empty());
  run_until([&] { return !admitted_.empty(); });
  EXPECT_GT(governor.rate(), 0);
}

TEST_F(GovernorTest, TheUsersRateHoldsForAllKindsTogether) {
  Governor governor(loop_, {.initial = 1000, .most_per_second = 500}, cancel_);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    group_.spawn(ask(governor, i));
    group_.spawn(ask(governor, 1000 + i, RequestKind::list));
  }
  run_until([&] { return admitted_.size() == 100; });
  // A fiftieth of a second's worth was saved up, so 90 had to come.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(180 - 1));
  const auto lists_early = std::ranges::count_if(admitted_.begin(), admitted_.begin() + 50,
                                                 [](int name) { return name >= 1000; });
  EXPECT_NEAR(static_cast<double>(lists_early), 25, 12);
}

TEST_F(GovernorTest, GrowsOnlyWhileTheWholeBudgetIsUsed) {
  Governor governor(loop_, {.initial = 8}, cancel_);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
    finish(governor);
  }
  EXPECT_EQ(governor.budget(), 8U);
  for (int i = 0; i < 8; ++i)
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  for (int i = 0; i < 30; ++i) {
    finish(governor);
    while (governor.try_admit(RequestKind::copy)) {
    }
  }
  EXPECT_GT(governor.budget(), 8U);
  EXPECT_EQ(governor.in_flight(), governor.budget());
}

TEST_F(GovernorTest, ARaisedLimitLetsThoseGoWhoWait) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 3);
  governor.change({.initial = 3, .adaptive = false});
  settle();
  EXPECT_EQ(admitted_, (std::vector{0, 1}));
  EXPECT_EQ(governor.in_flight(), 3U);
  EXPECT_EQ(governor.budget(), 3U);
  governor.stop();
  settle();
}

TEST_F(GovernorTest, ALoweredLimitHoldsOnceWhatIsInFlightHasEnded) {
  auto governor = fixed(3);
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 2);
  governor.change({.initial = 1, .adaptive = false});
  finish(governor);
  finish(governor);
  settle();
  EXPECT_TRUE(admitted_.empty()) << "one is in flight still";
  finish(governor);
  settle();
  EXPECT_EQ(admitted_, std::vector{0});
  finish(governor);
  settle();
  EXPECT_EQ(admitted_, (std::vector{0, 1}));
}

TEST_F(GovernorTest, AnAdaptiveOneIsHeldBelowItsNewMaximum) {
  Governor governor(loop_, {.initial = 8}, cancel_);
  governor.change({.initial = 8, .maximum = 2});
  EXPECT_TRUE(governor.try_admit(RequestKind::copy));
  EXPECT_TRUE(governor.try_admit(RequestKind::list));
  EXPECT_FALSE(governor.try_admit(RequestKind::read)) << "of all kinds together";
  governor.change({.initial = 8});
  EXPECT_TRUE(governor.try_admit(RequestKind::read));
  EXPECT_EQ(governor.budget(), 8U);
}

TEST_F(GovernorTest, ARateIsSetAndLiftedWhileRequestsWait) {
  Governor governor(loop_, {.initial = 1000}, cancel_);
  governor.change({.initial = 1000, .most_per_second = 0.01});
  spawn_waiters(governor, 3);
  EXPECT_TRUE(admitted_.empty()) << "nothing was saved up before there was a rate";
  governor.change({.initial = 1000, .most_per_second = 100'000});
  run_until([&] { return admitted_.size() == 3; });
  governor.change({.initial = 1000, .most_per_second = 0.01});
  spawn_waiters(governor, 2);
  EXPECT_EQ(admitted_.size(), 3U);
  governor.change({.initial = 1000});
  settle();
  EXPECT_EQ(admitted_.size(), 5U);
}

TEST_F(GovernorTest, CountsWhatIsParked) {
  Governor governor(loop_, {}, cancel_);
  governor.backs_off(RequestKind::copy);
  governor.backs_off(RequestKind::write);
  governor.backs_off(RequestKind::list);
  EXPECT_EQ(governor.parked(RequestKind::copy), 2U);
  governor.comes_back(RequestKind::write);
  EXPECT_EQ(governor.parked(RequestKind::copy), 1U);
}

TEST_F(GovernorTest, StoppingRefusesThoseWhoWaitAndThoseWhoCome) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 3);
  governor.stop();
  settle();
  EXPECT_EQ(refused_.size(), 3U);
  spawn_waiters(governor, 1);
  EXPECT_EQ(refused_.size(), 4U);
  EXPECT_EQ(governor.in_flight(), 1U);
}

TEST_F(GovernorTest, APermitHandedToAWaiterIsNotLostWhenTheJobStopsInBetween) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 2);
  finish(governor);
  governor.stop();
  settle();
  EXPECT_EQ(refused_.size(), 2U);
  EXPECT_EQ(governor.in_flight(), 0U);
}

TEST_F(GovernorTest, ACancelledJobFreesItsWaitersWithTheNextAnswer) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 2);
  cancel_.cancel();
  finish(governor);
  settle();
  EXPECT_EQ(refused_.size(), 2U);
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
}

class FlowTest : public GovernorTest {
 protected:
  void throttle(Flow& flow) {
    flow.done(RequestKind::copy, milliseconds(5), AttemptResult::throttled);
  }
  void succeed(Flow& flow) { flow.done(RequestKind::copy, milliseconds(5), AttemptResult::ok); }

  // So that the trouble of one is not the job's.
  void answer_others() {
    for (int i = 0; i < 8; ++i) {
      auto& flow = *others_.emplace_back(std::make_unique<Flow>(governor_));
      ASSERT_TRUE(flow.try_admit(RequestKind::copy));
      succeed(flow);
    }
  }

  Governor governor_{loop_, {.initial = 100}, cancel_};
  std::vector<std::unique_ptr<Flow>> others_;
  Flow hot_{governor_}, cold_{governor_};
};

TEST_F(FlowTest, AHotOneIsHeldBackAndTheOthersAreNot) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  EXPECT_FALSE(hot_.try_admit(RequestKind::copy));
  EXPECT_FALSE(hot_.wants_more(0));
  EXPECT_TRUE(others_[0]->try_admit(RequestKind::copy));
  EXPECT_TRUE(others_[0]->wants_more(1000));
  EXPECT_EQ(governor_.rate(), 0) << "the job goes on as fast as before";
}

TEST_F(FlowTest, TheJobSlowsDownWhenManyAreThrottled) {
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  ASSERT_TRUE(cold_.try_admit(RequestKind::copy));
  throttle(hot_);
  throttle(cold_);
  EXPECT_FALSE(governor_.try_admit(RequestKind::copy));
}

// Else the parts of a job that is throttled as a whole would be held to what each had a share of.
TEST_F(FlowTest, GivesWayToTheJobsRateWhenManyAreThrottled) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  EXPECT_FALSE(hot_.wants_more(1000));
  for (const auto& other : others_) {
    if (other->try_admit(RequestKind::copy)) throttle(*other);
  }
  EXPECT_FALSE(governor_.try_admit(RequestKind::copy));
  EXPECT_TRUE(hot_.wants_more(1000));
}

TEST_F(FlowTest, ThoseThatWaitAreServedAsTokensCome) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  for (int i = 0; i < 3; ++i)
    group_.spawn(ask(hot_, i));
  settle();
  EXPECT_EQ(governor_.parked(RequestKind::copy), 3U);
  run_until([&] { return admitted_.size() == 3; });
  EXPECT_EQ(admitted_, (std::vector{0, 1, 2}));
  EXPECT_EQ(governor_.parked(RequestKind::copy), 0U);
}

TEST_F(FlowTest, StoppingTheGovernorFreesThem) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  group_.spawn(ask(hot_, 0));
  settle();
  governor_.stop();
  settle();
  EXPECT_EQ(refused_, std::vector{0});
  EXPECT_EQ(governor_.in_flight(), 0U);
  EXPECT_TRUE(hot_.wants_more(1000)) << "what is queued shall fail soon";
}

TEST_F(FlowTest, OnlySoMuchOfAHotOneIsOutstanding) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  EXPECT_FALSE(hot_.wants_more(10'000));
  run_until([&] {
    const bool wants = hot_.wants_more(3);
    return wants;
  });
  EXPECT_FALSE(hot_.wants_more(10'000));
}

TEST_F(FlowTest, APartOfAHotOneIsHotToo) {
  answer_others();
  ASSERT_TRUE(hot_.try_admit(RequestKind::copy));
  throttle(hot_);
  const auto part = hot_.split();
  EXPECT_FALSE(part->try_admit(RequestKind::copy));
  EXPECT_TRUE(cold_.split()->wants_more(1000));
}

}  // namespace
}  // namespace s3m::transfer
