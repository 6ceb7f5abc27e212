#include "transfer/zstd_stream.hpp"

#include <random>

#include <gtest/gtest.h>

#include "transfer/test_zstd.hpp"

namespace s3m::transfer {
namespace {

TEST(ZstdStream, GivesBackWhatItWasGiven) {
  std::mt19937 random(1);
  ZstdStream stream;
  for (int frame = 0; frame < 3; ++frame) {
    std::string text;
    for (int i = 0; i < 40'000; ++i) {
      const auto line = "line " + std::to_string(random()) + "\n";
      stream.append(line);
      text += line;
    }
    const auto packed = stream.take();
    EXPECT_LT(packed.size(), text.size() / 2);
    EXPECT_EQ(unpacked(packed), text);
  }
}

TEST(ZstdStream, NothingIsAFrameToo) {
  ZstdStream stream;
  EXPECT_EQ(unpacked(stream.take()), "");
}

}  // namespace
}  // namespace s3m::transfer
