#include "transfer/scratch.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

TEST(Scratch, KnowsItsOwnKeysAndNoOthers) {
  for (const auto* const purpose : {"pins", "probe", "marker"}) {
    EXPECT_TRUE(is_scratch(scratch_key(purpose), scratch_body.size()));
    EXPECT_TRUE(is_scratch(scratch_key(purpose), 0));
  }
  EXPECT_NE(scratch_key("pins"), scratch_key("pins"));
  EXPECT_FALSE(is_scratch(scratch_key("pins"), scratch_body.size() + 1)) << "too large for one";
  for (const auto* const key :
       {".s3migrator/precious.txt", ".s3migrator/pins-0123456789abcdeg", ".s3migrator/pins-",
        ".s3migrator/pins-0123456789abcdef0", ".s3migrator/record.json", "pins-0123456789abcdef",
        ".s3migrator/other-0123456789abcdef", ""}) {
    EXPECT_FALSE(is_scratch(key, 0)) << key;
  }
  EXPECT_TRUE(is_scratch(".s3migrator/pins-0123456789abcdef", 7));
}

}  // namespace
}  // namespace s3m::transfer
