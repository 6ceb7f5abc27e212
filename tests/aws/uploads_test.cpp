// Multipart uploads against the simulator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/aws/simulated_s3.hpp"

namespace s3m::aws {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::uint64_t mib = 1 << 20;

class Uploads : public SimulatedS3 {
 protected:
  Uploads() {
    cloud([](sim::Cloud& cloud) {
      cloud.put("photos", {.key = "big one", .size = 12 * mib, .part_size = 5 * mib});
    });
  }

  std::string create(CreateUploadRequest request = {}) {
    request.bucket = "copies";
    request.key = key_;
    auto id = run(s3_.create_multipart_upload(std::move(request)));
    EXPECT_TRUE(id) << id.error().describe();
    return id ? *id : "";
  }
  Result<PartResult> copy_part(const std::string& upload, int number) {
    const std::uint64_t first = static_cast<std::uint64_t>(number - 1) * 5 * mib;
    return run(s3_.upload_part_copy({.source = {"photos", "big one", ""},
                                     .bucket = "copies",
                                     .key = key_,
                                     .upload_id = upload,
                                     .part_number = number,
                                     .first_byte = first,
                                     .last_byte = std::min(first + 5 * mib, 12 * mib) - 1}));
  }
  CompleteRequest all_parts(const std::string& upload) {
    CompleteRequest complete{.bucket = "copies", .key = key_, .upload_id = upload};
    for (int number = 1; number <= 3; ++number) {
      auto part = copy_part(upload, number);
      EXPECT_TRUE(part) << part.error().describe();
      if (part) complete.parts.push_back(*part);
    }
    return complete;
  }

  std::string key_ = "copy/of \"<the>\" big+one\n";
  S3 s3_ = s3(administrator());
};

TEST_F(Uploads, ACopyInPartsCarriesWhatItRestates) {
  CreateUploadRequest request;
  request.head.metadata = {{"camera", "x100"}, {"empty", ""}};
  request.head.content_type = "image/jpeg";
  request.tags = {{"a b", "1&2"}, {"c", ""}};
  request.write.storage_class = "STANDARD_IA";
  const auto upload = create(std::move(request));
  const auto completed = run(s3_.complete_multipart_upload(all_parts(upload)));
  ASSERT_TRUE(completed) << completed.error().describe();

  const auto source = run(s3_.head_object({.object = {"photos", "big one", ""}}));
  const auto copy = run(s3_.head_object({.object = {"copies", key_, ""}}));
  ASSERT_TRUE(source && copy);
  EXPECT_EQ(copy->size, 12 * mib);
  EXPECT_EQ(copy->etag, source->etag);  // the same boundaries
  EXPECT_EQ(completed->etag, copy->etag);
  EXPECT_EQ(copy->content_type, "image/jpeg");
  EXPECT_EQ(copy->storage_class, "STANDARD_IA");
  EXPECT_THAT(copy->metadata, UnorderedElementsAre(Pair("camera", "x100"), Pair("empty", "")));
  const auto tags = run(s3_.get_object_tagging({"copies", key_, ""}, ""));
  ASSERT_TRUE(tags);
  EXPECT_THAT(*tags, UnorderedElementsAre(Pair("a b", "1&2"), Pair("c", "")));
}

TEST_F(Uploads, TheBoundariesOfTheSourceCanBeAsked) {
  const auto part = run(s3_.head_object({.object = {"photos", "big one", ""}, .part_number = 3}));
  ASSERT_TRUE(part) << part.error().describe();
  EXPECT_EQ(part->size, 2 * mib);
  EXPECT_EQ(part->parts_count, 3);
}

TEST_F(Uploads, PartsAreListedPageByPage) {
  cloud([](sim::Cloud& cloud) { cloud.switches().listing_page = 2; });
  const auto upload = create();
  const auto complete = all_parts(upload);
  const auto parts = run(s3_.list_parts("copies", key_, upload, ""));
  ASSERT_TRUE(parts) << parts.error().describe();
  ASSERT_EQ(parts->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*parts)[i].part_number, static_cast<int>(i) + 1);
    EXPECT_EQ((*parts)[i].etag, complete.parts[i].etag);
  }
  EXPECT_EQ((*parts)[2].size, 2 * mib);
}

TEST_F(Uploads, UnfinishedOnesAreListedAndAborted) {
  const auto upload = create();
  const auto page = run(s3_.list_multipart_uploads("copies", "copy/", "", "", ""));
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->uploads.size(), 1u);
  EXPECT_EQ(page->uploads[0].key, key_);
  EXPECT_EQ(page->uploads[0].upload_id, upload);
  EXPECT_FALSE(page->truncated);
  EXPECT_EQ(outcome(run(s3_.abort_multipart_upload("copies", key_, upload, ""))), "ok");
  EXPECT_EQ(outcome(run(s3_.abort_multipart_upload("copies", key_, upload, ""))), "ok");
  EXPECT_EQ(outcome(run(s3_.list_parts("copies", key_, upload, ""))), "no_such_upload");
  EXPECT_EQ(outcome(copy_part(upload, 1)), "no_such_upload");
}

TEST_F(Uploads, CompletionIsConditional) {
  cloud([this](sim::Cloud& cloud) { cloud.put("copies", {.key = key_, .body = "there"}); });
  auto complete = all_parts(create());
  complete.write.if_none_match = true;
  EXPECT_EQ(outcome(run(s3_.complete_multipart_upload(std::move(complete)))),
            "precondition_failed");
}

TEST_F(Uploads, CompositeChecksumsAreSentBack) {
  CreateUploadRequest request;
  request.checksum_algorithm = "SHA256";
  auto complete = all_parts(create(std::move(request)));
  ASSERT_EQ(complete.parts.size(), 3u);
  EXPECT_EQ(complete.parts[0].checksum.algorithm, "SHA256");
  complete.with_checksums = true;
  EXPECT_EQ(outcome(run(s3_.complete_multipart_upload(std::move(complete)))), "ok");
  const auto head = run(s3_.head_object({.object = {"copies", key_, ""}, .checksum = true}));
  ASSERT_TRUE(head);
  ASSERT_EQ(head->checksums.size(), 1u);
  EXPECT_EQ(head->checksums[0].algorithm, "SHA256");
  EXPECT_FALSE(head->checksums[0].full_object);
}

TEST_F(Uploads, ALateErrorOfCompleteIsRepeated) {
  add_fault({.operation = "CompleteMultipartUpload",
             .count = 2,
             .effect = sim::FaultEffect::error_in_200,
             .code = "InternalError",
             .blanks = 100});
  EXPECT_EQ(outcome(run(s3_.complete_multipart_upload(all_parts(create())))), "ok");
  EXPECT_EQ(seen("CompleteMultipartUpload"), 3u);
}

}  // namespace
}  // namespace s3m::aws
