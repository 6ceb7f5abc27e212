#include "sim/content.hpp"

#include <array>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace s3m::sim {
namespace {

constexpr std::uint64_t gib = 1ull << 30;

TEST(Content, GeneratedBytesAreTheSameWhicheverWayTheyAreRead) {
  const Content content = Content::generated(7, 1000);
  const std::string whole = content.read(0, 1000);
  EXPECT_EQ(whole.substr(13, 101), content.read(13, 101));
  EXPECT_EQ(whole.substr(13, 101), content.slice(5, 500).read(8, 101));
  EXPECT_NE(whole, Content::generated(8, 1000).read(0, 1000));
}

TEST(Content, DigestsOfWhatCanBeReadAreThoseOfTheBytes) {
  const Content generated = Content::generated(3, 5000);
  EXPECT_EQ(generated.md5(), md5(generated.read(0, 5000)));
  EXPECT_EQ(generated.checksum(ChecksumAlgorithm::crc64nvme),
            checksum_of(ChecksumAlgorithm::crc64nvme, generated.read(0, 5000)));
  const Content sent = Content::bytes(std::string(3u << 20, 'x'));
  EXPECT_EQ(sent.md5(), md5(std::string(3u << 20, 'x')));
  EXPECT_EQ(hex(bytes_of(Content().md5())), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Content, PartsOfALargeObjectJoinToTheObject) {
  const Content source = Content::generated(1, 6 * gib);
  const std::array parts{source.slice(0, 5 * gib), source.slice(5 * gib, gib)};
  const Content copy = Content::joined(parts);
  EXPECT_EQ(copy.size(), 6 * gib);
  EXPECT_EQ(copy.md5(), source.md5());
  EXPECT_EQ(copy.checksum(ChecksumAlgorithm::crc64nvme),
            source.checksum(ChecksumAlgorithm::crc64nvme));
  const std::array wrong{parts[1], parts[0]};
  EXPECT_NE(Content::joined(wrong).md5(), source.md5());
}

TEST(Content, DerivedDigestsTellContentsApartAndSurviveACopyInParts) {
  const Content source = Content::generated(1, 5000, Digests::derived);
  EXPECT_EQ(source.read(0, 5000), Content::generated(1, 5000).read(0, 5000));
  const std::array parts{source.slice(0, 1000), source.slice(1000, 4000)};
  EXPECT_EQ(Content::joined(parts).md5(), source.md5());
  EXPECT_EQ(Content::joined(parts).checksum(ChecksumAlgorithm::crc64nvme),
            source.checksum(ChecksumAlgorithm::crc64nvme));
  EXPECT_NE(source.md5(), Content::generated(2, 5000, Digests::derived).md5());
  EXPECT_NE(source.md5(), Content::generated(1, 5001, Digests::derived).md5());
  EXPECT_NE(parts[0].md5(), parts[1].md5());
  EXPECT_EQ(source.checksum(ChecksumAlgorithm::crc64nvme).size(), 8u);
  EXPECT_NE(source.checksum(ChecksumAlgorithm::sha256), source.checksum(ChecksumAlgorithm::sha1));
}

TEST(Content, DigestsOfSmallPiecesAmongDerivedOnesDifferByTheirBytes) {
  const Content derived = Content::generated(1, 10, Digests::derived);
  const std::array one{derived, Content::bytes("a")}, other{derived, Content::bytes("b")};
  EXPECT_NE(Content::joined(one).md5(), Content::joined(other).md5());
  EXPECT_EQ(Content::joined(one).md5(), Content::joined(one).md5());
}

TEST(Content, JoinsWhatDoesNotBelongTogether) {
  const std::array parts{Content::bytes("head"), Content::generated(1, 10), Content::bytes("tail")};
  const Content joined = Content::joined(parts);
  const std::string text = joined.read(0, joined.size());
  EXPECT_EQ(text, "head" + parts[1].read(0, 10) + "tail");
  EXPECT_EQ(joined.slice(2, 14).read(0, 14), text.substr(2, 14));
  EXPECT_EQ(joined.md5(), md5(text));
}

TEST(Checksum, KnowsTheCheckValues) {
  EXPECT_EQ(base64(checksum_of(ChecksumAlgorithm::crc32, "123456789")), "y/Q5Jg==");
  EXPECT_EQ(base64(checksum_of(ChecksumAlgorithm::crc32c, "123456789")), "4waSgw==");
  EXPECT_EQ(base64(checksum_of(ChecksumAlgorithm::crc64nvme, "123456789")), "rosUhgp5mIg=");
  EXPECT_EQ(hex(checksum_of(ChecksumAlgorithm::sha1, "abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(parse_checksum_algorithm("crc64NVME"), ChecksumAlgorithm::crc64nvme);
  EXPECT_EQ(parse_checksum_algorithm("XXHASH3"), std::nullopt);
}

}  // namespace
}  // namespace s3m::sim
