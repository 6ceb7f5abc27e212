// Large objects: copied in parts, with everything that a multipart copy does not carry by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using sim::FaultEffect;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// One object "large" of 300 MiB, copied in five parts of 64 MiB.
sim::Scenario one_large(sim::ObjectSpec object = {}) {
  if (object.key.empty()) object.key = "large";
  if (object.size == 0) object.size = 300 * mib;
  if (!object.age) object.age = minutes(60);
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).with(std::move(object));
  return scenario;
}

TEST(Multipart, AnObjectAboveFiveGibibytesIsCopiedInParts) {
  Rig rig(one_large({.size = 6 * gib, .seed = 3}));
  rig.must_copy();
  EXPECT_EQ(rig.requests("UploadPartCopy"), 96U);
  EXPECT_EQ(rig.requests("CopyObject"), 0U);
  EXPECT_TRUE(rig.same_content("large"));
  EXPECT_EQ(rig.object("copy", "large")->parts, 96U);
  EXPECT_EQ(rig.uploads_left(), 0U);
  EXPECT_EQ(rig.counters.copied_bytes, 6 * gib);
  rig.must_verify();
}

// Each begins another upload, of which nobody would ever know.
TEST(Multipart, UploadsWhoseAnswerWasLostAreFoundAndAborted) {
  Rig rig(one_large());
  // One of the same key and initiator, of an earlier time.
  ASSERT_TRUE(rig.run(rig.s3->create_multipart_upload({.bucket = "copy", .key = "large"})));
  rig.clock.advance(minutes(5));
  rig.forget_requests();
  rig.fault({.operation = "CreateMultipartUpload",
             .count = 3,
             .effect = FaultEffect::reset_before_head,
             .applied = true});
  rig.must_copy();
  EXPECT_EQ(rig.requests("CreateMultipartUpload"), 4U);
  EXPECT_EQ(rig.uploads_left(), 1U) << "the earlier one, and it alone";
  EXPECT_TRUE(rig.journal.uploads.empty());
}

TEST(Multipart, TheThresholdAndThePartSizeCanBeChosen) {
  auto scenario = one_large({.size = 20 * mib});
  scenario.bucket("original", sim::source_account).with({.key = "small", .size = 10 * mib});
  Rig rig(scenario);
  rig.must_copy({.multipart_threshold = 10 * mib, .part_size = 5 * mib});
  EXPECT_EQ(rig.requests("UploadPartCopy"), 4U);
  EXPECT_EQ(rig.requests("CopyObject"), 1U);
}

TEST(Multipart, CarriesWhatTheUploadDoesNotCarryByItself) {
  Rig rig(one_large({.metadata = {{"author", "Ada"}},
                     .headers = {{"Content-Type", "video/mp4"}, {"Cache-Control", "max-age=60"}},
                     .tags = {{"kind", "film"}, {"odd", "a=b & c"}},
                     .storage_class = "STANDARD_IA",
                     .website_redirect = "/elsewhere"}));
  rig.must_copy();
  const auto source = rig.object("original", "large"), copy = rig.object("copy", "large");
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(copy->metadata, source->metadata);
  EXPECT_THAT(copy->headers, testing::UnorderedElementsAreArray(source->headers));
  EXPECT_EQ(copy->tags, source->tags);
  EXPECT_EQ(copy->storage_class, "STANDARD_IA");
  EXPECT_EQ(copy->website_redirect, "/elsewhere");
  EXPECT_EQ(copy->checksum, source->checksum) << "of the whole object, so they can be compared";
}

// A HEAD that shows none may hide them: of each object.
TEST(Multipart, TagsAreAskedForOfEachObject) {
  auto scenario = one_large();
  for (const std::string key : {"second", "third", "fourth"}) {
    scenario.bucket("original", sim::source_account)
        .with({.key = key, .size = 300 * mib, .age = minutes(60)});
  }
  Rig rig(scenario);
  rig.must_copy();
  EXPECT_EQ(rig.requests("GetObjectTagging"), 4U);
}

TEST(Multipart, EveryKindOfChecksumIsSurvived) {
  for (const std::string algorithm : {"none", "CRC64NVME", "CRC32", "CRC32C", "SHA1", "SHA256"}) {
    for (const std::uint64_t part_size : {std::uint64_t{0}, 100 * mib}) {
      Rig rig(one_large({.part_size = part_size, .checksum = algorithm}));
      rig.must_copy();
      EXPECT_TRUE(rig.same_content("large")) << algorithm << " " << part_size;
    }
  }
}

