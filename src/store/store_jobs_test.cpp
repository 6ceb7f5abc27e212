// Jobs and their states, on every database.
#include <limits>

#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreJobs : public StoreConformance {};

TEST_P(StoreJobs, a_job_lives_through_its_states) {
  must(store_->create_job("job-1", "copy", R"({"source":"s3://a"})"));
  JobRecord expected{.id = "job-1",
                     .kind = "copy",
                     .spec = R"({"source":"s3://a"})",
                     .state = JobState::running,
                     .created_at = start,
                     .updated_at = start};
  EXPECT_EQ(must(store_->find_job("job-1")), expected);

  const std::vector<std::pair<JobState, std::optional<int>>> changes = {
      {JobState::interrupted, 130},
      {JobState::running, std::nullopt},
      {JobState::failed, 1},
      {JobState::done, 0}};
  for (const auto& [state, exit_code] : changes) {
    clock_.advance(1s);
    must(store_->set_job_state("job-1", state, exit_code));
    expected.state = state;
    expected.exit_code = exit_code;
    expected.updated_at = clock_.now();
    reopen();
    EXPECT_EQ(must(store_->find_job("job-1")), expected);
  }
}

TEST_P(StoreJobs, an_unknown_job_is_not_found) {
  EXPECT_EQ(must(store_->find_job("job-1")), std::nullopt);
  EXPECT_EQ(failure_of(store_->set_job_state("job-1", JobState::done, 0)), Errc::not_found);
}

TEST_P(StoreJobs, a_jobs_name_is_given_once) {
  must(store_->create_job("job-1", "copy", "{}"));
  EXPECT_EQ(failure_of(store_->create_job("job-1", "verify", "{}")), Errc::conflict);
  EXPECT_EQ(must(store_->find_job("job-1"))->kind, "copy");
}

TEST_P(StoreJobs, jobs_are_listed_newest_first) {
  for (const auto* const id : {"b", "a", "c"}) {
    must(store_->create_job(id, "copy", "{}"));
    clock_.advance(1s);
  }
  std::string ids;
  for (const auto& job : must(store_->jobs(std::numeric_limits<std::size_t>::max())))
    ids += job.id;
  EXPECT_EQ(ids, "cab");
  EXPECT_EQ(must(store_->jobs(2)).size(), 2U);
  EXPECT_EQ(must(store_->jobs(2)).front().id, "c");
  EXPECT_TRUE(must(store_->jobs(0)).empty());
}

S3M_ON_EVERY_DATABASE(StoreJobs);

}  // namespace
}  // namespace s3m::store
