#include "transfer/filter.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

bool matches(std::string pattern, std::string_view key) {
  return Filter({{false, "*"}, {true, std::move(pattern)}}).matches(key);
}

TEST(Filter, WithoutRulesEverythingIsIncluded) {
  EXPECT_TRUE(Filter().matches("any/key"));
  EXPECT_TRUE(Filter().empty());
}

TEST(Filter, TheLastRuleThatMatchesDecides) {
  const Filter only_text({{false, "*"}, {true, "*.txt"}, {false, "secret*"}});
  EXPECT_TRUE(only_text.matches("a/b.txt"));
  EXPECT_FALSE(only_text.matches("a/b.jpg"));
  EXPECT_FALSE(only_text.matches("secret/b.txt"));
  const Filter reversed({{true, "*.txt"}, {false, "*"}});
  EXPECT_FALSE(reversed.matches("a.txt"));
}

TEST(Filter, AnIncludeAloneExcludesNothing) {
  EXPECT_TRUE(Filter({{true, "*.txt"}}).matches("a.jpg"));
}

TEST(Filter, AStarRunsOverSlashesAndNothing) {
  EXPECT_TRUE(matches("*", "a/b/c"));
  EXPECT_TRUE(matches("a*c", "ac"));
  EXPECT_TRUE(matches("a*c", "a/b/c"));
  EXPECT_FALSE(matches("a*c", "a/b/cd"));
  EXPECT_TRUE(matches("*ab*ab", "aabab"));
  EXPECT_TRUE(matches("**a**", "a"));
}

TEST(Filter, APatternCoversTheWholeKey) {
  EXPECT_FALSE(matches("a", "ab"));
  EXPECT_FALSE(matches("ab", "a"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(Filter, AQuestionMarkIsOneCharacterNotOneByte) {
  EXPECT_TRUE(matches("?", "é"));
  EXPECT_TRUE(matches("a?c", "a日c"));
  EXPECT_FALSE(matches("?", ""));
  EXPECT_FALSE(matches("?", "ab"));
  EXPECT_TRUE(matches("?", "\xff"));
}

TEST(Filter, ASetIsOneOfItsCharacters) {
  EXPECT_TRUE(matches("[abc]", "b"));
  EXPECT_FALSE(matches("[abc]", "d"));
  EXPECT_FALSE(matches("[!abc]", "b"));
  EXPECT_TRUE(matches("[!abc]", "d"));
  EXPECT_TRUE(matches("log[0-9]", "log7"));
  EXPECT_FALSE(matches("log[0-9]", "logx"));
  EXPECT_TRUE(matches("[éà]", "à"));
  EXPECT_TRUE(matches("[]a]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
}

TEST(Filter, ABracketThatIsNotClosedIsItself) {
  EXPECT_TRUE(matches("a[b", "a[b"));
  EXPECT_FALSE(matches("a[b", "ab"));
  EXPECT_TRUE(matches("[", "["));
  EXPECT_TRUE(matches("[!", "[!"));
}

TEST(Filter, ABackslashIsItself) {
  EXPECT_TRUE(matches("a\\*", "a\\b"));
}

TEST(Filter, ManyStarsAgainstALongKeyEndSoon) {
  std::string pattern;
  for (int i = 0; i < 100; ++i)
    pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", std::string(1024, 'a')));
}

}  // namespace
}  // namespace s3m::transfer
