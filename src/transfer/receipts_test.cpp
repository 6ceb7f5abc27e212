#include "transfer/receipts.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;

const WallTime noon{std::chrono::hours(500'000)};

aws::ObjectEntry object(std::string etag, WallTime modified = noon, std::uint64_t size = 7) {
  return {.size = size, .etag = std::move(etag), .last_modified = modified};
}

TEST(Receipts, HoldForThePairThatWasCopied) {
  Receipts receipts;
  EXPECT_FALSE(receipts.holds("k", object("a-3"), object("b")));
  receipts.add("k", object("a-3"), "b");
  EXPECT_TRUE(receipts.holds("k", object("a-3"), object("b")));
  EXPECT_TRUE(receipts.holds("k", object("a-3", noon + milliseconds(999)), object("b")))
      << "a HEAD has no milliseconds";
}

TEST(Receipts, DoNotHoldOnceEitherSideHasChanged) {
  Receipts receipts;
  receipts.add("k", object("a-3"), "b");
  EXPECT_FALSE(receipts.holds("l", object("a-3"), object("b")));
  EXPECT_FALSE(receipts.holds("k", object("c-3"), object("b")));
  EXPECT_FALSE(receipts.holds("k", object("a-3"), object("c")));
  EXPECT_FALSE(receipts.holds("k", object("a-3", noon + milliseconds(1000)), object("b")));
  EXPECT_FALSE(receipts.holds("k", object("a-3", noon, 8), object("b", noon, 8)));
  EXPECT_FALSE(receipts.holds("k", object("a-3"), object("b", noon, 8)));
}

}  // namespace
}  // namespace s3m::transfer
