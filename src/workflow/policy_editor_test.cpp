#include "workflow/policy_editor.hpp"

#include <gmock/gmock.h>

#include "net/task_group.hpp"
#include "workflow/policy_test_support.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string sid = own_sid(closed_sid_prefix, "job");
const std::string ours =
    R"({"Sid":")" + sid +
    R"(","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"})";
const std::string carried = R"({"Sid":"Own","Effect":"Allow","Principal":"*",)"
                            R"("Action":"s3:GetObject","Resource":"*"})";

std::string policy_of(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

// The policy carried, beside ours if that stands.
Result<std::string> carry(const std::optional<std::string>& current) {
  const bool closed = current && current->contains(sid);
  auto wanted = policy_of(closed ? carried + "," + ours : carried);
  return current && says_the_same(*current, wanted) ? *current : wanted;
}

class PolicyEditorTest : public PolicyTest {
 protected:
  Result<void> edit(PolicyEditor::Edit edit) {
    auto edits = editor();
    return run_task(loop_, edits.edit(std::move(edit)));
  }
};

TEST_F(PolicyEditorTest, AnEditIsPutAndReadBack) {
  policy_.document = policy_of(ours);
  ASSERT_TRUE(edit(carry));
  EXPECT_THAT(policy_.written, SizeIs(1));
  EXPECT_THAT(*policy_.document, AllOf(HasSubstr("Own"), HasSubstr(sid)));
}

TEST_F(PolicyEditorTest, WhatIsThereAlreadyIsNotPut) {
  policy_.document = policy_of(carried + ",  " + ours);
  ASSERT_TRUE(edit(carry));
  EXPECT_THAT(policy_.written, SizeIs(0));
}

TEST_F(PolicyEditorTest, WhatOthersOverwriteIsPutAgainAndNotForEver) {
  policy_.on_write = [&] {
    if (policy_.written.size() == 1) policy_.document = others;
  };
  ASSERT_TRUE(edit(carry));
  EXPECT_THAT(policy_.written, SizeIs(2));

  policy_.on_write = [&] { policy_.document = others; };
  policy_.document.reset();
  const auto lost = edit(carry);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Errc::conflict);
}

TEST_F(PolicyEditorTest, AnEditThatCannotBeMadePutsNothing) {
  const auto refused = edit([](const std::optional<std::string>&) -> Result<std::string> {
    return fail(Errc::too_large, "too large");
  });
  EXPECT_EQ(refused.error().code(), Errc::too_large);
  EXPECT_THAT(policy_.written, SizeIs(0));
}

// G21: nobody else edits while it is read and put.
TEST_F(PolicyEditorTest, AnEditHoldsTheBucketsLock) {
  bool free = true;
  policy_.on_write = [&] {
    const auto lock = store_->run_blocking([&](store::Store& store) {
      return store.try_lock_policy(bucket_, {.job_id = "other", .process = "other"}, 1s);
    });
    free = lock->ours;
  };
  ASSERT_TRUE(edit(carry));
  EXPECT_FALSE(free);
}

// One side of a policy that takes its time, and is told of in `log`.
class SlowPolicy final : public PolicyAccess {
 public:
  SlowPolicy(FakePolicy& policy, char name, std::string& log)
      : policy_(policy), name_(name), log_(log) {}

  net::Task<Result<std::optional<std::string>>> read() override {
    co_await turn();
    co_return co_await policy_.read();
  }
  net::Task<Result<void>> write(std::string document) override {
    co_await turn();
    co_return co_await policy_.write(std::move(document));
  }
  net::Task<Result<void>> remove() override {
    co_await turn();
    co_return co_await policy_.remove();
  }

 private:
  net::Task<void> turn() {
    log_ += name_;
    co_await net::sleep_for(1ms);
  }

  FakePolicy& policy_;
  char name_;
  std::string& log_;
};

TEST_F(PolicyEditorTest, TwoEditorsDoNotUndoEachOther) {
  policy_.document = policy_of(ours);
  std::string log;
  SlowPolicy first(policy_, 'a', log), second(policy_, 'b', log);
  const Pause pause = [](std::chrono::milliseconds) -> net::Task<bool> {
    co_await net::sleep_for(50ms);
    co_return true;
  };
  PolicyEditor edits(loop_, *store_, first, bucket_, "one", pause);
  PolicyEditor removes(loop_, *store_, second, bucket_, "two", pause);
  const auto both = [&]() -> net::Task<bool> {
    bool edited = false, removed = false;
    const auto edit = [&]() -> net::Task<void> {
      const auto done = co_await edits.edit(carry);
      edited = done.has_value();
    };
    const auto remove = [&]() -> net::Task<void> {
      const auto done = co_await removes.remove(sid);
      removed = done.has_value();
    };
    net::TaskGroup group(loop_);
    group.spawn(edit());
    group.spawn(remove());
    co_await group.join();
    co_return edited&& removed;
  };
  EXPECT_TRUE(run_task(loop_, both()));
  EXPECT_THAT(*policy_.document, AllOf(HasSubstr("Own"), Not(HasSubstr(sid))));
  // Each at one go.
  log.erase(std::ranges::unique(log).begin(), log.end());
  EXPECT_THAT(log, testing::AnyOf("ab", "ba"));
}

}  // namespace
}  // namespace s3m::workflow
