#include "transfer/attribute_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const WallTime now{std::chrono::hours(500'000)};

aws::ObjectHead head() {
  aws::ObjectHead head;
  head.content_type = "text/plain";
  head.metadata = {{"color", "blue"}, {"empty", ""}};
  return head;
}

TEST(AttributeFacts, AreTheSameInAnyOrder) {
  auto other = head();
  std::swap(other.metadata[0], other.metadata[1]);
  const auto one = facts_of(head(), {{"a", "1"}, {"b", "2"}}, {}, now);
  const auto two = facts_of(other, {{"b", "2"}, {"a", "1"}}, {}, now);
  EXPECT_THAT(differing(one, two), IsEmpty());
  EXPECT_EQ(hash_of(one), hash_of(two));
}

TEST(AttributeFacts, NameWhatDiffers) {
  auto other = head();
  other.metadata[0].second = "red";
  other.content_type.clear();
  const auto one = facts_of(head(), {{"team", "x"}}, {}, now);
  const auto two = facts_of(other, {{"team", "y"}, {"new", ""}}, {}, now);
  EXPECT_THAT(differing(one, two),
              ElementsAre("content type", "metadata color", "tag new", "tag team"));
  EXPECT_NE(hash_of(one), hash_of(two));
}

// Each of what a person can set changes the hash.
TEST(AttributeFacts, EachIsInTheHash) {
  const auto plain = hash_of(facts_of(head(), {}, {}, now));
  const auto changed = [&](auto change) {
    auto other = head();
    change(other);
    return hash_of(facts_of(other, {}, {}, now)) != plain;
  };
  EXPECT_TRUE(changed([](auto& h) { h.content_encoding = "gzip"; }));
  EXPECT_TRUE(changed([](auto& h) { h.content_disposition = "inline"; }));
  EXPECT_TRUE(changed([](auto& h) { h.content_language = "de"; }));
  EXPECT_TRUE(changed([](auto& h) { h.cache_control = "no-store"; }));
  EXPECT_TRUE(changed([](auto& h) { h.expires = "tomorrow"; }));
  EXPECT_TRUE(changed([](auto& h) { h.website_redirect = "/x"; }));
  EXPECT_TRUE(changed([](auto& h) { h.legal_hold = "ON"; }));
  EXPECT_TRUE(changed([](auto& h) { h.metadata.pop_back(); }));
  EXPECT_TRUE(changed([](auto& h) { h.missing_metadata = 1; }));
  EXPECT_NE(hash_of(facts_of(head(), {{"t", ""}}, {}, now)), plain);
  EXPECT_NE(hash_of(facts_of(head(), {}, {{.id = {}, .uri = "all", .permission = "READ"}}, now)),
            plain);
  EXPECT_FALSE(changed([](auto& h) { h.storage_class = "GLACIER_IR"; }));
  EXPECT_FALSE(changed([](auto& h) { h.encryption = "aws:kms"; }));
}

TEST(AttributeFacts, ARetentionThatHasRunOutBindsNobody) {
  auto locked = head();
  locked.lock_mode = "GOVERNANCE";
  locked.lock_retain_until = iso8601(now + std::chrono::hours(1));
  const auto free = facts_of(head(), {}, {}, now);
  EXPECT_THAT(differing(facts_of(locked, {}, {}, now), free), ElementsAre("retention"));
  EXPECT_THAT(differing(facts_of(locked, {}, {}, now + std::chrono::hours(2)), free), IsEmpty());
  EXPECT_EQ(hash_of(facts_of(locked, {}, {}, now)), hash_of(free))
      << "the digest of today must be that of tomorrow";
}

TEST(AttributeFacts, WhoOwnsAnObjectIsNoGrant) {
  const aws::Acl acl{.owner = "alice",
                     .grants = {{.id = "alice", .uri = {}, .permission = "FULL_CONTROL"},
                                {.id = "bob", .uri = {}, .permission = "READ"},
                                {.id = {}, .uri = "all", .permission = "READ"}}};
  EXPECT_EQ(grants_to_others(acl, "").size(), 2U);
  EXPECT_EQ(grants_to_others(acl, "bob").size(), 1U);
}

}  // namespace
}  // namespace s3m::transfer
