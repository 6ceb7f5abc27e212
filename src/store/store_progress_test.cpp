// How far a job is: steps, intents, facts and ranges, on every database.
#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreProgress : public StoreConformance {};

const std::string odd_key("a/\xFF\0\n'\"%\xEF\xBF\xBF", 11);

JobStep step(std::string name, int number) {
  return {.job_id = "job-1",
          .name = std::move(name),
          .number = number,
          .state = StepState::started,
          .percent = 6,
          .started_at = start};
}

TEST_P(StoreProgress, a_steps_last_record_stands) {
  auto copy = step("copy", 4), look = step("preflight", 1);
  look.state = StepState::done;
  look.message = "s3://a -> s3://b";
  look.ended_at = start + 1s;
  must(store_->record_step(copy));
  must(store_->record_step(look));
  EXPECT_EQ(must(store_->steps_of("job-1")), (std::vector{look, copy})) << "by number";

  for (const auto state : {StepState::skipped, StepState::failed, StepState::done}) {
    copy.state = state;
    copy.message = "it's \xC3\xBC";
    copy.percent = 99;
    copy.ended_at = start + 2s;
    must(store_->record_step(copy));
    reopen();
    EXPECT_EQ(must(store_->steps_of("job-1")), (std::vector{look, copy}));
  }
  EXPECT_TRUE(must(store_->steps_of("job-2")).empty());
  must(store_->clear_steps("job-2"));
  EXPECT_EQ(must(store_->steps_of("job-1")).size(), 2U);
  must(store_->clear_steps("job-1"));
  EXPECT_TRUE(must(store_->steps_of("job-1")).empty());
}

TEST_P(StoreProgress, an_intent_is_recorded_once_and_never_changed) {
  must(store_->record_intent("job-1", "source_delete", "s3://a"));
  clock_.advance(1s);
  must(store_->record_intent("job-1", "source_delete", "s3://a"));
  EXPECT_EQ(failure_of(store_->record_intent("job-1", "source_delete", "s3://b")), Errc::conflict);
  must(store_->record_intent("job-1", "create", ""));
  must(store_->record_intent("job-2", "source_delete", "s3://c"));
  reopen();
  const std::vector<Intent> expected{{"job-1", "source_delete", "s3://a", start},
                                     {"job-1", "create", "", start + 1s}};
  EXPECT_EQ(must(store_->intents_of("job-1")), expected);
}

TEST_P(StoreProgress, a_fact_is_any_bytes_and_the_last_one_stands) {
  EXPECT_EQ(must(store_->fact("job-1", "policy")), std::nullopt);
  must(store_->set_fact("job-1", "policy", "{}"));
  must(store_->set_fact("job-1", "policy", odd_key));
  must(store_->set_fact("job-1", "empty", ""));
  must(store_->set_fact("job-2", "policy", "other"));
  const std::string large(300'000, '\x7F');
  must(store_->set_fact("job-1", "large", large));
  reopen();
  EXPECT_EQ(must(store_->fact("job-1", "policy")), odd_key);
  EXPECT_EQ(must(store_->fact("job-1", "empty")), "");
  EXPECT_EQ(must(store_->fact("job-1", "large")), large);
}

TEST_P(StoreProgress, facts_are_kept_together) {
  must(store_->set_fact("job-1", "a", "1"));
  must(store_->set_facts("job-1", {{"a", "2"}, {"b", odd_key}, {"c", ""}}));
  must(store_->set_facts("job-1", {}));
  reopen();
  EXPECT_EQ(must(store_->fact("job-1", "a")), "2");
  EXPECT_EQ(must(store_->fact("job-1", "b")), odd_key);
  EXPECT_EQ(must(store_->fact("job-1", "c")), "");
}

RangeRecord range(std::string after, std::optional<std::string> until) {
  return {.job_id = "job-1",
          .walk = "prove",
          .range = {std::move(after), std::move(until)},
          .digest = "ab12",
          .count = 3,
          .bytes = 5ULL << 60U};
}

TEST_P(StoreProgress, ranges_come_in_the_order_of_keys) {
  const std::string longest(max_key_bytes, '\xF4');
  const auto first = range("", "a"), second = range("a", odd_key), third = range(odd_key, longest),
             last = range(longest, std::nullopt);
  must(store_->replace_ranges("job-1", "prove", {last, third, first, second}));
  reopen();
  EXPECT_EQ(must(store_->ranges_of("job-1", "prove")), (std::vector{first, second, third, last}));
  EXPECT_TRUE(must(store_->ranges_of("job-1", "copy")).empty());
  EXPECT_TRUE(must(store_->ranges_of("job-2", "prove")).empty());
}

TEST_P(StoreProgress, ranges_are_replaced_all_at_once_or_not_at_all) {
  must(store_->replace_ranges("job-1", "prove", {range("", "a"), range("a", std::nullopt)}));
  const auto whole = range("", std::nullopt);
  must(store_->replace_ranges("job-1", "prove", {whole}));
  EXPECT_EQ(must(store_->ranges_of("job-1", "prove")), std::vector{whole});

  EXPECT_EQ(failure_of(store_->replace_ranges("job-1", "prove", {range("", "a"), range("", "b")})),
            Errc::invalid_argument);
  EXPECT_EQ(failure_of(store_->replace_ranges("job-1", "copy", {whole})), Errc::invalid_argument);
  EXPECT_EQ(must(store_->ranges_of("job-1", "prove")), std::vector{whole});
  EXPECT_TRUE(must(store_->ranges_of("job-1", "copy")).empty());
  must(store_->replace_ranges("job-1", "prove", {}));
  EXPECT_TRUE(must(store_->ranges_of("job-1", "prove")).empty());
}

TEST_P(StoreProgress, a_range_is_updated_where_it_begins) {
  auto first = range("", odd_key);
  const auto second = range(odd_key, std::nullopt);
  must(store_->replace_ranges("job-1", "prove", {first, second}));
  for (const auto state : {RangeState::done, RangeState::deleting, RangeState::deleted}) {
    first.state = state;
    first.checkpoint = "a" + odd_key;
    first.range.until = "b";
    first.digest = "cd34";
    ++first.count;
    must(store_->update_range(first));
    reopen();
    EXPECT_EQ(must(store_->ranges_of("job-1", "prove")), (std::vector{first, second}));
  }
  EXPECT_EQ(failure_of(store_->update_range(range("x", std::nullopt))), Errc::not_found);
}

S3M_ON_EVERY_DATABASE(StoreProgress);

}  // namespace
}  // namespace s3m::store
