#include "transfer/upload_plan.hpp"

#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

constexpr std::uint64_t gibibyte = 1024 * mebibyte;
constexpr std::uint64_t tebibyte = 1024 * gibibyte;

std::vector<std::uint64_t> planned(std::uint64_t size, std::uint64_t part_size = 0) {
  const auto parts = plan_parts(size, part_size);
  EXPECT_TRUE(parts.has_value());
  return parts ? *parts : std::vector<std::uint64_t>{};
}

TEST(UploadPlan, SmallObjectsAreCutInPartsOf64MiB) {
  const auto parts = planned(257 * mebibyte);
  ASSERT_EQ(parts.size(), 5U);
  EXPECT_EQ(parts.front(), 64 * mebibyte);
  EXPECT_EQ(parts.back(), mebibyte);
}

TEST(UploadPlan, LargerObjectsHaveLargerParts) {
  EXPECT_EQ(planned(16 * gibibyte).size(), 256U);
  EXPECT_EQ(planned(tebibyte).size(), 256U);
  EXPECT_EQ(planned(tebibyte).front(), 4 * gibibyte);
  EXPECT_EQ(planned(10 * tebibyte).front(), 5 * gibibyte);
}

TEST(UploadPlan, AGivenSizeIsKept) {
  EXPECT_EQ(planned(50 * mebibyte, 5 * mebibyte), std::vector<std::uint64_t>(10, 5 * mebibyte));
  EXPECT_EQ(planned(50 * mebibyte, 100 * mebibyte), (std::vector<std::uint64_t>{50 * mebibyte}));
}

TEST(UploadPlan, AGivenSizeGrowsWhereItWouldNeedTooManyParts) {
  EXPECT_EQ(planned(50'000 * mebibyte, 5 * mebibyte).size(), most_parts);
  const auto parts = planned(50'001 * mebibyte, 5 * mebibyte);
  EXPECT_LE(parts.size(), most_parts);
  EXPECT_EQ(parts.front(), 6 * mebibyte);
}

TEST(UploadPlan, AGivenSizeStaysWithinTheService) {
  EXPECT_EQ(planned(50 * mebibyte, 1).front(), smallest_part);
  EXPECT_EQ(planned(50 * gibibyte, 6 * gibibyte).front(), largest_part);
}

TEST(UploadPlan, TheLargestObjectOfTheServiceFits) {
  const auto parts = planned(50'000'000'000'000);
  EXPECT_TRUE(acceptable_layout(parts, 50'000'000'000'000));
}

TEST(UploadPlan, WhatNoLayoutHoldsIsRefused) {
  EXPECT_EQ(planned(most_parts * largest_part).size(), most_parts);
  const auto parts = plan_parts(most_parts * largest_part + 1, 0);
  ASSERT_FALSE(parts.has_value());
  EXPECT_EQ(parts.error().code(), Errc::too_large);
}

TEST(UploadPlan, EveryLayoutIsAcceptable) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 2000; ++i) {
    const auto size = 1 + random() % (std::uint64_t{1} << (random() % 46));
    const auto part = random() % 2 == 0 ? 0 : random() % (8 * gibibyte);
    EXPECT_TRUE(acceptable_layout(planned(size, part), size)) << size << " in " << part;
  }
}

TEST(UploadPlan, LayoutsThatAServiceRefusesAreKnown) {
  const std::vector<std::uint64_t> good{5 * mebibyte, 6 * mebibyte, 1};
  EXPECT_TRUE(acceptable_layout(good, 11 * mebibyte + 1));
  EXPECT_FALSE(acceptable_layout(good, 11 * mebibyte));
  EXPECT_FALSE(acceptable_layout({}, 0));
  EXPECT_FALSE(acceptable_layout(std::vector<std::uint64_t>{mebibyte, mebibyte}, 2 * mebibyte));
  EXPECT_FALSE(acceptable_layout(std::vector<std::uint64_t>{6 * gibibyte}, 6 * gibibyte));
  EXPECT_FALSE(acceptable_layout(std::vector<std::uint64_t>{smallest_part, 0}, smallest_part));
  const std::vector<std::uint64_t> many(most_parts + 1, smallest_part);
  EXPECT_FALSE(acceptable_layout(many, many.size() * smallest_part));
}

TEST(UploadPlan, AnEvenLayoutFollowsFromItsFirstPart) {
  EXPECT_EQ(even_layout(20, 8, 3), (std::vector<std::uint64_t>{8, 8, 4}));
  EXPECT_EQ(even_layout(16, 8, 2), (std::vector<std::uint64_t>{8, 8}));
  EXPECT_EQ(even_layout(8, 8, 1), (std::vector<std::uint64_t>{8}));
  EXPECT_EQ(even_layout(20, 8, 2), std::nullopt);
  EXPECT_EQ(even_layout(20, 0, 2), std::nullopt);
}

// Amazon S3 user guide, "Checking object integrity": the MD5 over the binary MD5s of the parts.
TEST(UploadPlan, TheEtagOfAnUploadFollowsFromItsParts) {
  const std::vector<std::string> parts{"5d41402abc4b2a76b9719d911017c592",   // hello
                                       "7d793037a0760186574b0282f2f435e7"};  // world
  EXPECT_EQ(multipart_etag(parts), "065947336a2f2a95ba8899f3675c3be6-2");
  EXPECT_EQ(multipart_etag(std::vector<std::string>{"opaque"}), std::nullopt);
}

TEST(UploadPlan, AnEtagTellsItsNumberOfParts) {
  const std::string md5(32, 'a');
  EXPECT_EQ(parts_of_etag(md5 + "-17"), 17U);
  EXPECT_EQ(parts_of_etag(md5), std::nullopt);
  EXPECT_EQ(parts_of_etag(md5 + "-0"), std::nullopt);
  EXPECT_EQ(parts_of_etag(md5 + "-10001"), std::nullopt);
  EXPECT_EQ(parts_of_etag("x-3"), std::nullopt);
}

}  // namespace
}  // namespace s3m::transfer
