// How much there is to do, told while it is being done.
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

constexpr std::uint64_t objects = 9000;

// More than the lanes' queues hold, so that the listing waits for the copies.
std::unique_ptr<Rig> slow_copies(bool list_slowly) {
  auto world = two_bucket_world(objects);
  world.latencies.push_back({.operation = "CopyObject", .fixed = std::chrono::milliseconds(4)});
  if (list_slowly) world.switches.listing_page = 100;
  return std::make_unique<Rig>(world);
}

std::vector<ProgressEvent> while_copying(const Rig& rig) {
  std::vector<ProgressEvent> found;
  for (const auto& progress : rig.events<ProgressEvent>())
    if (progress.step == "copy" && progress.objects_done < objects) found.push_back(progress);
  return found;
}

TEST(Totals, AreEstimatedFromWhatIsListed) {
  const auto rig = slow_copies(true);
  ASSERT_EQ(rig->copy({"--concurrency", "16", "--verify", "none"}).exit_code, 0);
  // The first of them rest on a page or two and may be far off; they get better with each page.
  std::optional<ProgressEvent> last;
  for (const auto& progress : while_copying(*rig)) {
    if (!progress.totals_estimated) continue;
    EXPECT_FALSE(progress.totals_final);
    EXPECT_GT(progress.bytes_total, 0u);
    last = progress;
  }
  ASSERT_TRUE(last);
  EXPECT_NEAR(static_cast<double>(last->objects_total), objects, objects / 2.0);
}

TEST(Totals, AreExactEarlyWhereTheyAreCountedFirst) {
  const auto rig = slow_copies(false);
  ASSERT_EQ(rig->copy({"--concurrency", "16", "--count-first", "--verify", "none"}).exit_code, 0);
  std::size_t exact = 0;
  for (const auto& progress : while_copying(*rig)) {
    if (!progress.totals_final) continue;
    ++exact;
    EXPECT_EQ(progress.objects_total, objects);
  }
  EXPECT_GT(exact, 0u);
}

}  // namespace
}  // namespace s3m::workflow