TEST(Multipart, KeepsTheEtagWhereAskedTo) {
  for (const auto part_size : {8 * mib, 17 * mib}) {
    Rig rig(one_large({.size = 100 * mib, .part_size = part_size}));
    rig.must_copy({.keep_etag = true});
    EXPECT_EQ(rig.object("copy", "large")->etag, rig.object("original", "large")->etag);
    rig.must_verify();
    EXPECT_EQ(rig.verification.same_strong, 1U);
  }
}

// Makes "uneven" at the source out of the beginning of "large".
void upload_uneven(Rig& rig, const std::vector<std::uint64_t>& sizes) {
  auto upload = rig.run(rig.s3->create_multipart_upload({.bucket = "original", .key = "uneven"}));
  ASSERT_TRUE(upload) << upload.error().describe();
  aws::CompleteRequest complete{
      .bucket = "original", .key = "uneven", .upload_id = *upload, .parts = {}, .write = {}};
  std::uint64_t begin = 0;
  for (const auto size : sizes) {
    auto part = rig.run(
        rig.s3->upload_part_copy({.source = {.bucket = "original", .key = "large", .version = {}},
                                  .bucket = "original",
                                  .key = "uneven",
                                  .upload_id = *upload,
                                  .part_number = static_cast<int>(complete.parts.size()) + 1,
                                  .first_byte = begin,
                                  .last_byte = begin + size - 1}));
    ASSERT_TRUE(part) << part.error().describe();
    complete.parts.push_back(*part);
    begin += size;
  }
  ASSERT_TRUE(rig.run(rig.s3->complete_multipart_upload(std::move(complete))));
}

// Of parts that look even from the outside each is asked for.
TEST(Multipart, KeepsTheEtagOfUnevenPartsToo) {
  Rig rig(one_large({.size = 100 * mib}));
  upload_uneven(rig, {6 * mib, 6 * mib, 9 * mib, 3 * mib});
  rig.must_copy({.keep_etag = true});
  EXPECT_EQ(rig.object("copy", "uneven")->parts, 4U);
  EXPECT_EQ(rig.object("copy", "uneven")->etag, rig.object("original", "uneven")->etag);
}

TEST(Multipart, WithoutAskingTheEtagChanges) {
  Rig rig(one_large({.size = 100 * mib, .part_size = 8 * mib}));
  rig.must_copy();
  EXPECT_EQ(rig.requests("CopyObject"), 1U);
  EXPECT_NE(rig.object("copy", "large")->etag, rig.object("original", "large")->etag);
}

TEST(Multipart, APartThatFailsOnceIsRepeated) {
  for (const auto effect : {FaultEffect::error_in_200, FaultEffect::reset_mid_body,
                            FaultEffect::truncated_body, FaultEffect::error}) {
    Rig rig(one_large());
    rig.fault(
        {.operation = "UploadPartCopy", .first = 3, .effect = effect, .code = "InternalError"});
    rig.must_copy();
    EXPECT_TRUE(rig.same_content("large"));
  }
}

TEST(Multipart, AFailedUploadIsAbortedAndForgotten) {
  Rig rig(one_large());
  rig.fault({.operation = "UploadPartCopy",
             .first = 3,
             .count = 0,
             .status = 500,
             .code = "InternalError"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.counters.part_bytes, 0U);
  EXPECT_EQ(rig.uploads_left(), 0U);
  EXPECT_TRUE(rig.journal.uploads.empty());
  EXPECT_EQ(rig.journal.recorded_in_all, 1);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].operation, "UploadPartCopy");
}

TEST(Multipart, AnAbortThatFailsLeavesTheUploadRecorded) {
  Rig rig(one_large());
  rig.fault({.operation = "UploadPartCopy", .count = 0, .status = 500, .code = "InternalError"});
  rig.fault(
      {.operation = "AbortMultipartUpload", .count = 0, .status = 500, .code = "InternalError"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.journal.uploads.size(), 1U);
}

TEST(Multipart, UploadsAreRecordedBeforeTheirFirstPart) {
  Rig rig(one_large());
  int recorded_at_first_part = -1;
  rig.before_first("UploadPartCopy",
                   [&](sim::Cloud&) { recorded_at_first_part = rig.journal.recorded_in_all; });
  rig.must_copy();
  EXPECT_EQ(recorded_at_first_part, 1);
  EXPECT_TRUE(rig.journal.uploads.empty());
}

TEST(Multipart, AJournalThatCannotBeWrittenEndsTheJobAndLeavesNoUpload) {
  Rig rig(one_large());
  rig.before_first("CreateMultipartUpload", [&](sim::Cloud&) { rig.journal.broken = true; });
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::io);
  EXPECT_EQ(rig.uploads_left(), 0U);
}

