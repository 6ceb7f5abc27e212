// Uploads in flight, on every database.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "store/store_conformance.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

class StoreUploads : public StoreConformance {};

std::vector<std::string> keys_of(const std::vector<UploadRecord>& uploads) {
  std::vector<std::string> keys;
  for (const auto& each : uploads)
    keys.push_back(each.key);
  return keys;
}

TEST_P(StoreUploads, an_upload_comes_back_as_it_was) {
  const auto recorded = upload("a/b", "u1");
  must(store_->record_upload(recorded));
  reopen();
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{recorded});
}

TEST_P(StoreUploads, an_upload_of_nothing_known_comes_back_too) {
  UploadRecord recorded;
  recorded.destination = photos;
  recorded.created_at = WallTime(-1ms);
  must(store_->record_upload(recorded));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{recorded});
}

TEST_P(StoreUploads, any_key_is_kept) {
  std::vector<std::string> keys = {"",
                                   " ",
                                   "\0\0"s,
                                   "\n\r\t\x1b\x7F",
                                   "'; DROP TABLE jobs; --",
                                   "\\",
                                   "%_:a?",
                                   "\xFF\xFE",
                                   "\xED\xA0\x80",
                                   "gr\xC3\xBC\xC3\x9F",
                                   "../",
                                   "\xF0\x9F\x98\x80",
                                   std::string(1024, '\xC3')};
  std::ranges::sort(keys);
  for (const auto& key : keys)
    must(store_->record_upload(upload(key, "u")));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, ""))), keys);
  for (const auto& key : keys)
    must(store_->forget_upload(photos, key, "u"));
  EXPECT_TRUE(must(store_->uploads_for(photos, "")).empty());
}

TEST_P(StoreUploads, uploads_are_found_by_destination_and_prefix) {
  for (const auto* const key : {"a", "a/", "a/1", "a/2", "a%", "a_", "b", "A/1"}) {
    must(store_->record_upload(upload(key, "u")));
  }
  auto elsewhere = upload("a/9", "u");
  elsewhere.destination = films;
  must(store_->record_upload(elsewhere));
  elsewhere.destination = other_photos;
  must(store_->record_upload(elsewhere));

  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a/"))), (Keys{"a/", "a/1", "a/2"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a%"))), (Keys{"a%"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "a_"))), (Keys{"a_"}));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, "c"))), Keys());
  EXPECT_EQ(must(store_->uploads_for(photos, "")).size(), 8U);
  EXPECT_EQ(keys_of(must(store_->uploads_for(films, ""))), (Keys{"a/9"}));
}

TEST_P(StoreUploads, uploads_come_oldest_first) {
  auto first = upload("z", "u");
  auto second = upload("a", "u");
  first.created_at = start - 1ms;
  must(store_->record_upload(second));
  must(store_->record_upload(first));
  EXPECT_EQ(keys_of(must(store_->uploads_for(photos, ""))), (std::vector<std::string>{"z", "a"}));
}

TEST_P(StoreUploads, an_upload_that_is_recorded_again_is_replaced) {
  auto adopted = upload("k", "u1");
  must(store_->record_upload(adopted));
  must(store_->record_upload(upload("k", "u2")));
  adopted.job_id = "job-2";
  adopted.created_at = start + 1s;
  must(store_->record_upload(adopted));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), (std::vector{upload("k", "u2"), adopted}));
}

TEST_P(StoreUploads, forgetting_an_upload_forgets_that_one) {
  must(store_->record_upload(upload("k", "u1")));
  must(store_->record_upload(upload("k", "u2")));
  must(store_->record_upload(upload("ku", "1")));
  must(store_->forget_upload(photos, "k", "u1"));
  must(store_->forget_upload(photos, "k", "u1"));
  must(store_->forget_upload(films, "k", "u2"));
  EXPECT_EQ(must(store_->uploads_for(photos, "")),
            (std::vector{upload("k", "u2"), upload("ku", "1")}));
}

TEST_P(StoreUploads, an_upload_of_ten_thousand_parts) {
  auto big = upload("k", "u");
  big.part_sizes.assign(9999, 512ULL << 20U);
  big.part_sizes.push_back(1);
  must(store_->record_upload(big));
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{big});
  big.part_sizes.push_back(1);
  EXPECT_EQ(failure_of(store_->record_upload(big)), Errc::invalid_argument);
}

TEST_P(StoreUploads, what_cannot_be_stored_is_refused_and_changes_nothing) {
  const auto good = upload("k", "u");
  must(store_->record_upload(good));
  auto bad = good;
  bad.source.etag = "cut \xC3";
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  bad = good;
  bad.job_id = "a\0b"s;
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  bad = good;
  bad.source.size = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(failure_of(store_->record_upload(bad)), Errc::invalid_argument);
  EXPECT_EQ(must(store_->uploads_for(photos, "")), std::vector{good});
}

TEST_P(StoreUploads, no_password_gets_into_the_store) {
  const BucketRef careless{"http://user:secret@127.0.0.1:9000", "photos"};
  auto record = upload("k", "u");
  record.source.bucket = careless;
  const auto refused = store_->record_upload(record);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::invalid_argument);
  EXPECT_EQ(refused.error().describe().find("secret"), std::string::npos);
  EXPECT_EQ(failure_of(store_->record_grant(grant(careless, "S"))), Errc::invalid_argument);
}

S3M_ON_EVERY_DATABASE(StoreUploads);

}  // namespace
}  // namespace s3m::store
