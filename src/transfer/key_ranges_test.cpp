// The splitting as a property, over a listing of keys in memory: every key once, and the requests
// that it costs.
#include "transfer/key_ranges.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/key_scalars.hpp"

namespace s3m::transfer {
namespace {

using Keys = std::vector<std::string>;  // sorted

// A walk of both sides in rounds: in each, every lane that has a range gets a page of each side,
// and every lane without one asks for a range.
class Rounds {
 public:
  Rounds(Keys source, Keys destination, KeyRangesOptions options, std::size_t lanes)
      : listings_{std::move(source), std::move(destination)},
        options_(options),
        ranges_({KeyRange{}}, options),
        lanes_(lanes) {}

  void run(std::size_t most_rounds = 1'000'000) {
    while (!ranges_.over() && rounds < most_rounds) {
      ++rounds;
      while (walked_.size() < lanes_) {
        auto* range = ranges_.take();
        if (range == nullptr) break;
        walked_.push_back({range, {range->range.after, range->range.after}});
        longest_bound = std::max(longest_bound, range->range.after.size());
      }
      ASSERT_FALSE(walked_.empty());
      most_ranges = std::max(most_ranges, walked_.size());
      for (auto& walked : walked_)
        for (const auto side : {WalkSide::source, WalkSide::destination})
          fetch(walked, side);
      std::erase_if(walked_, [&](const Walked& walked) {
        if (!walked.range->ended()) return false;
        ranges_.finished(*walked.range);
        return true;
      });
    }
  }

  std::map<std::string, int> met[2];
  std::size_t rounds = 0, pages = 0, most_ranges = 0, longest_bound = 0;
  std::size_t serial_pages() const {
    const auto page = static_cast<std::size_t>(options_.page_size);
    return std::max<std::size_t>(1, (listings_[0].size() + page - 1) / page) +
           std::max<std::size_t>(1, (listings_[1].size() + page - 1) / page);
  }
  KeyTotal total() const { return ranges_.total(); }

 private:
  struct Walked {
    ActiveRange* range;
    std::string after[2];
  };

  void fetch(Walked& walked, WalkSide side) {
    const auto index = static_cast<std::size_t>(side);
    if (!walked.range->sides.at(index).more) return;
    ++pages;
    const auto& keys = listings_[index];
    const auto& until = walked.range->range.until;
    auto at = std::ranges::upper_bound(keys, walked.after[index]);
    std::vector<aws::ObjectEntry> page;
    for (; at != keys.end() && std::ssize(page) < options_.page_size; ++at)
      page.emplace_back().key = *at;
    bool more = at != keys.end();
    while (until && !page.empty() && page.back().key > *until) {
      page.pop_back();
      more = false;
    }
    for (const auto& entry : page) {
      EXPECT_TRUE(walked.range->range.contains(entry.key));
      ++met[index][entry.key];
    }
    if (!page.empty()) walked.after[index] = page.back().key;
    ranges_.fetched(*walked.range, side, page, 0, more);
  }

