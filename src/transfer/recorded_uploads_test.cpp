#include "transfer/recorded_uploads.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "transfer/test_journal.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::seconds;

UploadRecord record() {
  return {.bucket = "copy",
          .key = "to/k",
          .upload_id = "U1",
          .source_bucket = "original",
          .source_key = "from/k",
          .source_version = "v1",
          .source_etag = "e1",
          .source_last_modified = WallTime(std::chrono::hours(500'000)),
          .size = 25,
          .part_sizes = {10, 10, 5},
          .settings = "s1"};
}

UploadRecord wanted() {
  auto upload = record();
  upload.upload_id.clear();
  return upload;
}

TEST(RecordedUploads, G17AnUploadIsGoneOnWithOnlyIfAllAgrees) {
  EXPECT_TRUE(same_upload(record(), wanted()));
  const std::vector<std::function<void(UploadRecord&)>> changes{
      [](auto& u) { u.bucket = "other"; },
      [](auto& u) { u.key = "to/l"; },
      [](auto& u) { u.source_bucket = "other"; },
      [](auto& u) { u.source_key = "from/l"; },
      [](auto& u) { u.source_version = "v2"; },
      [](auto& u) { u.source_etag = "e2"; },
      [](auto& u) { u.source_last_modified += seconds(1); },
      [](auto& u) { u.size = 26; },
      [](auto& u) { u.part_sizes = {10, 15}; },
      [](auto& u) { u.settings = "s2"; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto other = wanted();
    changes[i](other);
    EXPECT_FALSE(same_upload(record(), other)) << "change " << i;
  }
}

TEST(RecordedUploads, PartsAreUsableOnlyWithTheirNumberAndSize) {
  const auto parts = usable_parts({{.part_number = 3, .size = 5, .etag = "c"},
                                   {.part_number = 2, .size = 9, .etag = "b"},
                                   {.part_number = 4, .size = 5, .etag = "d"},
                                   {.part_number = 0, .size = 10, .etag = "z"},
                                   {.part_number = 1, .size = 10, .etag = ""}},
                                  record());
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].etag, "");
  EXPECT_EQ(parts[1].etag, "");
  EXPECT_EQ(parts[2].etag, "c");
}

TEST(RecordedUploads, AreGivenOnceEach) {
  TestJournal journal;
  ASSERT_TRUE(journal.record(record()).has_value());
  auto uploads = RecordedUploads::load(journal, {"copy", "to/"});
  ASSERT_TRUE(uploads.has_value());
  auto other = wanted();
  other.source_etag = "e2";
  EXPECT_FALSE(uploads->take(other).has_value());
  const auto taken = uploads->take(wanted());
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->upload_id, "U1");
  EXPECT_FALSE(uploads->take(wanted()).has_value());
}

TEST(RecordedUploads, AJournalThatCannotBeReadIsAnError) {
  TestJournal journal;
  journal.broken = true;
  const auto uploads = RecordedUploads::load(journal, {"copy", ""});
  ASSERT_FALSE(uploads.has_value());
  EXPECT_EQ(uploads.error().code(), Errc::io);
}

TEST(RecordedUploads, SettingsCoverAllThatAnUploadIsCreatedWith) {
  aws::CreateUploadRequest base;
  base.head.metadata = {{"a", "b"}};
  const std::vector<std::function<void(aws::CreateUploadRequest&)>> changes{
      [](auto& r) { r.write.storage_class = "STANDARD_IA"; },
      [](auto& r) { r.write.encryption = "aws:kms"; },
      [](auto& r) { r.write.kms_key_id = "k"; },
      [](auto& r) { r.write.acl = "private"; },
      [](auto& r) { r.head.content_type = "text/plain"; },
      [](auto& r) { r.head.metadata = {{"a", "c"}}; },
      [](auto& r) { r.head.metadata.clear(); },
      [](auto& r) { r.tags = {{"a", "b"}}; },
      [](auto& r) {
        r.write.restated = std::make_shared<aws::Restated>(aws::Restated{.legal_hold = "ON"});
      },
      [](auto& r) { r.checksum_algorithm = "CRC32"; },
      [](auto& r) { r.full_object_checksum = true; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto other = base;
    changes[i](other);
    EXPECT_NE(settings_of(base), settings_of(other)) << "change " << i;
  }
  auto conditions = base;
  conditions.write.if_match = "e";
  EXPECT_EQ(settings_of(base), settings_of(conditions)) << "conditions go with Complete";
}

}  // namespace
}  // namespace s3m::transfer
