#include "workflow/earlier_runs.hpp"

#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::workflow {
namespace {

class EarlierRunsTest : public ::testing::Test {
 protected:
  EarlierRunsTest() {
    std::filesystem::create_directory(directory_);
    auto opened = store::open_store({.url = (directory_ / "store.db").string()});
    EXPECT_TRUE(opened);
    store_ = *std::move(opened);
    EXPECT_TRUE(store_->create_job("j", "copy", "{}"));
  }
  ~EarlierRunsTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void ended(const SummaryEvent& summary) {
    ASSERT_TRUE(store_->set_fact("j", summary_fact, to_json_line({}, summary)));
  }
  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-runs-" + random_hex(6));
  std::unique_ptr<store::Store> store_;
};

TEST_F(EarlierRunsTest, AddUpUntilTheJobIsBegunAnew) {
  EXPECT_EQ(*earlier_runs(*store_, "j"), EarlierRuns());
  ended({.copied = 4, .copied_bytes = 40, .retried = 2, .elapsed_seconds = 11});
  ASSERT_TRUE(count_last_run(*store_, "j", false));
  // Killed: it has told figures, and no end.
  ASSERT_TRUE(store_->set_fact("j", summary_fact, ""));
  ASSERT_TRUE(store_->set_fact(
      "j", progress_fact,
      to_json_line({}, ProgressEvent{.copied = 3, .throttled = 5, .elapsed_seconds = 2})));
  ASSERT_TRUE(count_last_run(*store_, "j", false));
  EXPECT_EQ(*earlier_runs(*store_, "j"), (EarlierRuns{.runs = 2,
                                                      .seconds = 13,
                                                      .copied = 7,
                                                      .copied_bytes = 40,
                                                      .retried = 2,
                                                      .throttled = 5}));
  ASSERT_TRUE(count_last_run(*store_, "j", true));
  EXPECT_EQ(*earlier_runs(*store_, "j"), EarlierRuns());
}

}  // namespace
}  // namespace s3m::workflow