TEST(Multipart, ALostAnswerOfCompleteIsSettled) {
  for (const bool fails_twice : {false, true}) {
    Rig rig(one_large());
    rig.switches([&](auto& switches) { switches.second_complete_fails = fails_twice; });
    rig.fault({.operation = "CompleteMultipartUpload",
               .effect = FaultEffect::reset_before_head,
               .applied = true});
    rig.must_copy();
    EXPECT_EQ(rig.counters.copied, 1U);
    EXPECT_TRUE(rig.same_content("large"));
    EXPECT_TRUE(rig.journal.uploads.empty());
  }
}

TEST(Multipart, AnErrorInsideThe200OfCompleteIsNoSuccess) {
  Rig rig(one_large());
  rig.fault({.operation = "CompleteMultipartUpload",
             .effect = FaultEffect::error_in_200,
             .code = "InternalError",
             .blanks = 10});
  rig.must_copy();
  EXPECT_TRUE(rig.same_content("large"));
}

TEST(Multipart, ACompleteThatNeverSucceedsIsAFailureAndNoUploadStays) {
  Rig rig(one_large());
  rig.fault({.operation = "CompleteMultipartUpload",
             .count = 0,
             .effect = FaultEffect::error_in_200,
             .code = "InternalError"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.uploads_left(), 0U);
  EXPECT_FALSE(rig.object("copy", "large").has_value());
}

// radosgw: an empty ETag from Complete, 500 for a second one, unquoted ETags, pins ignored, copies
// above 5 GiB accepted.
TEST(Multipart, TheDialectOfRadosgwIsSurvived) {
  auto scenario = one_large({.size = 6 * gib, .part_size = 100 * mib});
  scenario.bucket("original", sim::source_account)
      .with({.key = "parts", .size = 30 * mib, .part_size = 8 * mib, .age = minutes(1)})
      .with({.key = "plain", .body = "x", .age = minutes(1)})
      .with({.key = "empty", .age = minutes(1)});
  scenario.switches = *sim::dialect("radosgw");
  Rig rig(scenario);
  rig.fault({.operation = "CompleteMultipartUpload",
             .effect = FaultEffect::reset_before_head,
             .applied = true});
  rig.must_copy();
  for (const auto key : {"large", "parts", "plain", "empty"})
    EXPECT_TRUE(rig.same_content(key));
  rig.must_verify();
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped, 4U);
}

TEST(Multipart, ASourceThatVanishesMeanwhileLeavesNothing) {
  Rig rig(one_large());
  rig.fault({.operation = "UploadPartCopy", .first = 3, .effect = FaultEffect::delete_object});
  rig.must_copy();
  EXPECT_EQ(rig.counters.vanished, 1U);
  EXPECT_EQ(rig.uploads_left(), 0U);
  EXPECT_TRUE(rig.journal.uploads.empty());
  EXPECT_TRUE(rig.keys("copy").empty());
}

TEST(Multipart, G15ASourceThatChangesMeanwhileIsCopiedAsItNowIs) {
  Rig rig(one_large());
  rig.before_first("UploadPartCopy", [](sim::Cloud& cloud) {
    cloud.put("original", {.key = "large", .size = 310 * mib, .seed = 99});
  });
  rig.must_copy();
  EXPECT_TRUE(rig.same_content("large"));
  EXPECT_EQ(rig.counters.copied_bytes, 310 * mib);
  EXPECT_EQ(rig.counters.source_bytes, 310 * mib);
  EXPECT_EQ(rig.uploads_left(), 0U);
}

// Two runs copy the same object; the other one is first. What it made is what ours would have been.
TEST(Multipart, AnUploadThatCameTooLateDoesNotStayOpen) {
  Rig rig(one_large({.seed = 1}));
  rig.before_first("CompleteMultipartUpload", [](sim::Cloud& cloud) {
    cloud.put("copy", {.key = "large", .size = 300 * mib, .seed = 1});
  });
  rig.must_copy();
  EXPECT_EQ(rig.requests("CreateMultipartUpload"), 1U);
  EXPECT_EQ(rig.uploads_left(), 0U);
  EXPECT_TRUE(rig.journal.uploads.empty());
}

