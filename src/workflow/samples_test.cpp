#include "workflow/samples.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

const WallTime start{1'800'000'000'000ms};

ProgressEvent rate(double objects, std::uint64_t throttled = 0) {
  return {.throttled = throttled,
          .in_flight = 7,
          .objects_per_second = objects,
          .bytes_per_second = objects * 1000};
}

TEST(Samples, FiguresOfOneSecondAreOnePoint) {
  Samples samples;
  samples.add(start, rate(10));
  samples.add(start + 500ms, rate(20, 3));
  samples.add(start + 1s, rate(40));
  ASSERT_EQ(samples.points().size(), 2u);
  EXPECT_EQ(samples.points()[0].time, start);
  EXPECT_EQ(samples.points()[0].objects_per_second, 15);
  EXPECT_EQ(samples.points()[0].throttled, 3u);
  EXPECT_EQ(samples.points()[1].bytes_per_second, 40'000);
}

TEST(Samples, AStepThatOnlyComparesHasNoRates) {
  Samples samples;
  for (const auto* const step : {"verify", "prove"}) {
    auto event = rate(100'000, 5);
    event.step = step;
    samples.add(start + 2s * static_cast<int>(samples.points().size()), event);
  }
  ASSERT_EQ(samples.points().size(), 2u);
  for (const auto& point : samples.points()) {
    EXPECT_EQ(point.objects_per_second, 0);
    EXPECT_EQ(point.bytes_per_second, 0);
    EXPECT_EQ(point.in_flight, 7u);
    EXPECT_EQ(point.throttled, 5u);
  }
}

TEST(Samples, ALongJobHasNoMorePointsThanAShortOne) {
  Samples samples;
  for (int second = 0; second < 100'000; ++second)
    samples.add(start + std::chrono::seconds(second), rate(5));
  EXPECT_LE(samples.points().size(), most_samples);
  EXPECT_GE(samples.points().size(), most_samples / 4);
  EXPECT_EQ(samples.points().front().time, start);
  for (const auto& point : samples.points())
    EXPECT_NEAR(point.objects_per_second, 5, 1e-9);
}

TEST(Samples, AClockThatGoesBackMakesNoPoint) {
  Samples samples;
  samples.add(start, rate(10));
  samples.add(start - 1h, rate(10));
  EXPECT_EQ(samples.points().size(), 1u);
}

TEST(Samples, ComeBackFromTheirText) {
  Samples samples;
  for (int i = 0; i < 1000; ++i)
    samples.add(start + std::chrono::seconds(i), rate(i));
  auto loaded = Samples::load(samples.text());
  EXPECT_EQ(loaded.points(), samples.points());
  loaded.add(start + 1001s, rate(1));
  samples.add(start + 1001s, rate(1));
  EXPECT_EQ(loaded.points(), samples.points());
  EXPECT_LT(samples.text().size(), 60'000u);
}

TEST(Samples, AnotherTextIsNone) {
  for (const char* const bad : {"", "[]", "{}", R"({"gap":1000,"rows":[[1]]})",
                                R"({"gap":0,"rows":[]})", R"({"gap":"x","rows":[]})"})
    EXPECT_TRUE(Samples::load(bad).points().empty()) << bad;
}

TEST(Samples, ThinnedTheyKeepTheirEnds) {
  std::vector<Sample> samples;
  for (int i = 0; i < 481; ++i)
    samples.push_back({.time = start + std::chrono::seconds(i), .objects_per_second = 3});
  const auto thin = thinned(samples, 240);
  ASSERT_EQ(thin.size(), 240u);
  EXPECT_EQ(thin.front().time, start);
  EXPECT_EQ(thin.back().objects_per_second, 3);
  EXPECT_EQ(thinned(samples, 1).size(), 1u);
  EXPECT_EQ(thinned({}, 240).size(), 0u);
}

}  // namespace
}  // namespace s3m::workflow
