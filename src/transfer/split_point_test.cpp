#include "transfer/split_point.hpp"

#include <random>

#include <gtest/gtest.h>

#include "base/key_scalars.hpp"

namespace s3m::transfer {
namespace {

KeyAlphabet learned(std::initializer_list<std::u32string_view> keys) {
  KeyAlphabet alphabet;
  for (const auto key : keys)
    alphabet.learn(key);
  return alphabet;
}

TEST(KeyAlphabet, KnowsWhatStandsWhere) {
  const auto alphabet = learned({U"a/1", U"a/7"});
  EXPECT_EQ(alphabet.at(0), U"a");
  EXPECT_EQ(alphabet.at(1), U"/");
  EXPECT_EQ(alphabet.at(2), U"17");
  EXPECT_EQ(alphabet.at(9), U"/17a") << "nothing is known: what stands anywhere";
}

TEST(KeyAlphabet, TakesDigitsForDigitsUntilItIsWrong) {
  auto alphabet = learned({U"1-0", U"2-9"});
  EXPECT_EQ(alphabet.at(0), U"0129");
  for (int i = 0; i < 3; ++i)
    alphabet.missed(0);
  EXPECT_EQ(alphabet.at(0), U"12");
}

TEST(KeyAlphabet, FractionsKeepTheOrder) {
  const auto alphabet = learned({U"a0", U"b5", U"c9"});
  double last = -1;
  for (const auto* key : {U"", U"a0", U"a9", U"b", U"b5", U"c9", U"d"}) {
    const double fraction = alphabet.fraction(key, 0);
    EXPECT_GE(fraction, last);
    EXPECT_LE(fraction, 1);
    last = fraction;
  }
  EXPECT_EQ(last, 1);
}

TEST(PointBeyond, ComesAfterAllThatShareThePlaces) {
  const Rest rest{U"logs/2024/01", std::nullopt};
  EXPECT_EQ(point_beyond(rest, 0), U"m");
  EXPECT_EQ(point_beyond(rest, 8), U"logs/2025");
  EXPECT_EQ(point_beyond(rest, 12), std::nullopt);
  EXPECT_EQ(point_beyond({U"a1", U"a2"}, 1), std::nullopt) << "that is where the rest ends";
  EXPECT_EQ(point_beyond({U"\x10FFFD", std::nullopt}, 0), std::nullopt);
}

TEST(PointBetween, HalvesByWhatWasSeen) {
  const auto digits =
      learned({U"k0", U"k1", U"k2", U"k3", U"k4", U"k5", U"k6", U"k7", U"k8", U"k9"});
  EXPECT_EQ(point_between({U"k0", U"k9"}, digits), U"k4");
  EXPECT_EQ(point_between({U"k2", U"k4"}, digits), U"k3");
}

TEST(PointBetween, FindsNoneWhereNothingFits) {
  EXPECT_EQ(point_between({U"a", U"a "}, KeyAlphabet{}), std::nullopt);
}

TEST(PointBetween, NeverInventsWhatAServiceMightRefuse) {
  std::mt19937 random(1);
  const std::u32string scalars = U"\x01 ~\x7F\x9F\xA0\xD7FF\xE000\xFFFD\xFFFE\xFFFF\U0010FFFD";
  const auto key = [&] {
    std::u32string text;
    for (auto length = 1 + random() % 4; length > 0; --length)
      text += scalars[random() % scalars.size()];
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const Rest rest{key(), random() % 2 == 0 ? std::optional(key()) : std::nullopt};
    if (rest.until && *rest.until <= rest.current) continue;
    const auto point = point_between(rest, KeyAlphabet{});
    if (!point) continue;
    EXPECT_TRUE(rest.contains(*point));
    EXPECT_TRUE(fits_in_bound(point->back()));
    EXPECT_EQ(scalars_of(key_of(*point)), *point);
  }
}

}  // namespace
}  // namespace s3m::transfer
