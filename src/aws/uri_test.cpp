#include "aws/uri.hpp"

#include <random>

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

std::string copy_source(std::string_view bucket, std::string_view key, std::string_view version) {
  std::string out;
  append_copy_source(out, bucket, key, version);
  return out;
}

TEST(Uri, KeepsOnlyUnreservedCharacters) {
  std::string all;
  for (int c = 0; c < 256; ++c)
    all += static_cast<char>(c);
  const std::string encoded = uri_encode(all);
  std::string kept;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%') {
      i += 2;
    } else {
      kept += encoded[i];
    }
  }
  EXPECT_EQ(kept, "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
  EXPECT_EQ(encoded.size(), kept.size() + 3 * (256 - kept.size()));
}

TEST(Uri, WritesUpperCaseDigitsAndNeverAPlusForASpace) {
  EXPECT_EQ(uri_encode(" +%\xc3\xa9\n"), "%20%2B%25%C3%A9%0A");
}

TEST(Uri, KeepsSlashesAndDotSegmentsOfAKey) {
  EXPECT_EQ(uri_encode("k y+z/..//./a", Slash::keep), "k%20y%2Bz/..//./a");
  EXPECT_EQ(uri_encode("/lead", Slash::keep), "/lead");
  EXPECT_EQ(uri_encode("a/b", Slash::encode), "a%2Fb");
}

TEST(Uri, CopySourceEncodesWhatTheServiceWouldTakeForSyntax) {
  EXPECT_EQ(copy_source("bucket", "a b/c+d?versionId=x&y#z", ""),
            "bucket/a%20b/c%2Bd%3FversionId%3Dx%26y%23z");
}

TEST(Uri, CopySourceCarriesTheVersionUnencoded) {
  EXPECT_EQ(copy_source("bucket", "k?", "3/L4kqtJl+40Nr8X8gdRQBpUMLUo"),
            "bucket/k%3F?versionId=3/L4kqtJl+40Nr8X8gdRQBpUMLUo");
}

TEST(Uri, DecodesListedKeys) {
  EXPECT_EQ(decode_listed("test_file%283%29.png"), "test_file(3).png");
  EXPECT_EQ(decode_listed("a+b%2Bc%2f%00"), std::string("a b+c/\0", 7));
  EXPECT_EQ(decode_listed(""), "");
}

TEST(Uri, RefusesWhatCannotBeDecoded) {
  for (const auto* broken : {"%", "a%2", "%G0", "%0G", "%%41", "a% 1"})
    EXPECT_EQ(decode_listed(broken), std::nullopt) << broken;
}

TEST(Uri, DecodingUndoesEncoding) {
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string raw(random() % 40, '\0');
    for (char& c : raw)
      c = static_cast<char>(random());
    EXPECT_EQ(decode_listed(uri_encode(raw, Slash::keep)), raw);
  }
}

}  // namespace
}  // namespace s3m::aws
