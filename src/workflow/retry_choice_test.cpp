#include "workflow/retry_choice.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using store::JobState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

const std::string plain = R"({"delete": false, "if_exists": "skip-same"})";

store::JobRecord ended(std::string spec = plain, std::string kind = "copy") {
  return {.id = "j",
          .kind = std::move(kind),
          .spec = std::move(spec),
          .state = JobState::done,
          .exit_code = exit_failed_objects,
          .created_at = {},
          .updated_at = {}};
}

template <class T>
std::string refusal(const Result<T>& result) {
  if (result || result.error().code() != Errc::refused) return "NOT REFUSED";
  return result.error().describe();
}

TEST(RetryChoice, IsOneText) {
  const RetryChoice choice{.first = 3, .last = 9, .numbers = {4, 7}};
  EXPECT_EQ(decode_choice(encode(choice)), choice);
  EXPECT_FALSE(decode_choice(""));
  EXPECT_FALSE(decode_choice("3 9"));
  EXPECT_FALSE(decode_choice("3 9 x"));
}

// Each of these would do more than was asked, or end with more left undone than is told.
TEST(RetryChoice, IsMadeWhereTheOthersCanBeLeftAlone) {
  EXPECT_TRUE(may_choose(ended()));
  EXPECT_THAT(refusal(may_choose(ended(R"({"delete": true})"))), HasSubstr("deletes"));
  EXPECT_THAT(refusal(may_choose(ended(R"({"if_exists": "overwrite"})"))), HasSubstr("overwrites"));
  EXPECT_THAT(refusal(may_choose(ended("{}", "migrate"))), HasSubstr("no copy"));
  auto job = ended();
  job.exit_code = exit_verified;
  EXPECT_THAT(refusal(may_choose(job)), HasSubstr("no failures"));
  for (const auto state : {JobState::running, JobState::paused, JobState::failed}) {
    job.state = state;
    EXPECT_THAT(refusal(may_choose(job)), HasSubstr("not come to its end"));
  }
}

class RetryChoiceStore : public testing::Test {
 protected:
  RetryChoiceStore() {
    std::filesystem::create_directory(directory_);
    auto opened = store::open_store({.url = (directory_ / "store.db").string()});
    EXPECT_TRUE(opened) << opened.error().describe();
    store_ = *std::move(opened);
    EXPECT_TRUE(store_->create_job("j", "copy", plain));
  }
  ~RetryChoiceStore() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void failed(std::uint64_t number, std::string bucket, std::string key) {
    EXPECT_TRUE(store_->add_failures("j", {{.number = number,
                                            .time = {},
                                            .operation = "CopyObject",
                                            .bucket = std::move(bucket),
                                            .key = std::move(key),
                                            .version = {},
                                            .code = "access_denied",
                                            .service_code = {},
                                            .request_id = {},
                                            .message = {}}}));
  }
  Result<RetryChoice> choose(std::vector<std::uint64_t> numbers) {
    return choose_failures(*store_, ended(), std::move(numbers));
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-choice-" + random_hex(6));
  std::unique_ptr<store::Store> store_;
};

TEST_F(RetryChoiceStore, IsAmongTheFailuresThatCount) {
  for (std::uint64_t number = 1; number <= 4; ++number)
    failed(number, "from", "p/" + std::to_string(number));
  ASSERT_TRUE(store_->set_fact("j", settled_fact, "2"));
  const auto choice = choose({4, 3, 4});
  ASSERT_TRUE(choice) << choice.error().describe();
  EXPECT_EQ(*choice, (RetryChoice{.first = 3, .last = 4, .numbers = {3, 4}}));
  EXPECT_THAT(refusal(choose({2})), HasSubstr("no failure with the number 2"));
  EXPECT_THAT(refusal(choose({5})), HasSubstr("no failure with the number 5"));
}

TEST_F(RetryChoiceStore, LeavesObjectsOfWhichNothingWasChosen) {
  failed(1, "from", "p/a");
  failed(2, "there", "q/b");
  failed(3, "there", "q/a");
  failed(4, "elsewhere", "c");
  const auto source = transfer::parse_location("s3://from/p/").value();
  const auto destination = transfer::parse_location("s3://there/q/").value();
  const auto left = [&](std::vector<std::uint64_t> numbers) {
    const auto choice = choose(std::move(numbers)).value();
    return left_by_key(chosen_failures(*store_, "j", choice).value(), source, destination);
  };
  EXPECT_THAT(left({2}), ElementsAre(Key("a")));
  EXPECT_THAT(left({3}), ElementsAre(Key("b"))) << "the same object, seen from the other side";
  EXPECT_THAT(left({1, 2}), testing::IsEmpty());
}

}  // namespace
}  // namespace s3m::workflow
