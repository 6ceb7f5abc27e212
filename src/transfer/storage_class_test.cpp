#include "transfer/storage_class.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

constexpr WallTime now = std::chrono::sys_days(std::chrono::November / 22 / 2026);

ClassFigures of(std::string_view name, std::uint64_t size, int age_in_days) {
  ClassFigures figures;
  figures.add(storage_class(name), size, now - std::chrono::days(age_in_days), now, 3);
  return figures;
}

TEST(StorageClass, NamesAndTheirRules) {
  EXPECT_EQ(storage_class("").name, "STANDARD");
  EXPECT_EQ(storage_class("SOMETHING_NEW").minimum_days, 0);
  EXPECT_TRUE(storage_class("GLACIER").needs_restore);
  EXPECT_TRUE(storage_class("DEEP_ARCHIVE").needs_restore);
  EXPECT_FALSE(storage_class("GLACIER_IR").needs_restore);
}

TEST(StorageClass, AYoungObjectIsPaidForToItsLeastAge) {
  constexpr std::uint64_t mebibyte = 1 << 20;
  EXPECT_DOUBLE_EQ(of("STANDARD_IA", mebibyte, 10).early_byte_days, 20.0 * mebibyte);
  EXPECT_DOUBLE_EQ(of("STANDARD_IA", mebibyte, 31).early_byte_days, 0);
  EXPECT_DOUBLE_EQ(of("GLACIER_IR", mebibyte, 31).early_byte_days, 59.0 * mebibyte);
  EXPECT_DOUBLE_EQ(of("STANDARD", mebibyte, 0).early_byte_days, 0);
}

TEST(StorageClass, ADateOfTheFutureIsNoGain) {
  EXPECT_DOUBLE_EQ(of("STANDARD_IA", 1 << 20, -5).early_byte_days, 30.0 * (1 << 20));
}

TEST(StorageClass, ASmallObjectIsBilledAsALargerOne) {
  const auto small = of("STANDARD_IA", 1000, 0);
  EXPECT_EQ(small.bytes, 1000u);
  EXPECT_EQ(small.billed_bytes, 131'072u);
  EXPECT_EQ(small.writes, 3u);
  EXPECT_EQ(of("STANDARD", 1000, 0).billed_bytes, 1000u);
}

}  // namespace
}  // namespace s3m::transfer