  Keys listings_[2];
  KeyRangesOptions options_;
  KeyRanges ranges_;
  std::size_t lanes_;
  std::vector<Walked> walked_;
};

Keys sorted(Keys keys) {
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

Keys made(std::size_t count, const std::function<std::string(std::size_t, std::mt19937&)>& make) {
  std::mt19937 random(7);
  Keys keys;
  for (std::size_t i = 0; i < count; ++i)
    keys.push_back(make(i, random));
  return sorted(std::move(keys));
}

struct Shape {
  const char* name;
  std::function<std::string(std::size_t, std::mt19937&)> make;
  std::size_t speedup = 25;  // at least, in rounds
};
std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << shape.name;
}

std::string name_of(const testing::TestParamInfo<Shape>& info) {
  return info.param.name;
}

constexpr std::size_t many = 200'000;

std::string words(std::size_t /*i*/, std::mt19937& random) {
  static const char* const known[] = {"alpha", "invoice", "photo", "Zürich", "日本", "report", "x"};
  return fmt::format("{}/{}/{}-{}", known[random() % 7], known[random() % 7], known[random() % 7],
                     random() % 100'000'000);
}

std::vector<Shape> ordinary_shapes() {
  return {
      {"flat", [](std::size_t i, auto&) { return fmt::format("key/{:07}", i); }},
      {"long_prefix",
       [](std::size_t i, auto&) { return std::string(900, 'p') + fmt::format("/{:06}", i); }},
      {"dates",
       [](std::size_t i, auto&) {
         return fmt::format("logs/{:04}/{:02}/{:02}/{:02}-{:05}", 2020 + i / 40'000,
                            1 + i / 3400 % 12, 1 + i / 120 % 28, i % 24, i);
       }},
      {"hashes",
       [](std::size_t, auto& random) { return fmt::format("{:08x}{:08x}", random(), random()); }},
      {"folders",
       [](std::size_t i, auto&) { return fmt::format("key/d{:03}/key{:06}", i % 200, i); }},
      {"one_huge_folder",
       [](std::size_t i, auto&) {
         return i % 100 == 0 ? fmt::format("f{:05}/x", i) : fmt::format("f50000/huge/{}", i);
       }},
      {"emoji",
       [](std::size_t i, auto&) {
         std::string key = "m/";
         for (std::size_t digit = 0, rest = i; digit < 4; ++digit, rest /= 40)
           key.insert(2, fmt::format("\xf0\x9f\x98{}", static_cast<char>(0x80 + rest % 40)));
         return key;
       }},
  };
}

// A comb: at each place the next one goes deeper, so that every split is a skewed one.
std::string comb(std::size_t i, std::mt19937& /*random*/) {
  return fmt::format("comb/{}{}", std::string(i / 90 % 500, 'x'), static_cast<char>('!' + i % 90));
}

std::string last_scalar(std::size_t i, std::mt19937& /*random*/) {
  return "same/" + key_of(std::u32string(1, static_cast<char32_t>(0x10000 + i % 60'000)));
}

std::string control_characters(std::size_t i, std::mt19937& /*random*/) {
  std::string key = "c/";
  for (std::size_t digit = 0; digit < 4; ++digit, i /= 30)
    key += static_cast<char>(1 + i % 30);
  return key;
}

std::vector<Shape> adversarial_shapes() {
  return {{"words", words, 15},
          {"control_characters", control_characters, 6},
          {"last_scalar", last_scalar, 5},
          {"comb", comb, 1}};
}

double ratio_of(const Rounds& walk) {
  return static_cast<double>(walk.pages) / static_cast<double>(walk.serial_pages());
}

void expect_all_met_once(const Rounds& walk, const Keys& source, const Keys& destination) {
  const Keys* sides[] = {&source, &destination};
  for (const std::size_t side : {0U, 1U}) {
    ASSERT_EQ(walk.met[side].size(), sides[side]->size());
    EXPECT_TRUE(
        std::ranges::all_of(walk.met[side], [](const auto& key) { return key.second == 1; }));
  }
}

class OrdinaryKeys : public testing::TestWithParam<Shape> {};

TEST_P(OrdinaryKeys, AreListedInManyPlacesAtLittleCost) {
  const auto keys = made(many, GetParam().make);
  Rounds walk(keys, keys, {.page_size = 100}, 64);
  walk.run();
  expect_all_met_once(walk, keys, keys);
  EXPECT_LT(ratio_of(walk), 1.15);
  EXPECT_LT(walk.rounds, walk.serial_pages() / 2 / GetParam().speedup);
  EXPECT_TRUE(walk.total().exact);
  EXPECT_EQ(walk.total().keys, static_cast<double>(keys.size()));
}

INSTANTIATE_TEST_SUITE_P(Shapes, OrdinaryKeys, testing::ValuesIn(ordinary_shapes()), name_of);

class AdversarialKeys : public testing::TestWithParam<Shape> {};

TEST_P(AdversarialKeys, CostNotMuchMore) {
  const auto keys = made(many, GetParam().make);
  Rounds walk(keys, keys, {.page_size = 100}, 64);
  walk.run();
  expect_all_met_once(walk, keys, keys);
  EXPECT_LT(ratio_of(walk), 1.3);
  EXPECT_LE(walk.rounds, walk.serial_pages() / 2 / GetParam().speedup);
}

INSTANTIATE_TEST_SUITE_P(Shapes, AdversarialKeys, testing::ValuesIn(adversarial_shapes()), name_of);

// Whatever the keys, the two sides and the pages are.
class AnyKeys : public testing::TestWithParam<unsigned> {};

TEST_P(AnyKeys, AreMetOnce) {
  std::mt19937 random(GetParam());
  static const Keys scalars{"a",
                            "b",
                            "z",
                            "/",
                            " ",
                            "~",
                            "\n",
                            "\x01",
                            "\x7f",
                            "\xc3\xa9",
                            "\xed\x9f\xbf",
                            "\xee\x80\x80",
                            "\xef\xbf\xbf",
                            "\xf0\x9f\x98\x80",
                            "\xf4\x8f\xbf\xbf",
                            "\xff"};
  const auto some = [&](std::size_t count) {
    Keys keys;
    while (keys.size() < count) {
      auto& key = keys.emplace_back();
      for (auto length = 1 + random() % 6; length > 0; --length)
        key += scalars[random() % (2 + GetParam() % 15)];
    }
    return sorted(std::move(keys));
  };
  const auto source = some(random() % 3000), destination = some(random() % 3000);
  Rounds walk(source, destination, {.page_size = 1 + static_cast<int>(random() % 9)},
              1 + random() % 40);
  walk.run();
  expect_all_met_once(walk, source, destination);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyKeys, testing::Range(0U, 60U));

TEST(KeyRanges, WithoutSplittingWalksWhatItWasGiven) {
  const auto keys = made(1000, [](std::size_t i, auto&) { return fmt::format("{:04}", i); });
  Rounds walk(keys, keys, {.page_size = 10, .split = false}, 8);
  walk.run();
  EXPECT_EQ(walk.most_ranges, 1U);
  EXPECT_EQ(walk.pages, 200U);
}

TEST(KeyRanges, ASmallBucketIsListedAsAnybodyWould) {
  const auto keys = made(90, [](std::size_t i, auto&) { return fmt::format("{:04}", i); });
  Rounds walk(keys, keys, {.page_size = 100}, 64);
  walk.run();
  EXPECT_EQ(walk.pages, 2U);
}

TEST(KeyRanges, NoPointIsLongerThanAKeyMayBe) {
  const auto keys = made(
      2000, [](std::size_t i, auto&) { return std::string(1000, 'p') + fmt::format("{:05}", i); });
  Rounds walk(keys, keys, {.page_size = 10, .longest_point = 900}, 8);
  walk.run();
  EXPECT_LE(walk.longest_bound, 900U);
  expect_all_met_once(walk, keys, keys);
}

TEST(KeyRanges, EstimateTheTotalEarly) {
  const auto keys = made(many, ordinary_shapes().front().make);
  Rounds walk(keys, keys, {.page_size = 100}, 64);
  walk.run(15);
  EXPECT_LT(walk.met[0].size(), keys.size() / 2);
  EXPECT_FALSE(walk.total().exact);
  EXPECT_NEAR(walk.total().keys, many, many / 4);
}

}  // namespace
}  // namespace s3m::transfer
