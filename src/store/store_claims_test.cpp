// Which process runs a job, on every database.
#include <algorithm>
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreClaims : public StoreConformance {};

const std::string elsewhere = "17 4242 pid:[1] another-boot";
const std::string elsewhere_too = "18 4242 pid:[1] another-boot";

TEST_P(StoreClaims, a_free_job_is_ours) {
  EXPECT_EQ(must(store_->claim_of("job-1")), std::nullopt);
  const auto claim = must(store_->claim_job("job-1", this_process(), 60s));
  EXPECT_TRUE(claim.ours);
  EXPECT_EQ(claim.process, this_process());
  EXPECT_EQ(claim.expires_at, start + 60s);
  EXPECT_EQ(must(store_->claim_of("job-1"))->process, this_process());
}

TEST_P(StoreClaims, a_second_process_is_told_who_has_it) {
  must(store_->claim_job("job-1", elsewhere, 60s));
  clock_.advance(60s - 1ms);
  const auto claim = must(store_->claim_job("job-1", this_process(), 60s));
  EXPECT_FALSE(claim.ours);
  EXPECT_EQ(claim.process, elsewhere);
  EXPECT_EQ(claim.expires_at, start + 60s);
  EXPECT_TRUE(must(store_->claim_job("job-2", this_process(), 60s)).ours);
}

TEST_P(StoreClaims, a_claim_is_renewed_by_its_holder) {
  must(store_->claim_job("job-1", elsewhere, 60s));
  clock_.advance(59s);
  EXPECT_EQ(must(store_->claim_job("job-1", elsewhere, 60s)).expires_at, start + 119s);
  clock_.advance(30s);
  EXPECT_FALSE(must(store_->claim_job("job-1", elsewhere_too, 60s)).ours);
}

TEST_P(StoreClaims, a_claim_is_taken_over_when_its_lease_has_ended) {
  must(store_->claim_job("job-1", elsewhere, 60s));
  clock_.advance(60s);
  EXPECT_TRUE(must(store_->claim_job("job-1", elsewhere_too, 60s)).ours);
  const auto late = must(store_->claim_job("job-1", elsewhere, 60s));
  EXPECT_FALSE(late.ours) << "the former holder finds out";
  EXPECT_EQ(late.process, elsewhere_too);
}

TEST_P(StoreClaims, a_process_that_lives_keeps_its_job_however_late_it_is) {
  must(store_->claim_job("job-1", this_process(), 60s));
  clock_.advance(24h);
  const auto claim = must(store_->claim_job("job-1", elsewhere, 60s));
  EXPECT_FALSE(claim.ours);
  EXPECT_EQ(claim.process, this_process());
}

TEST_P(StoreClaims, a_claim_of_a_killed_process_is_taken_over_at_once) {
  store_.reset();
  const auto status = run_child([&] {
    must(open()->claim_job("job-1", this_process(), 24h));
    return ::raise(SIGKILL);
  });
  EXPECT_EQ(status, 128 + SIGKILL);
  store_ = open();
  EXPECT_TRUE(must(store_->claim_job("job-1", this_process(), 60s)).ours);
}

TEST_P(StoreClaims, a_released_job_is_free) {
  must(store_->claim_job("job-1", elsewhere, 60s));
  EXPECT_FALSE(must(store_->release_job("job-1", this_process()))) << "by its holder alone";
  EXPECT_TRUE(must(store_->release_job("job-1", elsewhere)));
  EXPECT_FALSE(must(store_->release_job("job-1", elsewhere)));
  EXPECT_TRUE(must(store_->claim_job("job-1", this_process(), 60s)).ours);
}

// Both see that the holder is gone, and one of them gets the job.
TEST_P(StoreClaims, of_several_that_take_over_one_wins) {
  must(store_->claim_job("job-1", elsewhere, 1ms));
  clock_.advance(1s);
  store_.reset();
  int results[2];
  ASSERT_EQ(::pipe(results), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(start_child([&] {
      const auto store = open();
      const char mark = must(store->claim_job("job-1", this_process(), 24h)).ours ? 'y' : 'n';
      if (::write(results[1], &mark, 1) != 1) return 1;
      return ::pause();
    }));
  }
  std::string marks(children.size(), ' ');
  for (auto& mark : marks)
    ASSERT_EQ(::read(results[0], &mark, 1), 1);
  EXPECT_EQ(std::ranges::count(marks, 'y'), 1) << marks;
  for (const auto child : children) {
    ::kill(child, SIGKILL);
    wait_for(child);
  }
  ::close(results[0]);
  ::close(results[1]);
}

S3M_ON_EVERY_DATABASE(StoreClaims);

}  // namespace
}  // namespace s3m::store
