#include "transfer/digest.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::transfer {
namespace {

ProvenPair pair_of(std::string_view key, std::uint64_t size = 5) {
  return {.key = key, .size = size, .proof_kind = "etag", .proof_value = "abc"};
}

Digest digest_of(const ProvenPair& pair) {
  Digest digest;
  digest.add(pair);
  return digest;
}

TEST(Digest, OfNothingIsZero) {
  EXPECT_EQ(Digest().hex(), std::string(64, '0'));
  EXPECT_EQ(Digest().count(), 0U);
}

// The wire form of one pair is fixed: digests of different versions of the program must agree.
TEST(Digest, OfOnePairIsTheHashOfItsLengthPrefixedFields) {
  const auto number = [](char low) { return std::string(7, '\0') + low; };
  const std::string text =
      number(1) + "k" + number(5) + number(2) + number(1) + number(4) + "etag" + number(3) + "abc";
  const auto digest = digest_of({.key = "k",
                                 .size = 5,
                                 .ordinal = 2,
                                 .delete_marker = true,
                                 .proof_kind = "etag",
                                 .proof_value = "abc"});
  EXPECT_EQ(digest.hex(), hex(bytes_of(sha256(text))));
}

TEST(Digest, DoesNotDependOnOrderOrGrouping) {
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i)
    keys.push_back("key" + std::to_string(i));
  Digest one;
  for (const auto& key : keys)
    one.add(pair_of(key));

  std::ranges::shuffle(keys, std::mt19937(7));
  Digest left, right;
  for (std::size_t i = 0; i < keys.size(); ++i)
    (i % 3 == 0 ? left : right).add(pair_of(keys[i]));
  right.merge(left);
  EXPECT_EQ(one, right);
  EXPECT_EQ(one.hex(), right.hex());
  EXPECT_EQ(right.count(), 200U);
}

TEST(Digest, EveryFieldCounts) {
  const ProvenPair base = pair_of("k");
  std::vector<ProvenPair> others(6, base);
  others[0].key = "l";
  others[1].size = 6;
  others[2].ordinal = 1;
  others[3].delete_marker = true;
  others[4].proof_kind = "weak";
  others[5].proof_value = "abd";
  for (const auto& other : others)
    EXPECT_NE(digest_of(other), digest_of(base));
}

TEST(Digest, FieldsCannotRunIntoEachOther) {
  const auto a = digest_of({.key = "k", .proof_kind = "et", .proof_value = "agabc"});
  const auto b = digest_of({.key = "k", .proof_kind = "etag", .proof_value = "abc"});
  EXPECT_NE(a, b);
}

TEST(Digest, APairTwiceIsNotAPairOnceNorNever) {
  Digest twice = digest_of(pair_of("k"));
  twice.add(pair_of("k"));
  EXPECT_NE(twice.hex(), digest_of(pair_of("k")).hex());
  EXPECT_NE(twice.hex(), Digest().hex());
}

// Adding x to itself 256 times must leave only what overflows beyond 2^256 behind: the carries run
// through all words.
TEST(Digest, CarriesRunThroughAllWords) {
  Digest doubled = digest_of(pair_of("k"));
  const std::string once = doubled.hex();
  for (int i = 0; i < 8; ++i)
    doubled.merge(Digest(doubled));
  EXPECT_EQ(doubled.hex().substr(0, 62), once.substr(2));
  EXPECT_EQ(doubled.hex().substr(62), "00");
  EXPECT_EQ(doubled.count(), 256U);
}

}  // namespace
}  // namespace s3m::transfer
