#include "console/failure_counts.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::console {
namespace {

class FailureCountsTest : public testing::Test {
 protected:
  FailureCountsTest() {
    std::filesystem::create_directory(directory_);
    store_ = store::open_store({.url = (directory_ / "store.db").string()}).value();
    EXPECT_TRUE(store_->create_job("j", "copy", "{}"));
  }
  ~FailureCountsTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void add(std::uint64_t number, const std::string& code) {
    ASSERT_TRUE(store_->add_failures(
        "j", {{.number = number, .operation = "CopyObject", .key = "k", .code = code}}));
  }
  FailureCounts::Counts counted() { return counts_.of(*store_, "j").value(); }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-counts-" + random_hex(6));
  std::unique_ptr<store::Store> store_;
  FailureCounts counts_;
};

TEST_F(FailureCountsTest, CountsOnFromWhatItKnows) {
  EXPECT_EQ(counted().total, 0u);
  add(1, "access_denied");
  EXPECT_EQ(counted().total, 1u);
  add(2, "throttled");
  add(3, "throttled");
  const auto counts = counted();
  EXPECT_EQ(counts.total, 3u);
  ASSERT_EQ(counts.groups.size(), 2u);
  EXPECT_EQ(counts.groups[0].example.code, "throttled") << "the most frequent first";
  EXPECT_EQ(counts.groups[0].count, 2u);
  EXPECT_EQ(counted().total, 3u);
}

TEST_F(FailureCountsTest, EachAttemptBeginsAnew) {
  add(1, "access_denied");
  add(2, "access_denied");
  EXPECT_EQ(counted().total, 2u);
  ASSERT_TRUE(store_->clear_failures("j", 0));
  ASSERT_TRUE(store_->begin_attempt("j"));
  add(1, "throttled");
  const auto counts = counted();
  EXPECT_EQ(counts.total, 1u);
  EXPECT_EQ(counts.groups.at(0).example.code, "throttled");
}

TEST_F(FailureCountsTest, WhatALaterPassAnswersCountsNoMore) {
  add(1, "mismatch");
  add(2, "mismatch");
  EXPECT_EQ(counted().total, 2u);
  ASSERT_TRUE(store_->set_fact("j", workflow::settled_fact, "2"));
  EXPECT_EQ(counted().total, 0u);
  add(3, "throttled");
  const auto counts = counted();
  EXPECT_EQ(counts.total, 1u);
  EXPECT_EQ(counts.groups.at(0).example.code, "throttled");
}

TEST_F(FailureCountsTest, AJobThatIsGoneIsNotThere) {
  add(1, "throttled");
  EXPECT_EQ(counted().total, 1u);
  ASSERT_TRUE(store_->delete_job("j"));
  EXPECT_EQ(counts_.of(*store_, "j").error().code(), Errc::not_found);
}

}  // namespace
}  // namespace s3m::console
