// What every database under the store must do. A database is added by a line at the end.
#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <limits>
#include <ostream>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/time.hpp"
#include "store/process_identity.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

struct Database {
  std::string name;
  // The URL of an empty database, which may be kept below `directory`.
  std::function<std::string(const std::filesystem::path& directory)> fresh;
  friend std::ostream& operator<<(std::ostream& out, const Database& database) {
    return out << database.name;
  }
};

const WallTime start = parse_iso8601("2026-11-22T16:28:05.007Z").value();
const BucketRef photos{"http://127.0.0.1:9000", "photos"};
const BucketRef films{"http://127.0.0.1:9000", "films"};
const BucketRef other_photos{"aws", "photos"};

class StoreConformance : public testing::TestWithParam<Database> {
 protected:
  StoreConformance() : url_(GetParam().fresh(directory_.path())), store_(open()) {}

  std::unique_ptr<Store> open() { return must(open_store({.url = url_, .clock = &clock_})); }
  void reopen() {
    store_.reset();
    store_ = open();
  }

  TemporaryDirectory directory_;
  ManualClock clock_{start};
  std::string url_;
  std::unique_ptr<Store> store_;
};

UploadRecord upload(std::string key, std::string id) {
  return {.job_id = "job-1",
          .destination = photos,
          .key = std::move(key),
          .upload_id = std::move(id),
          .source = {.bucket = films,
                     .key = "source/\xFF\0\n'\"%"s,
                     .version = "v1",
                     .etag = "\"0123-3\"",
                     .last_modified = start - 24h,
                     .size = 5ULL << 40U},
          .part_sizes = {8 << 20, 8 << 20, 17},
          .created_at = start};
}

std::vector<std::string> keys_of(const std::vector<UploadRecord>& uploads) {
  std::vector<std::string> keys;
  for (const auto& each : uploads)
    keys.push_back(each.key);
  return keys;
}

GrantRecord grant(BucketRef bucket, std::string sid) {
  return {.bucket = std::move(bucket),
          .sid = std::move(sid),
          .job_id = "job-1",
          .dialect = "account-root",
          .original_policy = "{\"Version\": \"2012-10-17\",\r\n \"Id\": \"\xFF\0\"}"s,
          .created_at = start};
}

// --- Uploads ---------------------------------------------------------------------------------

TEST_P(StoreConformance, an_upload_comes_back_as_it_was) {
  const auto recorded = upload("a/b", "u1");
  must(store_->record_upload(recorded));
  reopen();
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{recorded});
}

TEST_P(StoreConformance, an_upload_of_nothing_known_comes_back_too) {
  UploadRecord recorded;
  recorded.destination = photos;
  recorded.created_at = WallTime(-1ms);
  must(store_->record_upload(recorded));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{recorded});
}

TEST_P(StoreConformance, any_key_is_kept) {
  std::vector<std::string> keys = {"",
                                   " ",
                                   "\0\0"s,
                                   "\n\r\t\x1b\x7F",
                                   "'; DROP TABLE jobs; --",
                                   "\\",
                                   "%_:a?",
                                   "\xFF\xFE",
                                   "\xED\xA0\x80",
                                   "gr\xC3\xBC\xC3\x9F",
                                   "../",
                                   "\xF0\x9F\x98\x80",
                                   std::string(1024, '\xC3')};
  std::ranges::sort(keys);
  for (const auto& key : keys)
    must(store_->record_upload(upload(key, "u")));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, ""))), keys);
  for (const auto& key : keys)
    must(store_->forget_upload(photos, key, "u"));
  EXPECT_TRUE(must(store_->uploads_for(photos, "")).empty());
}

TEST_P(StoreConformance, uploads_are_found_by_destination_and_prefix) {
  for (const auto* const key : {"a", "a/", "a/1", "a/2", "a%", "a_", "b", "A/1"}) {
    must(store_->record_upload(upload(key, "u")));
  }
  auto elsewhere = upload("a/9", "u");
  elsewhere.destination = films;
  must(store_->record_upload(elsewhere));
  elsewhere.destination = other_photos;
  must(store_->record_upload(elsewhere));

  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a/"))), (Keys{"a/", "a/1", "a/2"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a%"))), (Keys{"a%"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a_"))), (Keys{"a_"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "c"))), Keys());
  EXPECT_EQ(must(store_->uploads_for(photos, "")).size(), 8U);
  EXPECT_EQ(keys_of(must(store_->uploads_for(films, ""))), (Keys{"a/9"}));
}

TEST_P(StoreConformance, uploads_come_oldest_first) {
  auto first = upload("z", "u");
  auto second = upload("a", "u");
  first.created_at = start - 1ms;
  must(store_->record_upload(second));
  must(store_->record_upload(first));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, ""))), (std::vector<std::string>{"z", "a"}));
}

