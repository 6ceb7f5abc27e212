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
      {JobState::paused, 130},
      {JobState::running, std::nullopt},
      {JobState::failed, 1},
      {JobState::cancelled, 130},
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

TEST_P(StoreJobs, a_job_is_taken_up_again) {
  must(store_->create_job("job-1", "copy", "{}"));
  must(store_->set_job_state("job-1", JobState::failed, 1));
  must(store_->request("job-1", JobRequest::pause));
  clock_.advance(1h);
  EXPECT_EQ(must(store_->begin_attempt("job-1")), 2);
  const auto job = must(store_->find_job("job-1"));
  EXPECT_EQ(job->state, JobState::running);
  EXPECT_EQ(job->exit_code, std::nullopt);
  EXPECT_EQ(job->attempt, 2);
  EXPECT_EQ(job->request, JobRequest::none) << "what was asked of an earlier attempt is over";
  EXPECT_EQ(job->created_at, start);
  EXPECT_EQ(job->updated_at, start + 1h);
  EXPECT_EQ(failure_of(store_->begin_attempt("job-2")), Errc::not_found);
}

TEST_P(StoreJobs, what_is_asked_of_a_job_is_seen_by_it) {
  must(store_->create_job("job-1", "copy", "{}"));
  EXPECT_EQ(must(store_->request_of("job-1")), JobRequest::none);
  for (const auto what : {JobRequest::pause, JobRequest::cancel, JobRequest::none}) {
    must(store_->request("job-1", what));
    reopen();
    EXPECT_EQ(must(store_->request_of("job-1")), what);
  }
  EXPECT_EQ(failure_of(store_->request("job-2", JobRequest::pause)), Errc::not_found);
  EXPECT_EQ(failure_of(store_->request_of("job-2")), Errc::not_found);
}

TEST_P(StoreJobs, a_deleted_job_is_gone_with_all_that_is_its_own) {
  for (const auto* const id : {"job-1", "job-2"}) {
    must(store_->create_job(id, "copy", "{}"));
    must(store_->claim_job(id, this_process(), 1h));
    must(store_->record_step({.job_id = id, .name = "copy", .number = 1, .started_at = start}));
    must(store_->record_intent(id, "source_delete", "d"));
    must(store_->set_fact(id, "policy", "p"));
    must(store_->replace_ranges(id, "copy", {{.job_id = id, .walk = "copy"}}));
    must(store_->add_failures(id, {{.number = 1, .time = start}}));
    must(store_->add_events(id, {{.position = {1, 1}, .line = "{}"}}));
  }
  must(store_->record_grant(grant(photos, "S")));
  must(store_->delete_job("job-1"));
  EXPECT_EQ(must(store_->find_job("job-1")), std::nullopt);
  EXPECT_EQ(must(store_->claim_of("job-1")), std::nullopt);
  EXPECT_TRUE(must(store_->steps_of("job-1")).empty());
  EXPECT_TRUE(must(store_->intents_of("job-1")).empty());
  EXPECT_EQ(must(store_->fact("job-1", "policy")), std::nullopt);
  EXPECT_TRUE(must(store_->ranges_of("job-1", "copy")).empty());
  EXPECT_TRUE(must(store_->failures_of("job-1", 9, 0)).empty());
  EXPECT_TRUE(must(store_->events_of("job-1", {}, 9)).empty());
  EXPECT_EQ(must(store_->grants()).size(), 1U) << "what stands in a bucket is not forgotten";

  EXPECT_TRUE(must(store_->find_job("job-2")).has_value());
  EXPECT_TRUE(must(store_->claim_of("job-2")).has_value());
  EXPECT_EQ(must(store_->steps_of("job-2")).size(), 1U);
  EXPECT_EQ(must(store_->ranges_of("job-2", "copy")).size(), 1U);
  EXPECT_EQ(must(store_->failures_of("job-2", 9, 0)).size(), 1U);
  EXPECT_EQ(must(store_->events_of("job-2", {}, 9)).size(), 1U);
  EXPECT_EQ(failure_of(store_->delete_job("job-1")), Errc::not_found);
}

S3M_ON_EVERY_DATABASE(StoreJobs);

}  // namespace
}  // namespace s3m::store
