#include "transfer/location.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

Location parsed(std::string_view uri) {
  auto location = parse_location(uri);
  EXPECT_TRUE(location.has_value()) << uri;
  return location ? *location : Location{};
}

std::string refusal(std::string_view uri) {
  const auto location = parse_location(uri);
  EXPECT_FALSE(location.has_value()) << uri;
  if (location) return {};
  EXPECT_EQ(location.error().code(), Errc::usage);
  return location.error().message();
}

TEST(Location, IsSplitAtTheFirstSlash) {
  EXPECT_EQ(parsed("s3://bucket"), (Location{"bucket", ""}));
  EXPECT_EQ(parsed("s3://bucket/"), (Location{"bucket", ""}));
  EXPECT_EQ(parsed("s3://bucket//a"), (Location{"bucket", "/a"}));
  EXPECT_EQ(parsed("s3://bucket/a/b/"), (Location{"bucket", "a/b/"}));
}

TEST(Location, WhatAUrlParserWouldMisreadIsPartOfThePrefix) {
  EXPECT_EQ(parsed("s3://bucket/a?b=c#d%20 e+f").prefix, "a?b=c#d%20 e+f");
  EXPECT_EQ(parsed("s3://bucket/日本/../x").prefix, "日本/../x");
}

TEST(Location, NamesOfOldBucketsAreAccepted) {
  EXPECT_EQ(parsed("s3://My_Old.Bucket/x").bucket, "My_Old.Bucket");
  EXPECT_EQ(parsed("s3://" + std::string(255, 'a')).bucket.size(), 255U);
}

TEST(Location, EveryRefusalIsOneSentenceThatSaysWhy) {
  EXPECT_NE(refusal("bucket/prefix").find("s3://"), std::string::npos);
  EXPECT_NE(refusal("S3://bucket").find("s3://"), std::string::npos);
  EXPECT_NE(refusal("").find("s3://"), std::string::npos);
  EXPECT_NE(refusal("s3://").find("no bucket"), std::string::npos);
  EXPECT_NE(refusal("s3:///prefix").find("no bucket"), std::string::npos);
  EXPECT_NE(refusal("s3://bucket/" + std::string(1025, 'x')).find("1024"), std::string::npos);
  EXPECT_NE(refusal("s3://bucket/\xff").find("UTF-8"), std::string::npos);
}

TEST(Location, BucketNamesThatS3NeverGaveAreRefused) {
  for (const std::string name : {"ab", "-abc", "abc-", "a..b", "192.168.0.1", "a b",
                                 "buck\xc3\xa9t", "arn:aws:s3:::bucket", "a@b", "abc\n"}) {
    EXPECT_NE(refusal("s3://" + name).find("naming rules"), std::string::npos) << name;
  }
  EXPECT_NE(refusal("s3://" + std::string(256, 'a')).find("naming rules"), std::string::npos);
}

TEST(Location, ARefusalShowsNoControlCharacters) {
  EXPECT_EQ(refusal("s3://a\x1b[2Jb").find('\x1b'), std::string::npos);
}

TEST(Location, ItsUriParsesBack) {
  for (const auto uri : {"s3://bucket", "s3://bucket/a/b", "s3://bucket//a?b"}) {
    EXPECT_EQ(parsed(uri).uri(), uri);
  }
}

TEST(Location, OverlapMeansOnePrefixContainsTheOther) {
  const auto overlaps = [](std::string_view a, std::string_view b) {
    const bool there = overlap(parsed(a), parsed(b));
    EXPECT_EQ(there, overlap(parsed(b), parsed(a)));
    return there;
  };
  EXPECT_TRUE(overlaps("s3://one", "s3://one"));
  EXPECT_TRUE(overlaps("s3://one", "s3://one/a"));
  EXPECT_TRUE(overlaps("s3://one/a", "s3://one/a/b"));
  EXPECT_TRUE(overlaps("s3://one/pre", "s3://one/prefix"));
  EXPECT_FALSE(overlaps("s3://one/a/", "s3://one/b/"));
  EXPECT_FALSE(overlaps("s3://one", "s3://two"));
}

TEST(Reserved, IsWhatLiesBelowTheLocationUnlessThatIsReservedItself) {
  EXPECT_EQ(reserved_below({"b", ""}), ".s3migrator/");
  EXPECT_EQ(reserved_below({"b", ".s3"}), "migrator/");
  EXPECT_EQ(reserved_below({"b", "a/"}), std::nullopt);
  EXPECT_EQ(reserved_below({"b", ".s3migrator/"}), std::nullopt);
  EXPECT_EQ(reserved_below({"b", ".s3migrator/job/"}), std::nullopt);
  EXPECT_EQ(reserved_below({}), std::nullopt) << "no bucket";
}

}  // namespace
}  // namespace s3m::transfer
