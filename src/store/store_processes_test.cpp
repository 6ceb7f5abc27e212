// Killed processes, and several at once, on every database.
#include <fstream>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreProcesses : public StoreConformance {};

TEST_P(StoreProcesses, what_was_recorded_survives_kill_9) {
  store_.reset();
  const auto status = run_child([&] {
    const auto store = open();
    must(store->create_job("job-1", "copy", "{}"));
    must(store->record_grant(grant(photos, "S")));
    for (int i = 0; i < 20; ++i)
      must(store->record_upload(upload("k", std::to_string(i))));
    must(store->forget_upload(photos, "k", "7"));
    return ::raise(SIGKILL);
  });
  ASSERT_EQ(status, 128 + SIGKILL);
  store_ = open();
  EXPECT_TRUE(must(store_->find_job("job-1")).has_value());
  EXPECT_EQ(must(store_->grants()), std::vector{grant(photos, "S")});
  EXPECT_EQ(must(store_->uploads_for(photos, "")).size(), 19U);
}

// Killed by surprise, in the middle of whatever it does: what it said is done is there.
TEST_P(StoreProcesses, kill_9_at_any_moment_loses_nothing_that_was_acknowledged) {
  store_.reset();
  for (int round = 0; round < 5; ++round) {
    int acknowledgements[2];
    ASSERT_EQ(::pipe(acknowledgements), 0);
    const auto child = start_child([&] {
      const auto store = open();
      for (int i = 0;; ++i) {
        must(store->record_upload(upload(std::to_string(round), std::to_string(i))));
        if (::write(acknowledgements[1], "x", 1) != 1) return 1;
      }
    });
    ::close(acknowledgements[1]);
    std::size_t acknowledged = 0;
    char byte = 0;
    while (acknowledged < 10 && ::read(acknowledgements[0], &byte, 1) == 1)
      ++acknowledged;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    EXPECT_EQ(wait_for(child), 128 + SIGKILL);
    while (::read(acknowledgements[0], &byte, 1) == 1)
      ++acknowledged;
    ::close(acknowledgements[0]);

    const auto store = open();
    const auto kept = must(store->uploads_for(photos, std::to_string(round))).size();
    EXPECT_GE(kept, acknowledged);
    EXPECT_LE(kept, acknowledged + 1);
  }
}

TEST_P(StoreProcesses, processes_open_a_fresh_store_at_once) {
  store_.reset();
  url_ = GetParam().fresh(directory_.path() / "fresh");
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(start_child([&, i] {
      const auto store = open();
      for (int n = 0; n < 25; ++n) {
        must(store->record_upload(upload(std::to_string(i), std::to_string(n))));
      }
      return 0;
    }));
  }
  for (const auto child : children)
    EXPECT_EQ(wait_for(child), 0);
  EXPECT_EQ(must(open()->uploads_for(photos, "")).size(), 100U);
}

// Reads a number and writes the next: two editors at once would lose one of the steps.
void count_one(const std::filesystem::path& counter) {
  int value = 0;
  std::ifstream(counter) >> value;
  std::ofstream(counter) << value + 1;
}

TEST_P(StoreProcesses, a_policy_has_one_editor_at_a_time) {
  store_.reset();
  const auto counter = directory_.path() / "counter";
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    children.push_back(start_child([&] {
      const auto store = open();
      for (int n = 0; n < 50; ++n) {
        while (!must(store->try_lock_policy(photos, me(), 24h)).ours)
          ::sched_yield();
        count_one(counter);
        if (!must(store->unlock_policy(photos, me()))) return 1;
      }
      return 0;
    }));
  }
  for (const auto child : children)
    EXPECT_EQ(wait_for(child), 0);
  int counted = 0;
  std::ifstream(counter) >> counted;
  EXPECT_EQ(counted, 100);
}

S3M_ON_EVERY_DATABASE(StoreProcesses);

}  // namespace
}  // namespace s3m::store