TEST_P(StoreConformance, an_upload_that_is_recorded_again_is_replaced) {
  auto adopted = upload("k", "u1");
  must(store_->record_upload(adopted));
  must(store_->record_upload(upload("k", "u2")));
  adopted.job_id = "job-2";
  adopted.created_at = start + 1s;
  must(store_->record_upload(adopted));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), (std::vector{upload("k", "u2"), adopted}));
}

TEST_P(StoreConformance, forgetting_an_upload_forgets_that_one) {
  must(store_->record_upload(upload("k", "u1")));
  must(store_->record_upload(upload("k", "u2")));
  must(store_->record_upload(upload("ku", "1")));
  must(store_->forget_upload(photos, "k", "u1"));
  must(store_->forget_upload(photos, "k", "u1"));
  must(store_->forget_upload(films, "k", "u2"));
  EXPECT_EQ(must(store_->uploads_for(photos, "")),
            (std::vector{upload("k", "u2"), upload("ku", "1")}));
}

TEST_P(StoreConformance, an_upload_of_ten_thousand_parts) {
  auto big = upload("k", "u");
  big.part_sizes.assign(9999, 512ULL << 20U);
  big.part_sizes.push_back(1);
  must(store_->record_upload(big));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{big});
  big.part_sizes.push_back(1);
  EXPECT_EQ(failure_of(store_->record_upload(big)), Errc::invalid_argument);
}

TEST_P(StoreConformance, what_cannot_be_stored_is_refused_and_changes_nothing) {
  const auto good = upload("k", "u");
  must(store_->record_upload(good));
  auto bad = good;
  bad.source.etag = "cut \xC3";
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  bad = good;
  bad.job_id = "a\0b"s;
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  bad = good;
  bad.source.size = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{good});
}

TEST_P(StoreConformance, no_password_gets_into_the_store) {
  const BucketRef careless{"http://user:secret@127.0.0.1:9000", "photos"};
  auto record = upload("k", "u");
  record.source.bucket = careless;
  const auto refused = store_->record_upload(record);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
  EXPECT_EQ(refused.error().describe().find("secret"), std::string::npos);
  EXPECT_EQ(failure_of(store_->record_grant(grant(careless, "S"))), Errc::invalid_argument);
}

// --- Grants ----------------------------------------------------------------------------------

TEST_P(StoreConformance, a_grant_comes_back_with_the_policys_very_bytes) {
  const auto recorded = grant(photos, "S3MigratorGrant1");
  must(store_->record_grant(recorded));
  reopen();
  EXPECT_EQ(must(store_->grants_on(photos)), std::vector{recorded});
}

TEST_P(StoreConformance, no_policy_is_not_an_empty_one) {
  auto none = grant(photos, "A");
  none.original_policy.reset();
  auto empty = grant(photos, "B");
  empty.original_policy = "";
  must(store_->record_grant(none));
  must(store_->record_grant(empty));
  EXPECT_EQ(must(store_->grants_on(photos)), (std::vector{none, empty}));
}

TEST_P(StoreConformance, the_first_original_policy_of_a_grant_stays) {
  const auto first = grant(photos, "S");
  auto second = first;
  second.original_policy = "with our grant in it";
  must(store_->record_grant(first));
  EXPECT_EQ(failure_of(store_->record_grant(second)), Errc::conflict);
  EXPECT_EQ(must(store_->grants_on(photos)), std::vector{first});
}

TEST_P(StoreConformance, grants_are_found_by_bucket_and_altogether) {
  auto late = grant(photos, "A");
  late.created_at = start + 1s;
  must(store_->record_grant(late));
  must(store_->record_grant(grant(photos, "B")));
  must(store_->record_grant(grant(films, "A")));
  must(store_->record_grant(grant(other_photos, "A")));
  EXPECT_EQ(must(store_->grants_on(photos)), (std::vector{grant(photos, "B"), late}));
  EXPECT_EQ(must(store_->grants_on(films)), (std::vector{grant(films, "A")}));
  EXPECT_EQ(must(store_->grants()).size(), 4U);
  EXPECT_EQ(must(store_->grants()).back(), late);

  must(store_->forget_grant(photos, "A"));
  must(store_->forget_grant(photos, "A"));
  EXPECT_EQ(must(store_->grants()),
            (std::vector{grant(other_photos, "A"), grant(films, "A"), grant(photos, "B")}));
}

