// Failures and events of jobs, on every database.
#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

class StoreFindings : public StoreConformance {};

FailureRecord failure(std::uint64_t number, std::string message = "Access Denied") {
  return {.number = number,
          .time = start,
          .operation = "CopyObject",
          .bucket = "photos",
          .key = std::string("a\0\xFF:v1", 6),
          .version = "v\n1",
          .code = "access_denied",
          .service_code = "AccessDenied",
          .request_id = "4711",
          .message = std::move(message),
          .http_status = 403};
}

EventRecord event(int attempt, std::uint64_t seq) {
  return {.position = {attempt, seq}, .line = R"({"type":"note","message":":v0 'ü'"})"};
}

TEST_P(StoreFindings, failures_are_kept_in_their_order) {
  must(store_->add_failures("job-1", {failure(2), failure(1)}));
  must(store_->add_failures("job-1", {failure(3)}));
  must(store_->add_failures("job-2", {failure(1)}));
  must(store_->add_failures("job-1", {}));
  reopen();
  EXPECT_EQ(must(store_->failures_of("job-1", 9, 0)),
            (std::vector{failure(1), failure(2), failure(3)}));
  EXPECT_EQ(must(store_->failures_of("job-1", 1, 1)), std::vector{failure(2)});
  must(store_->clear_failures("job-1", 0));
  EXPECT_TRUE(must(store_->failures_of("job-1", 9, 0)).empty());
  EXPECT_EQ(must(store_->failures_of("job-2", 9, 0)).size(), 1U);
}

TEST_P(StoreFindings, a_batch_may_be_added_again) {
  must(store_->add_failures("job-1", {failure(1, "first")}));
  must(store_->add_failures("job-1", {failure(1, "again"), failure(2)}));
  EXPECT_EQ(must(store_->failures_of("job-1", 9, 0)),
            (std::vector{failure(1, "first"), failure(2)}));
  must(store_->add_events("job-1", {event(1, 1)}));
  must(store_->add_events("job-1", {event(1, 1), event(1, 2)}));
  EXPECT_EQ(must(store_->events_of("job-1", {}, 9)).size(), 2U);
}

TEST_P(StoreFindings, a_whole_batch_fits_and_one_more_is_refused) {
  std::vector<FailureRecord> failures;
  std::vector<EventRecord> events;
  for (std::uint64_t i = 1; i <= Store::most_in_a_batch; ++i) {
    failures.push_back(failure(i));
    events.push_back(event(1, i));
  }
  must(store_->add_failures("job-1", failures));
  must(store_->add_events("job-1", events));
  EXPECT_EQ(must(store_->failures_of("job-1", SIZE_MAX, 0)), failures);
  EXPECT_EQ(must(store_->events_of("job-1", {}, SIZE_MAX)), events);
  failures.push_back(failure(9999));
  events.push_back(event(1, 9999));
  EXPECT_EQ(failure_of(store_->add_failures("job-1", failures)), Errc::invalid_argument);
  EXPECT_EQ(failure_of(store_->add_events("job-1", events)), Errc::invalid_argument);
}

TEST_P(StoreFindings, text_that_no_database_can_hold_is_refused_with_its_whole_batch) {
  EXPECT_EQ(failure_of(store_->add_failures("job-1", {failure(1), failure(2, "\xFF")})),
            Errc::invalid_argument);
  EXPECT_TRUE(must(store_->failures_of("job-1", 9, 0)).empty());
}

TEST_P(StoreFindings, events_are_read_on_from_a_position) {
  must(store_->add_events("job-1", {event(1, 1), event(1, 7), event(2, 1)}));
  must(store_->add_events("job-1", {event(10, 1)}));
  must(store_->add_events("job-2", {event(1, 3)}));
  reopen();
  EXPECT_EQ(must(store_->events_of("job-1", {}, 9)),
            (std::vector{event(1, 1), event(1, 7), event(2, 1), event(10, 1)}));
  EXPECT_EQ(must(store_->events_of("job-1", {1, 1}, 2)), (std::vector{event(1, 7), event(2, 1)}));
  EXPECT_EQ(must(store_->events_of("job-1", {1, 7}, 9)), (std::vector{event(2, 1), event(10, 1)}));
  EXPECT_TRUE(must(store_->events_of("job-1", {10, 1}, 9)).empty());
}

S3M_ON_EVERY_DATABASE(StoreFindings);

}  // namespace
}  // namespace s3m::store
