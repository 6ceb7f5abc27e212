#include "base/ids.hpp"

#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace s3m {
namespace {

TEST(RandomHex, has_the_length_asked_for) {
  EXPECT_EQ(random_hex(0), "");
  EXPECT_EQ(random_hex(1).size(), 2U);
  EXPECT_EQ(unhex(random_hex(600)).value().size(), 600U);
}

TEST(RandomHex, does_not_repeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(random_hex(16));
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(JobId, begins_with_the_time_it_was_made) {
  const auto before = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  const auto id = new_job_id();
  const auto after = system_clock().now();
  ASSERT_EQ(id.size(), std::string_view("20261122t162800-3f9a1c").size());
  EXPECT_EQ(id[8], 't');
  EXPECT_EQ(id[15], '-');
  EXPECT_TRUE(unhex(id.substr(16)).has_value());
  const auto made = parse_amz_date(id.substr(0, 8) + "T" + id.substr(9, 6) + "Z");
  ASSERT_TRUE(made.has_value());
  EXPECT_LE(before, *made);
  EXPECT_LE(*made, after);
}

}  // namespace
}  // namespace s3m
