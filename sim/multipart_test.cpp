#include "sim/multipart.hpp"

#include <gtest/gtest.h>

#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::element;
using testing::Rig;
using testing::Signer;

constexpr std::uint64_t mib = 1u << 20;

class Multipart : public ::testing::Test {
 protected:
  static Scenario scenario() {
    Scenario scenario = article_scenario();
    scenario.bucket("b", source_account)
        .with(ObjectSpec{.key = "source", .size = 12 * mib, .part_size = 5 * mib})
        .with(ObjectSpec{.key = "small", .size = 5 * mib});
    return scenario;
  }
  std::string begin(Pairs headers = {}) {
    return element(rig.send(admin, "POST", "/b/k?uploads=", std::move(headers)).body, "UploadId");
  }
  net::ServerReply copy_part(const std::string& upload, int number, const std::string& range,
                             Pairs headers = {}, const std::string& source = "b/source") {
    headers.emplace_back("x-amz-copy-source", source);
    if (!range.empty()) headers.emplace_back("x-amz-copy-source-range", range);
    return rig.send(admin, "PUT",
                    "/b/k?partNumber=" + std::to_string(number) + "&uploadId=" + upload, headers);
  }
  net::ServerReply complete(const std::string& upload, const std::vector<std::string>& etags) {
    std::string xml = "<CompleteMultipartUpload>";
    int number = 0;
    for (const auto& etag : etags) {
      xml += "<Part><PartNumber>" + std::to_string(++number) + "</PartNumber><ETag>" + etag +
             "</ETag></Part>";
    }
    return rig.send(admin, "POST", "/b/k?uploadId=" + upload, {},
                    xml + "</CompleteMultipartUpload>");
  }
  // Copies the source along its own parts.
  net::ServerReply copy_all(const std::string& upload) {
    std::vector<std::string> etags;
    for (const char* range :
         {"bytes=0-5242879", "bytes=5242880-10485759", "bytes=10485760-12582911"}) {
      etags.push_back(
          element(copy_part(upload, static_cast<int>(etags.size()) + 1, range).body, "ETag"));
    }
    return complete(upload, etags);
  }

  Rig rig{scenario()};
  Signer admin = rig.user(source_account);
};

TEST_F(Multipart, ACopyAlongTheSourcesPartsKeepsItsETagAndChecksum) {
  const net::ServerReply done = copy_all(begin({{"x-amz-storage-class", "STANDARD_IA"}}));
  EXPECT_EQ(done.status, 200) << done.body;
  const auto source = rig.cloud.object("b", "source");
  const auto copy = rig.cloud.object("b", "k");
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->etag, source->etag);
  EXPECT_EQ(copy->checksum, source->checksum);
  EXPECT_EQ(copy->parts, 3u);
  EXPECT_EQ(copy->storage_class, "STANDARD_IA");
  EXPECT_TRUE(rig.cloud.uploads("b").empty());
}

TEST_F(Multipart, TheObjectIsDatedByTheUploadsBeginning) {
  const std::string upload = begin();
  rig.now += std::chrono::minutes(9);
  copy_all(upload);
  EXPECT_EQ(rig.cloud.object("b", "k")->last_modified, testing::test_start);
}

TEST_F(Multipart, TheSameCompleteAgainIsAnsweredAgain) {
  const std::string upload = begin();
  const net::ServerReply first = copy_all(upload);
  const std::string etag = rig.cloud.object("b", "k")->etag;
  const net::ServerReply again = complete(upload, {"\"ignored\""});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(element(again.body, "ETag"), element(first.body, "ETag"));
  rig.cloud.switches().second_complete_fails = true;
  EXPECT_EQ(complete(upload, {"x"}).status, 500);
  rig.cloud.switches().second_complete_fails = false;
  rig.cloud.put("b", {.key = "k", .body = "someone else's"});
  EXPECT_EQ(element(complete(upload, {"x"}).body, "Code"), "NoSuchUpload");
}

TEST_F(Multipart, RangesAreChecked) {
  const std::string upload = begin();
  for (const char* range : {"bytes=0-", "bytes=-5", "0-5", "bytes=5-4", "bytes=0-12582912"}) {
    EXPECT_EQ(element(copy_part(upload, 1, range).body, "Code"), "InvalidArgument") << range;
  }
  EXPECT_EQ(element(copy_part(upload, 1, "bytes=0-9", {}, "b/small").body, "Code"),
            "InvalidRequest");
  EXPECT_EQ(copy_part(upload, 1, "", {}, "b/small").status, 200);
  for (const int number : {0, 10'001}) {
    EXPECT_EQ(element(copy_part(upload, number, "").body, "Code"), "InvalidArgument");
  }
}

TEST_F(Multipart, TheSourceIsPinnedPartByPart) {
  const std::string upload = begin();
  const std::string etag = rig.cloud.object("b", "source")->etag;
  EXPECT_EQ(copy_part(upload, 1, "bytes=0-9", {{"x-amz-copy-source-if-match", etag}}).status, 200);
  rig.cloud.put("b", {.key = "source", .size = 12 * mib, .seed = 99});
  EXPECT_EQ(copy_part(upload, 2, "bytes=0-9", {{"x-amz-copy-source-if-match", etag}}).status, 412);
  rig.cloud.switches().ignore_copy_source_conditions = true;
  EXPECT_EQ(copy_part(upload, 2, "bytes=0-9", {{"x-amz-copy-source-if-match", etag}}).status, 200);
}

TEST_F(Multipart, ChecksumTypesThatDoNotGoTogetherAreRefused) {
  EXPECT_EQ(begin({{"x-amz-checksum-algorithm", "SHA256"}, {"x-amz-checksum-type", "FULL_OBJECT"}}),
            "");
  EXPECT_EQ(
      begin({{"x-amz-checksum-algorithm", "CRC64NVME"}, {"x-amz-checksum-type", "COMPOSITE"}}), "");
  EXPECT_NE(begin({{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}}),
            "");
}

TEST_F(Multipart, AServiceWhoseCompleteTellsNoETag) {
  rig.cloud.switches().complete_etag_empty = true;
  EXPECT_EQ(element(copy_all(begin()).body, "ETag"), "");
}

TEST_F(Multipart, AnotherKeysUploadIsNone) {
  const std::string upload = begin();
  const net::ServerReply other = rig.send(admin, "DELETE", "/b/other?uploadId=" + upload);
  EXPECT_EQ(element(other.body, "Code"), "NoSuchUpload");
  EXPECT_EQ(rig.send(admin, "DELETE", "/b/k?uploadId=" + upload).status, 204);
}

}  // namespace
}  // namespace s3m::sim
