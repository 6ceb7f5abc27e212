#include "console/doorkeeper.hpp"

#include <gtest/gtest.h>

namespace s3m::console {
namespace {

using namespace std::chrono_literals;

const std::string operator_token = "operator-token-0123456789";
const std::string viewer_token = "viewer-token-0123456789";

class DoorkeeperTest : public ::testing::Test {
 protected:
  std::string open(const std::string& token) {
    const auto opened = keeper_.open(token, "peer");
    const auto* const session = std::get_if<Opened>(&opened);
    return session == nullptr ? "" : session->id;
  }

  ManualClock clock_{WallTime(1'800'000'000'000ms)};
  Doorkeeper keeper_{{.operator_token = *hash_of_token(operator_token),
                      .viewer_token = *hash_of_token(viewer_token),
                      .idle = 10min,
                      .longest = 1h,
                      .attempts = {.failures = 3, .each = 10s},
                      .clock = &clock_}};
};

TEST_F(DoorkeeperTest, EachTokenOpensItsRole) {
  EXPECT_EQ(keeper_.session(open(operator_token))->role, Role::operator_);
  EXPECT_EQ(keeper_.session(open(viewer_token))->role, Role::viewer);
  EXPECT_EQ(open("operator-token-012345678"), "");
  EXPECT_EQ(open(operator_token + "x"), "");
  EXPECT_EQ(keeper_.failures(), 2u);
}

TEST_F(DoorkeeperTest, NothingElseIsASession) {
  const auto id = open(operator_token);
  EXPECT_EQ(id.size(), 64u);
  EXPECT_NE(id, open(operator_token));
  EXPECT_FALSE(keeper_.session(""));
  EXPECT_FALSE(keeper_.session(operator_token));
  EXPECT_FALSE(keeper_.session(id.substr(1)));
}

TEST_F(DoorkeeperTest, ASessionEndsWhenItIsNotUsed) {
  const auto id = open(operator_token);
  clock_.advance(9min);
  EXPECT_TRUE(keeper_.session(id));
  clock_.advance(9min);
  EXPECT_TRUE(keeper_.session(id));
  clock_.advance(10min);
  EXPECT_FALSE(keeper_.session(id));
}

TEST_F(DoorkeeperTest, ASessionEndsHoweverMuchItIsUsed) {
  const auto id = open(operator_token);
  for (int i = 0; i < 7; ++i) {
    clock_.advance(8min);
    EXPECT_TRUE(keeper_.session(id));
  }
  EXPECT_EQ(keeper_.session(id)->expires_at, clock_.now() + 4min);
  clock_.advance(4min);
  EXPECT_FALSE(keeper_.session(id));
}

TEST_F(DoorkeeperTest, SigningOutEndsOneSession) {
  const auto first = open(operator_token), second = open(operator_token);
  keeper_.close(first);
  EXPECT_FALSE(keeper_.session(first));
  EXPECT_TRUE(keeper_.session(second));
  EXPECT_EQ(keeper_.sessions(), 1u);
}

TEST_F(DoorkeeperTest, WhoGuessesIsNotHeardAnyMore) {
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(std::holds_alternative<Wrong>(keeper_.bearer("a-wrong-token-of-mine", "peer")));
  const auto refused = keeper_.bearer(operator_token, "peer");
  ASSERT_TRUE(std::holds_alternative<TooMany>(refused));
  EXPECT_EQ(std::get<TooMany>(refused).wait, 10s);
  EXPECT_TRUE(std::holds_alternative<TooMany>(keeper_.open(operator_token, "peer")));
  EXPECT_TRUE(std::holds_alternative<Known>(keeper_.bearer(operator_token, "another")));
  clock_.advance(10s);
  EXPECT_TRUE(std::holds_alternative<Known>(keeper_.bearer(operator_token, "peer")));
}

TEST_F(DoorkeeperTest, AskedAgainOnlyTheOperatorsTokenWillDo) {
  EXPECT_TRUE(std::holds_alternative<Known>(keeper_.again(operator_token, "peer")));
  EXPECT_TRUE(std::holds_alternative<Wrong>(keeper_.again(viewer_token, "peer")));
  EXPECT_TRUE(std::holds_alternative<Wrong>(keeper_.again("", "peer")));
}

TEST_F(DoorkeeperTest, TheOldestSessionMakesRoom) {
  const auto first = open(operator_token);
  for (std::size_t i = 0; i < Doorkeeper::most_sessions; ++i)
    EXPECT_NE(open(viewer_token), "");
  EXPECT_EQ(keeper_.sessions(), Doorkeeper::most_sessions);
  EXPECT_FALSE(keeper_.session(first));
}

TEST(Token, IsNotShortAndNotOdd) {
  EXPECT_TRUE(hash_of_token("0123456789abcdef"));
  EXPECT_FALSE(hash_of_token("0123456789abcde"));
  EXPECT_FALSE(hash_of_token("0123456789abcdef\n"));
  EXPECT_FALSE(hash_of_token("0123456789 abcdef"));
  EXPECT_FALSE(hash_of_token("0123456789abcdef\xC3\xA4"));
}

}  // namespace
}  // namespace s3m::console
