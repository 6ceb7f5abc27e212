#include "transfer/page_rules.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

aws::ListPage page_of(std::initializer_list<std::string> keys, std::string next_token = {}) {
  aws::ListPage page;
  for (const auto& key : keys)
    page.objects.push_back({.key = key});
  page.truncated = !next_token.empty();
  page.next_token = std::move(next_token);
  page.request_id = "R1";
  return page;
}

PageRules rules(std::string prefix = {}, std::string start_after = {}) {
  return PageRules("bucket", std::move(prefix), std::move(start_after));
}

// What the broken rule says, having checked that the error names the page.
std::string verdict(PageRules& rules, const aws::ListPage& page, std::string_view token = {}) {
  const auto result = rules.check(page, token);
  if (result) return "believed";
  EXPECT_EQ(result.error().code(), Errc::listing_order);
  EXPECT_EQ(result.error().retry(), RetryClass::never);
  EXPECT_EQ(result.error().bucket(), "bucket");
  EXPECT_EQ(result.error().request_id(), "R1");
  EXPECT_EQ(result.error().operation(), "ListObjectsV2");
  return result.error().message();
}

#define EXPECT_VERDICT(text, part) EXPECT_NE(text.find(part), std::string::npos) << text

TEST(PageRules, PagesInOrderAreBelieved) {
  auto r = rules("p/");
  EXPECT_EQ(verdict(r, page_of({"p/", "p/a", "p/b"}, "t1")), "believed");
  EXPECT_EQ(verdict(r, page_of({"p/c"}, "t2"), "t1"), "believed");
  EXPECT_EQ(verdict(r, page_of({}), "t2"), "believed");
}

TEST(PageRules, TheOrderIsThatOfBytes) {
  auto r = rules();
  EXPECT_EQ(verdict(r, page_of({"Z", "a", "\xc3\xa9", "\xef\xbf\xbd", "\xf0\x9f\x98\x80"})),
            "believed");
  auto utf16 = rules();
  EXPECT_VERDICT(verdict(utf16, page_of({"\xf0\x9f\x98\x80", "\xef\xbf\xbd"})), "binary order");
}

TEST(PageRules, APageOutOfOrderIsAnError) {
  auto r = rules();
  EXPECT_VERDICT(verdict(r, page_of({"a", "c", "b"})), "binary order");
}

TEST(PageRules, AKeyTwiceIsAnError) {
  auto r = rules();
  EXPECT_VERDICT(verdict(r, page_of({"a", "a"})), "binary order");
}

TEST(PageRules, APageThatDoesNotGoBeyondTheLastKeyIsAnError) {
  auto r = rules();
  ASSERT_EQ(verdict(r, page_of({"a", "b"}, "t1")), "believed");
  EXPECT_VERDICT(verdict(r, page_of({"b", "c"}), "t1"), "goes back");
}

TEST(PageRules, StartAfterIsExclusive) {
  auto r = rules("", "b");
  EXPECT_VERDICT(verdict(r, page_of({"b", "c"})), "goes back");
  auto ignored = rules("", "b");
  EXPECT_VERDICT(verdict(ignored, page_of({"a", "b"})), "goes back");
}

TEST(PageRules, AKeyOutsideThePrefixIsAnError) {
  auto r = rules("p/");
  EXPECT_VERDICT(verdict(r, page_of({"p/a", "q"})), "outside the prefix");
}

TEST(PageRules, ATruncatedPageWithoutATokenIsAnError) {
  auto r = rules();
  auto page = page_of({"a"});
  page.truncated = true;
  EXPECT_VERDICT(verdict(r, page), "no token");
}

TEST(PageRules, ARepeatedTokenIsAnError) {
  auto r = rules();
  ASSERT_EQ(verdict(r, page_of({"a"}, "t1")), "believed");
  EXPECT_VERDICT(verdict(r, page_of({"b"}, "t1"), "t1"), "repeats its token");
}

TEST(PageRules, EmptyPagesThatGoOnAreBelievedButNotForEver) {
  auto r = rules();
  std::string last = "believed";
  int believed = 0;
  for (std::string token; last == "believed" && believed < 5000; ++believed) {
    auto next = "t" + std::to_string(believed);
    last = verdict(r, page_of({}, next), token);
    token = next;
  }
  EXPECT_VERDICT(last, "without an end");
  EXPECT_GT(believed, 100);
}

}  // namespace
}  // namespace s3m::transfer
