// Who may edit a bucket's policy, on every database.
#include <signal.h>

#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreLocks : public StoreConformance {};

const LockOwner elsewhere{"job-2", "17 4242 pid:[1] another-boot"};

TEST_P(StoreLocks, a_free_lock_is_ours) {
  const auto lock = must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_TRUE(lock.ours);
  EXPECT_EQ(lock.holder, me());
  EXPECT_EQ(lock.expires_at, start + 60s);
}

TEST_P(StoreLocks, a_lock_keeps_others_out_and_names_its_holder) {
  must(store_->try_lock_policy(photos, elsewhere, 60s));
  clock_.advance(60s - 1ms);
  const auto lock = must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_FALSE(lock.ours);
  EXPECT_EQ(lock.holder, elsewhere);
  EXPECT_EQ(lock.expires_at, start + 60s);
  EXPECT_TRUE(must(store_->try_lock_policy(films, me(), 60s)).ours);
  EXPECT_TRUE(must(store_->try_lock_policy(other_photos, me(), 60s)).ours);
}

TEST_P(StoreLocks, a_job_of_this_process_keeps_another_out) {
  must(store_->try_lock_policy(photos, me("job-1"), 60s));
  EXPECT_FALSE(must(store_->try_lock_policy(photos, me("job-2"), 60s)).ours);
}

TEST_P(StoreLocks, a_lock_is_taken_over_when_its_lease_has_ended) {
  must(store_->try_lock_policy(photos, elsewhere, 60s));
  clock_.advance(60s);
  EXPECT_TRUE(must(store_->try_lock_policy(photos, me(), 60s)).ours);
  EXPECT_FALSE(must(store_->unlock_policy(photos, elsewhere)));
  EXPECT_FALSE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
  EXPECT_TRUE(must(store_->unlock_policy(photos, me())));
}

TEST_P(StoreLocks, a_lock_is_renewed_by_its_owner) {
  must(store_->try_lock_policy(photos, me(), 60s));
  clock_.advance(59s);
  EXPECT_EQ(must(store_->try_lock_policy(photos, me(), 60s)).expires_at, start + 119s);
  clock_.advance(30s);
  EXPECT_FALSE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
}

TEST_P(StoreLocks, an_unlocked_lock_is_free) {
  must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_TRUE(must(store_->unlock_policy(photos, me())));
  EXPECT_FALSE(must(store_->unlock_policy(photos, me())));
  EXPECT_TRUE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
}

TEST_P(StoreLocks, a_lock_of_a_killed_process_is_taken_over_at_once) {
  store_.reset();
  const auto status = run_child([&] {
    must(open()->try_lock_policy(photos, me(), 24h));
    return ::raise(SIGKILL);
  });
  EXPECT_EQ(status, 128 + SIGKILL);
  store_ = open();
  EXPECT_TRUE(must(store_->try_lock_policy(photos, me(), 60s)).ours);
}

S3M_ON_EVERY_DATABASE(StoreLocks);

}  // namespace
}  // namespace s3m::store