// The source is another one for a while and the old one again before the upload is completed: only
// the pin of each part can tell.
TEST(Multipart, G15EveryPartIsPinned) {
  Rig rig(one_large({.seed = 1}), {.governor = {.initial = 1, .adaptive = false}});
  rig.cloud([](sim::Cloud& cloud) {
    cloud.before_each([&cloud, parts = 0](const sim::RequestRecord& request) mutable {
      if (request.operation == "UploadPartCopy") ++parts;
      const auto seed = request.operation == "UploadPartCopy" && parts == 3 ? 99U : 1U;
      cloud.put("original", {.key = "large", .size = 300 * mib, .seed = seed, .age = minutes(60)});
    });
  });
  rig.must_copy();
  EXPECT_EQ(rig.requests("CreateMultipartUpload"), 2U) << "the third part was refused";
  EXPECT_EQ(rig.object("copy", "large")->checksum, rig.object("original", "large")->checksum);
}

// The pins of the parts do nothing here; the look before Complete must find the mixture out.
TEST(Multipart, G15WhereTheServiceIgnoresPinsAMixtureIsNotCompleted) {
  Rig rig(one_large(), {.governor = {.initial = 1, .adaptive = false}});
  rig.switches([](auto& switches) { switches.ignore_copy_source_conditions = true; });
  rig.fault({.operation = "UploadPartCopy", .first = 3, .effect = FaultEffect::overwrite_object});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_TRUE(rig.same_content("large"));
}

TEST(Multipart, G15WhereTheServiceIgnoresPinsAMixtureIsNotCompletedEvenIfItFits) {
  Rig rig(one_large());
  rig.switches([](auto& switches) { switches.ignore_copy_source_conditions = true; });
  rig.before_first("UploadPartCopy", [](sim::Cloud& cloud) {
    cloud.put("original", {.key = "large", .size = 300 * mib, .seed = 99});
  });
  rig.must_copy();
  EXPECT_EQ(rig.requests("CompleteMultipartUpload"), 1U);
  EXPECT_TRUE(rig.same_content("large"));
  rig.must_verify(VerifyMode::checksum);
}

TEST(Multipart, G15AnObjectThatAppearsMeanwhileIsNotOverwritten) {
  Rig rig(one_large());
  rig.before_first("CompleteMultipartUpload", [](sim::Cloud& cloud) {
    cloud.put("copy", {.key = "large", .body = "foreign"});
  });
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.object("copy", "large")->size, 7U);
  EXPECT_EQ(rig.uploads_left(), 0U);
}

TEST(Multipart, G15ALargeObjectThatDiffersIsReplacedOnItsEtag) {
  Rig rig(one_large());
  rig.put("copy", {.key = "large", .body = "old"});
  rig.must_copy();
  EXPECT_TRUE(rig.same_content("large"));
}

// The article's trap: two pools of workers on one pool of connections wait for each other. Here
// small copies and parts draw from one budget, so nothing waits for what waits for it.
TEST(Budget, SmallAndLargeCopiesTogetherNeverExceedItAndNeverStall) {
  for (const std::uint32_t budget : {1U, 2U, 7U, 24U}) {
    auto scenario = two_buckets();
    auto& bucket = scenario.bucket("original", sim::source_account);
    bucket.with(sim::GeneratorSpec{.prefix = "small", .count = 300});
    bucket.with(sim::GeneratorSpec{
        .prefix = "large", .count = 40, .min_size = 20 * mib, .max_size = 40 * mib});
    scenario.latencies.push_back({.operation = "*", .fixed = milliseconds(1)});
    Rig rig(scenario, {.governor = {.initial = budget, .adaptive = false}});
    rig.must_copy({.multipart_threshold = 10 * mib, .part_size = 5 * mib});
    EXPECT_EQ(rig.counters.copied, 340U);
    const auto most = rig.cloud([](sim::Cloud& cloud) { return cloud.metrics().most_in_flight(); });
    EXPECT_LE(most, budget);
    EXPECT_EQ(rig.governor->peak_in_flight(), budget) << "the budget is there to be used";
  }
}

TEST(Budget, ABucketOfLargeObjectsAloneUsesItToo) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{
          .prefix = "large", .count = 100, .min_size = 20 * mib, .max_size = 40 * mib});
  scenario.latencies.push_back({.operation = "UploadPartCopy", .fixed = milliseconds(1)});
  Rig rig(scenario, {.governor = {.initial = 24, .adaptive = false}});
  rig.must_copy({.multipart_threshold = 10 * mib, .part_size = 5 * mib});
  EXPECT_EQ(rig.counters.copied, 100U);
  EXPECT_EQ(rig.governor->peak_in_flight(), 24U);
}

}  // namespace
}  // namespace s3m::transfer