// --- Policy locks ----------------------------------------------------------------------------

LockOwner me(std::string job = "job-1") {
  return {std::move(job), this_process()};
}
const LockOwner elsewhere{"job-2", "17 4242 pid:[1] another-boot"};

TEST_P(StoreConformance, a_free_lock_is_ours) {
  const auto lock = must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_TRUE(lock.ours);
  EXPECT_EQ(lock.holder, me());
  EXPECT_EQ(lock.expires_at, start + 60s);
}

TEST_P(StoreConformance, a_lock_keeps_others_out_and_names_its_holder) {
  must(store_->try_lock_policy(photos, elsewhere, 60s));
  clock_.advance(60s - 1ms);
  const auto lock = must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_FALSE(lock.ours);
  EXPECT_EQ(lock.holder, elsewhere);
  EXPECT_EQ(lock.expires_at, start + 60s);
  EXPECT_TRUE(must(store_->try_lock_policy(films, me(), 60s)).ours);
  EXPECT_TRUE(must(store_->try_lock_policy(other_photos, me(), 60s)).ours);
}

TEST_P(StoreConformance, a_job_of_this_process_keeps_another_out) {
  must(store_->try_lock_policy(photos, me("job-1"), 60s));
  EXPECT_FALSE(must(store_->try_lock_policy(photos, me("job-2"), 60s)).ours);
}

TEST_P(StoreConformance, a_lock_is_taken_over_when_its_lease_has_ended) {
  must(store_->try_lock_policy(photos, elsewhere, 60s));
  clock_.advance(60s);
  EXPECT_TRUE(must(store_->try_lock_policy(photos, me(), 60s)).ours);
  EXPECT_FALSE(must(store_->unlock_policy(photos, elsewhere)));
  EXPECT_FALSE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
  EXPECT_TRUE(must(store_->unlock_policy(photos, me())));
}

TEST_P(StoreConformance, a_lock_is_renewed_by_its_owner) {
  must(store_->try_lock_policy(photos, me(), 60s));
  clock_.advance(59s);
  EXPECT_EQ(must(store_->try_lock_policy(photos, me(), 60s)).expires_at, start + 119s);
  clock_.advance(30s);
  EXPECT_FALSE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
}

TEST_P(StoreConformance, an_unlocked_lock_is_free) {
  must(store_->try_lock_policy(photos, me(), 60s));
  EXPECT_TRUE(must(store_->unlock_policy(photos, me())));
  EXPECT_FALSE(must(store_->unlock_policy(photos, me())));
  EXPECT_TRUE(must(store_->try_lock_policy(photos, elsewhere, 60s)).ours);
}

TEST_P(StoreConformance, a_lock_of_a_killed_process_is_taken_over_at_once) {
  store_.reset();
  const auto status = run_child([&] {
    must(open()->try_lock_policy(photos, me(), 24h));
    return ::raise(SIGKILL);
  });
  EXPECT_EQ(status, 128 + SIGKILL);
  store_ = open();
  EXPECT_TRUE(must(store_->try_lock_policy(photos, me(), 60s)).ours);
}

// --- Jobs ------------------------------------------------------------------------------------

TEST_P(StoreConformance, a_job_lives_through_its_states) {
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

TEST_P(StoreConformance, an_unknown_job_is_not_found) {
  EXPECT_EQ(must(store_->find_job("job-1")), std::nullopt);
  EXPECT_EQ(failure_of(store_->set_job_state("job-1", JobState::done, 0)), Errc::not_found);
}

TEST_P(StoreConformance, a_jobs_name_is_given_once) {
  must(store_->create_job("job-1", "copy", "{}"));
  EXPECT_EQ(failure_of(store_->create_job("job-1", "verify", "{}")), Errc::conflict);
  EXPECT_EQ(must(store_->find_job("job-1"))->kind, "copy");
}

TEST_P(StoreConformance, jobs_are_listed_newest_first) {
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

// --- Processes -------------------------------------------------------------------------------

TEST_P(StoreConformance, what_was_recorded_survives_kill_9) {
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
TEST_P(StoreConformance, kill_9_at_any_moment_loses_nothing_that_was_acknowledged) {
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

TEST_P(StoreConformance, processes_open_a_fresh_store_at_once) {
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

TEST_P(StoreConformance, a_policy_has_one_editor_at_a_time) {
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

INSTANTIATE_TEST_SUITE_P(Databases, StoreConformance,
                         testing::Values(Database{"sqlite",
                                                  [](const auto& directory) {
                                                    return (directory / "store.db").string();
                                                  }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace s3m::store
