// The walk as a property: whatever the keys, the pages and the ranges, each key is met exactly
// once, with the right outcome.
#include "transfer/walk.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using Keys = std::set<std::string>;

struct Seen {
  bool source = false, destination = false;
  friend bool operator==(const Seen&, const Seen&) = default;
};

// Notes every key; now and then it is full, and moves the entries away as a real visitor does.
class Notes final : public Visitor {
 public:
  explicit Notes(unsigned seed) : random_(seed) {}

  void visit(const Pair& pair) override {
    EXPECT_FALSE(full_);
    const std::string key(pair.key);
    const auto [at, fresh] =
        seen.emplace(key, Seen{pair.source != nullptr, pair.destination != nullptr});
    EXPECT_TRUE(fresh) << key << " was met twice";
    for (auto* entry : {pair.source, pair.destination}) {
      if (entry != nullptr) {
        EXPECT_TRUE(entry->key.ends_with(key));
        taken_ = std::move(*entry);
      }
    }
    full_ = random_() % 97 == 0;
    order.push_back(key);
  }

  bool full(const FlowPtr& /*flow*/) const override { return full_; }
  net::Task<void> room(FlowPtr /*flow*/) override {
    ++waited;
    full_ = false;
    co_return;
  }
  bool stopped() const override { return order.size() >= stop_after; }

  std::map<std::string, Seen> seen;
  std::vector<std::string> order;
  std::size_t stop_after = static_cast<std::size_t>(-1);
  int waited = 0;

 private:
  std::mt19937 random_;
  bool full_ = false;
  aws::ObjectEntry taken_;
};

// Short keys over few characters, so that prefixes, neighbours and equal keys are frequent; among
// the characters those that sort differently in UTF-16 or are awkward in XML and URLs.
std::string random_key(std::mt19937& random) {
  static const std::vector<std::string> characters{"a",
                                                   "b",
                                                   "/",
                                                   " ",
                                                   "+",
                                                   "%",
                                                   "~",
                                                   "\n",
                                                   "\x01",
                                                   "\xc3\xa9",
                                                   "\xef\xbf\xbd",
                                                   "\xf0\x9f\x98\x80"};
  std::string key;
  for (auto length = 1 + random() % 4; length > 0; --length) {
    key += characters[random() % characters.size()];
  }
  return key;
}

Keys random_keys(std::mt19937& random, std::size_t count) {
  Keys keys;
  while (keys.size() < count)
    keys.insert(random_key(random));
  return keys;
}

// Disjoint ranges that cover everything, in no special order. Their bounds are keys and no keys.
std::vector<KeyRange> random_ranges(std::mt19937& random) {
  Keys bounds;
  for (auto count = random() % 6; count > 0; --count)
    bounds.insert(random_key(random));
  std::vector<KeyRange> ranges;
  std::string after;
  for (const auto& bound : bounds) {
    ranges.push_back({after, bound});
    after = bound;
  }
  ranges.push_back({after, std::nullopt});
  std::ranges::shuffle(ranges, random);
  return ranges;
}

std::map<std::string, Seen> expected(const Keys& source, const Keys& destination) {
  std::map<std::string, Seen> all;
  for (const auto& key : source)
    all[key].source = true;
  for (const auto& key : destination)
    all[key].destination = true;
  return all;
}

void fill(sim::Scenario& scenario, const std::string& bucket, const std::string& prefix,
          const Keys& keys) {
  auto& spec = scenario.bucket(bucket, sim::source_account);
  for (const auto& key : keys)
    spec.with({.key = prefix + key, .size = 1});
  // Neighbours outside the prefix, which no walk may meet.
  if (!prefix.empty()) {
    spec.with({.key = "!", .size = 1});
    spec.with({.key = "\xf0\x9f\x99\x80", .size = 1});
  }
}

class WalkProperty : public testing::TestWithParam<unsigned> {};

TEST_P(WalkProperty, EachKeyIsMetOnceWithTheRightOutcome) {
  std::mt19937 random(GetParam());
  const auto source = random_keys(random, random() % 250);
  const auto destination = random_keys(random, random() % 250);
  const std::string source_prefix = random() % 2 == 0 ? "" : "from/";
  const std::string destination_prefix = random() % 2 == 0 ? "" : "to \xc3\xa9+";
  auto scenario = two_buckets();
  fill(scenario, "original", source_prefix, source);
  fill(scenario, "copy", destination_prefix, destination);
  scenario.switches.listing_page = 1 + random() % 60;
  Rig rig(scenario, {.source = "s3://original/" + source_prefix,
                     .destination = "s3://copy/" + destination_prefix});
  if (random() % 3 == 0) {
    rig.fault({.operation = "ListObjectsV2",
               .count = 0,
               .probability = 0.3,
               .effect = sim::FaultEffect::page_empty});
  }
  for (int round = 0; round < 4; ++round) {
    Notes notes(GetParam());
    const WalkOptions options{.page_size = static_cast<int>(1 + random() % 80),
                              .lanes = 1 + random() % 30};
    const auto ranges = random_ranges(random);
    const auto walked = rig.run(walk(*rig.context, ranges, notes, options));
    ASSERT_TRUE(walked.has_value()) << walked.error().describe();
    EXPECT_EQ(notes.seen, expected(source, destination));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, WalkProperty, testing::Range(0U, 40U));

sim::Scenario numbered(std::uint64_t count) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = count});
  return scenario;
}

