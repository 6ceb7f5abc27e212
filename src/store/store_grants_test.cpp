// Grants in place, on every database.
#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class StoreGrants : public StoreConformance {};

TEST_P(StoreGrants, a_grant_comes_back_with_the_policys_very_bytes) {
  const auto recorded = grant(photos, "S3MigratorGrant1");
  must(store_->record_grant(recorded));
  reopen();
  EXPECT_EQ(must(store_->grants_on(photos)), std::vector{recorded});
}

TEST_P(StoreGrants, no_policy_is_not_an_empty_one) {
  auto none = grant(photos, "A");
  none.original_policy.reset();
  auto empty = grant(photos, "B");
  empty.original_policy = "";
  must(store_->record_grant(none));
  must(store_->record_grant(empty));
  EXPECT_EQ(must(store_->grants_on(photos)), (std::vector{none, empty}));
}

TEST_P(StoreGrants, the_first_original_policy_of_a_grant_stays) {
  const auto first = grant(photos, "S");
  auto second = first;
  second.original_policy = "with our grant in it";
  must(store_->record_grant(first));
  EXPECT_EQ(failure_of(store_->record_grant(second)), Errc::conflict);
  EXPECT_EQ(must(store_->grants_on(photos)), std::vector{first});
}

TEST_P(StoreGrants, grants_are_found_by_bucket_and_altogether) {
  auto late = grant(photos, "A");
  late.created_at = start + 1s;
  must(store_->record_grant(late));
  must(store_->record_grant(grant(photos, "B")));
  must(store_->record_grant(grant(films, "A")));
  must(store_->record_grant(grant(other_photos, "A")));
  EXPECT_EQ(must(store_->grants_on(photos)), (std::vector{grant(photos, "B"), late}));
  EXPECT_EQ(must(store_->grants_on(films)), (std::vector{grant(films, "A")}));
  EXPECT_EQ(must(store_->grants()).size(), 4U);
  EXPECT_EQ(must(store_->grants()).back(), late);

  must(store_->forget_grant(photos, "A"));
  must(store_->forget_grant(photos, "A"));
  EXPECT_EQ(must(store_->grants()),
            (std::vector{grant(other_photos, "A"), grant(films, "A"), grant(photos, "B")}));
}

S3M_ON_EVERY_DATABASE(StoreGrants);

}  // namespace
}  // namespace s3m::store
