// store_conformance.hpp: what the tests that every database under the store must pass stand on. A
// database is added by a line in databases().
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.hpp"
#include "store/process_identity.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace s3m::store {

struct Database {
  std::string name;
  // The URL of an empty database, which may be kept below `directory`.
  std::function<std::string(const std::filesystem::path& directory)> fresh;
  friend std::ostream& operator<<(std::ostream& out, const Database& database) {
    return out << database.name;
  }
};

// Of the server that ctest starts for these tests (tests/tools/postgres.py); empty without one.
std::string fresh_postgres_database();

inline std::vector<Database> databases() {
  return {{"sqlite", [](const auto& directory) { return (directory / "store.db").string(); }},
          {"postgres", [](const auto&) { return fresh_postgres_database(); }}};
}

inline const WallTime start = parse_iso8601("2026-11-22T16:28:05.007Z").value();
inline const BucketRef photos{"http://127.0.0.1:9000", "photos"};
inline const BucketRef films{"http://127.0.0.1:9000", "films"};
inline const BucketRef other_photos{"aws", "photos"};

class StoreConformance : public testing::TestWithParam<Database> {
 protected:
  StoreConformance() : url_(GetParam().fresh(directory_.path())) {}

  void SetUp() override {
    if (url_.empty()) GTEST_SKIP() << "no PostgreSQL server here";
    store_ = open();
  }

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

// Tests of SUITE run on every database.
#define S3M_ON_EVERY_DATABASE(SUITE)                                         \
  INSTANTIATE_TEST_SUITE_P(Databases, SUITE, testing::ValuesIn(databases()), \
                           [](const auto& info) { return info.param.name; })

inline UploadRecord upload(std::string key, std::string id) {
  return {.job_id = "job-1",
          .destination = photos,
          .key = std::move(key),
          .upload_id = std::move(id),
          .source = {.bucket = films,
                     .key = std::string("source/\xFF\0\n'\"%", 13),
                     .version = "v1",
                     .etag = "\"0123-3\"",
                     .last_modified = start - std::chrono::hours(24),
                     .size = 5ULL << 40U},
          .part_sizes = {8 << 20, 8 << 20, 17},
          .settings = "fingerprint",
          .created_at = start};
}

inline GrantRecord grant(BucketRef bucket, std::string sid) {
  return {.bucket = std::move(bucket),
          .sid = std::move(sid),
          .job_id = "job-1",
          .dialect = "account-root",
          .original_policy =
              std::string("{\"Version\": \"2012-10-17\",\r\n \"Id\": \"\xFF") + '\0' + "\"}",
          .created_at = start};
}

inline LockOwner me(std::string job = "job-1") {
  return {std::move(job), this_process()};
}

}  // namespace s3m::store