TEST(Walk, MeetsKeysInOrderWithinARange) {
  Rig rig(numbered(500));
  Notes notes(1);
  ASSERT_TRUE(rig.run(walk(*rig.context, {KeyRange{}}, notes, {.page_size = 7, .split = false}))
                  .has_value());
  EXPECT_TRUE(std::ranges::is_sorted(notes.order));
  EXPECT_GT(notes.waited, 0);
}

TEST(Walk, ListsOneFlatKeySpaceInManyPlaces) {
  auto world = numbered(5000);
  world.latencies.push_back({.operation = "ListObjectsV2", .fixed = std::chrono::milliseconds(5)});
  Rig rig(world);
  Notes notes(1);
  KeyTotal total;
  ASSERT_TRUE(rig.run(walk(*rig.context, {KeyRange{}}, notes, {.page_size = 20, .total = &total}))
                  .has_value());
  EXPECT_EQ(notes.seen.size(), 5000U);
  EXPECT_GT(rig.cloud([](sim::Cloud& cloud) { return cloud.metrics().most_in_flight(); }), 8U);
  EXPECT_TRUE(total.exact);
  EXPECT_EQ(total.keys, 5000);
}

TEST(Walk, CountsTheSourceWithoutTheDestination) {
  Rig rig(numbered(3000));
  rig.put("original", {.key = "other", .size = 7});
  rig.forget_requests();
  Count found;
  const Filter filter({{.include = false, .pattern = "other"}});
  ASSERT_TRUE(rig.run(count(*rig.context, filter, false, found)).has_value());
  EXPECT_EQ(found.objects, 3000U);
  EXPECT_EQ(found.bytes, 3000U * 4096);
  found = {.stop = true};
  ASSERT_TRUE(rig.run(count(*rig.context, filter, false, found)).has_value());
  EXPECT_LT(found.objects, 3000U);
}

TEST(Walk, FetchesNoPageBeyondTheEndOfARange) {
  Rig rig(numbered(500));
  Notes notes(1);
  const std::vector<KeyRange> ranges{KeyRange{.after = "k000099", .until = "k000149"}};
  const WalkOptions whole{.page_size = 10, .split = false};
  ASSERT_TRUE(rig.run(walk(*rig.context, ranges, notes, whole)).has_value());
  EXPECT_EQ(notes.seen.size(), 50U);
  EXPECT_EQ(rig.requests("ListObjectsV2"), 6U) << "five pages, and one of the empty side";
}

TEST(Walk, EndsEarlyWhenItsVisitorHasStopped) {
  Rig rig(numbered(5000));
  Notes notes(1);
  notes.stop_after = 10;
  ASSERT_TRUE(rig.run(walk(*rig.context, {KeyRange{}}, notes, {.page_size = 50})).has_value());
  EXPECT_LT(rig.requests("ListObjectsV2"), 8U);
}

TEST(Walk, EndsWithCancellation) {
  Rig rig(numbered(500));
  Notes notes(1);
  rig.cancel->cancel();
  const auto walked = rig.run(walk(*rig.context, {KeyRange{}}, notes, {}));
  ASSERT_FALSE(walked.has_value());
  EXPECT_EQ(walked.error().code(), Errc::cancelled);
}

TEST(Walk, OneFailedRangeEndsTheOthers) {
  Rig rig(numbered(2000));
  // Of the source alone: the pages of the empty side have nothing to go back to.
  rig.fault({.operation = "ListObjectsV2",
             .bucket = "original",
             .first = 5,
             .effect = sim::FaultEffect::page_goes_back});
  Notes notes(1);
  std::vector<KeyRange> ranges;
  for (int i = 0; i < 20; ++i) {
    const auto bound = [](int n) { return "k" + std::to_string(1'000'000 + n * 100).substr(1); };
    ranges.push_back({bound(i), bound(i + 1)});
  }
  const auto walked = rig.run(walk(*rig.context, ranges, notes, {.page_size = 10, .lanes = 2}));
  ASSERT_FALSE(walked.has_value());
  EXPECT_EQ(walked.error().code(), Errc::listing_order);
  EXPECT_LT(notes.seen.size(), 1500U);
}

}  // namespace
}  // namespace s3m::transfer
