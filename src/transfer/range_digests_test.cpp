#include "transfer/range_digests.hpp"

#include <random>

#include <gtest/gtest.h>

#include "net/signal.hpp"
#include "net/task.hpp"

namespace s3m::transfer {
namespace {

class Ranges : public testing::Test {
 protected:
  FlowPtr flow() { return std::make_shared<Flow>(governor_); }

  static void prove(RangeDigests& digests, const FlowPtr& flow, const std::string& key,
                    bool weakly = false) {
    digests.slice_of(flow, key, 1).add({.key = key, .size = 2, .proof_kind = "weak"}, weakly);
  }

  static std::string number(int n) {
    auto text = std::to_string(n);
    return std::string(4 - text.size(), '0') + text;
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};
  Governor governor_{loop_, {.initial = 1, .adaptive = false}, cancel_};
};

TEST_F(Ranges, OfNothingAreTheWholeOnce) {
  const KeyRange whole{"a", "z"};
  const auto ranges = RangeDigests(10).ranges(whole);
  ASSERT_EQ(ranges.size(), 1U);
  EXPECT_EQ(ranges[0].range, whole);
  EXPECT_EQ(ranges[0].count, 0U);
  EXPECT_EQ(ranges[0].digest, std::string(64, '0'));
}

// However a walk is split, the ranges tile the whole and each key counts in the one it lies in.
TEST_F(Ranges, TileTheWholeHoweverItWasWalked) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    RangeDigests digests(1 + random() % 40);
    const int keys = 300;
    // Parts of the key space that are walked at the same time, each in order.
    std::vector<int> next{0}, end;
    for (int bound = 1 + static_cast<int>(random() % 80); bound < keys;
         bound += 1 + static_cast<int>(random() % 80)) {
      end.push_back(bound);
      next.push_back(bound);
    }
    end.push_back(keys);
    std::vector<FlowPtr> flows;
    for (std::size_t i = 0; i < next.size(); ++i)
      flows.push_back(flow());
    for (int left = keys; left > 0;) {
      const auto part = random() % next.size();
      if (next[part] == end[part]) continue;
      prove(digests, flows[part], number(next[part]++));
      --left;
    }
    const KeyRange whole{"", std::nullopt};
    const auto ranges = digests.ranges(whole);
    EXPECT_EQ(ranges.front().range.after, "");
    EXPECT_FALSE(ranges.back().range.until.has_value());
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (i > 0) EXPECT_EQ(*ranges[i - 1].range.until, ranges[i].range.after);
      Digest expected;
      for (int key = 0; key < keys; ++key) {
        const auto name = number(key);
        if (!ranges[i].range.contains(name)) continue;
        expected.add({.key = name, .size = 2, .proof_kind = "weak"});
      }
      EXPECT_EQ(ranges[i].digest, expected.hex());
      EXPECT_EQ(ranges[i].count, expected.count());
      EXPECT_EQ(ranges[i].bytes, 2 * expected.count());
      count += ranges[i].count;
    }
    EXPECT_EQ(count, 300U);
  }
}

TEST_F(Ranges, AreNoLargerThanAskedAndSmallNeighboursAreOne) {
  RangeDigests digests(10);
  for (int part = 0; part < 20; ++part) {
    const auto walked = flow();
    for (int i = 0; i < 3; ++i)
      prove(digests, walked, number(part * 3 + i), i == 0);
  }
  const auto ranges = digests.ranges({"", std::nullopt});
  EXPECT_EQ(ranges.size(), 7U) << "sixty keys in threes, three times three in each but the last";
  std::uint64_t weak = 0;
  for (const auto& range : ranges) {
    EXPECT_LE(range.count, 10U);
    weak += range.weak;
  }
  EXPECT_EQ(weak, 20U);
}

}  // namespace
}  // namespace s3m::transfer
