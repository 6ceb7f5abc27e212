#include "aws/credentials.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "aws/test_loop.hpp"
#include "net/task_group.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

// Gives what the test laid out, each time after others have had their turn.
class ScriptedSource final : public CredentialsSource {
 public:
  struct State {
    std::deque<Result<Credentials>> answers;
    int fetches = 0;
  };
  ScriptedSource(net::Loop& loop, State& state) : state_(state), turn_(loop) {}

  net::Task<Result<Credentials>> fetch() override {
    ++state_.fetches;
    co_await net::sleep_for(1us);
    if (state_.answers.empty()) co_return fail(Errc::connect, "nobody there");
    auto answer = std::move(state_.answers.front());
    state_.answers.pop_front();
    co_return answer;
  }
  std::string describe() const override { return "a script"; }

 private:
  State& state_;
  net::Signal turn_;
};

class IdentityTest : public testing::Test {
 protected:
  void answer(std::string id, std::optional<std::chrono::milliseconds> life) {
    Credentials credentials{.access_key_id = std::move(id)};
    if (life) credentials.expiration = clock_.now() + *life;
    source_.answers.emplace_back(std::move(credentials));
  }
  // The access key id, or the name of the error.
  std::string get() {
    auto result = run(loop_, identity_.get());
    return result ? (*result)->access_key_id : std::string(name(result.error().code()));
  }
  Identity::Handle handle() { return run(loop_, identity_.get()).value(); }
  int fetches() const { return source_.fetches; }

  net::Loop loop_;
  ManualClock clock_{WallTime(1'700'000'000s)};
  ScriptedSource::State source_;
  Identity identity_{loop_, std::make_unique<ScriptedSource>(loop_, source_), clock_};
};

TEST_F(IdentityTest, LongTermKeysAreFetchedOnce) {
  answer("A", std::nullopt);
  EXPECT_EQ(identity_.ready(), nullptr);
  EXPECT_EQ(get(), "A");
  clock_.advance(24h * 365);
  EXPECT_EQ(get(), "A");
  EXPECT_EQ(identity_.ready()->access_key_id, "A");
  EXPECT_EQ(fetches(), 1);
}

TEST_F(IdentityTest, AnHourIsRenewedFifteenMinutesBeforeItsEnd) {
  answer("A", 1h);
  answer("B", 2h);
  EXPECT_EQ(get(), "A");
  clock_.advance(45min);
  EXPECT_EQ(get(), "A");
  clock_.advance(1ms);
  EXPECT_EQ(identity_.ready(), nullptr);
  EXPECT_EQ(get(), "B");
}

TEST_F(IdentityTest, AShortSessionIsRenewedInItsLastQuarter) {
  answer("A", 20min);
  answer("B", 1h);
  EXPECT_EQ(get(), "A");
  clock_.advance(15min);
  EXPECT_EQ(get(), "A");
  clock_.advance(1ms);
  EXPECT_EQ(get(), "B");
}

TEST_F(IdentityTest, AFailedEarlyRenewalKeepsTheOldOnesAndWaits) {
  answer("A", 1h);
  EXPECT_EQ(get(), "A");
  clock_.advance(50min);
  EXPECT_EQ(get(), "A");
  EXPECT_EQ(fetches(), 2);
  clock_.advance(29s);
  EXPECT_EQ(get(), "A");
  EXPECT_EQ(fetches(), 2);
  clock_.advance(1s);
  answer("B", 1h);
  EXPECT_EQ(get(), "B");
  EXPECT_EQ(fetches(), 3);
}

TEST_F(IdentityTest, AFailureCountsOnceTheOldOnesAreOver) {
  answer("A", 1h);
  EXPECT_EQ(get(), "A");
  clock_.advance(59min + 50s);
  EXPECT_EQ(get(), "A");
  clock_.advance(10s);
  EXPECT_EQ(get(), "connect");
  EXPECT_EQ(get(), "connect");
  answer("B", 1h);
  EXPECT_EQ(get(), "B");
}

TEST_F(IdentityTest, TheFirstFailureIsTheCallers) {
  EXPECT_EQ(get(), "connect");
  answer("A", 1h);
  EXPECT_EQ(get(), "A");
}

TEST_F(IdentityTest, RejectedCredentialsAreRenewedWhateverTheySay) {
  answer("A", 1h);
  answer("B", 1h);
  const auto old = handle();
  identity_.rejected(old);
  EXPECT_EQ(identity_.ready(), nullptr);
  EXPECT_EQ(get(), "B");
  identity_.rejected(old);  // someone has renewed them since
  EXPECT_EQ(get(), "B");
  EXPECT_EQ(fetches(), 2);
}

TEST_F(IdentityTest, RejectedCredentialsAreNotUsedWhenTheRenewalFails) {
  answer("A", 1h);
  identity_.rejected(handle());
  EXPECT_EQ(get(), "connect");
  answer("B", 1h);
  EXPECT_EQ(get(), "B");
}

TEST_F(IdentityTest, ASuspicionRenewsAtMostEveryHalfMinute) {
  answer("A", 1h);
  answer("B", 1h);
  const auto first = handle();
  EXPECT_FALSE(identity_.suspected(first));
  clock_.advance(30s);
  EXPECT_TRUE(identity_.suspected(first));
  EXPECT_EQ(get(), "B");
  EXPECT_TRUE(identity_.suspected(first));  // others are there to try
  EXPECT_FALSE(identity_.suspected(identity_.ready()));
  EXPECT_EQ(fetches(), 2);
}

TEST_F(IdentityTest, ASuspicionAgainstWhatIsOverIsHeard) {
  answer("A", 2s);
  const auto old = handle();
  clock_.advance(2s);
  EXPECT_TRUE(identity_.suspected(old));
}

TEST_F(IdentityTest, LongTermKeysAreAboveSuspicion) {
  answer("A", std::nullopt);
  const auto keys = handle();
  clock_.advance(1h);
  EXPECT_FALSE(identity_.suspected(keys));
}

TEST_F(IdentityTest, CredentialsThatCameExpiredAreLeftToTheServiceToJudge) {
  answer("A", -2h);
  EXPECT_EQ(get(), "A");
  EXPECT_EQ(get(), "A");
  EXPECT_EQ(fetches(), 1);
  clock_.advance(30s);
  answer("B", 1h);
  EXPECT_EQ(get(), "B");
}

TEST_F(IdentityTest, OneRenewalServesAllWhoWait) {
  answer("A", 1h);
  net::TaskGroup group(loop_);
  int served = 0;
  const auto ask = [](Identity& identity, int& count) -> net::Task<void> {
    const auto result = co_await identity.get();
    count += result && (*result)->access_key_id == "A" ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i)
    group.spawn(ask(identity_, served));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(served, 10);
  EXPECT_EQ(fetches(), 1);
}

TEST_F(IdentityTest, OneFailureServesAllWhoWait) {
  net::TaskGroup group(loop_);
  int failed = 0;
  const auto ask = [](Identity& identity, int& count) -> net::Task<void> {
    const auto result = co_await identity.get();
    count += !result && result.error().code() == Errc::connect ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i)
    group.spawn(ask(identity_, failed));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(failed, 10);
  EXPECT_EQ(fetches(), 1);
}

TEST_F(IdentityTest, OthersGoOnWithTheOldOnesWhileOneRenewsEarly) {
  answer("A", 1h);
  EXPECT_EQ(get(), "A");
  clock_.advance(50min);
  answer("B", 1h);
  net::TaskGroup group(loop_);
  std::string first, second;
  const auto ask = [](Identity& identity, std::string& id) -> net::Task<void> {
    const auto result = co_await identity.get();
    id = result ? (*result)->access_key_id : "";
  };
  group.spawn(ask(identity_, first));
  group.spawn(ask(identity_, second));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(first, "B");
  EXPECT_EQ(second, "A");
}

}  // namespace
}  // namespace s3m::aws
