#include "workflow/bucket_deletion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int rounds = 5;
constexpr milliseconds first_pause = 200ms;
constexpr milliseconds longest_pause = 5s;
// How often a bucket must be seen after an answer was lost before it counts as still there.
constexpr int looks = 5;

bool tells_nothing_of_lists(const Error& error) {
  return error.code() == Errc::not_supported;
}

net::Task<Result<std::optional<std::string>>> first_version(aws::S3& owner, std::string bucket,
                                                            std::string expected_owner) {
  aws::ListVersionsRequest request{.bucket = bucket, .expected_owner = expected_owner};
  for (;;) {
    auto page = co_await owner.list_object_versions(request);
    if (!page) co_return forward(page);
    if (!page->versions.empty()) {
      const auto& left = page->versions.front();
      const auto* const kind = left.version.delete_marker ? "delete marker" : "version";
      co_return fmt::format("object {} ({} {})", printable(left.key), kind,
                            printable(left.version.id));
    }
    if (!page->truncated) co_return std::nullopt;
    if (page->next_key_marker.empty() || page->next_key_marker <= request.key_marker) {
      co_return fail(Errc::listing_order,
                     fmt::format("the listing of versions of {} does not end", printable(bucket)));
    }
    request.key_marker = std::move(page->next_key_marker);
    request.version_id_marker = std::move(page->next_version_id_marker);
  }
}

net::Task<Result<std::optional<std::string>>> first_object(aws::S3& owner, std::string bucket,
                                                           std::string expected_owner) {
  aws::ListRequest request{.bucket = std::move(bucket),
                           .expected_owner = std::move(expected_owner)};
  auto page = co_await owner.list_objects(std::move(request));
  if (!page) co_return forward(page);
  if (page->objects.empty()) co_return std::nullopt;
  co_return fmt::format("object {}", printable(page->objects.front().key));
}

net::Task<Result<std::optional<std::string>>> first_upload(aws::S3& owner, std::string bucket,
                                                           std::string expected_owner,
                                                           std::vector<std::string> abandoned) {
  std::string key_marker, id_marker;
  for (;;) {
    auto page =
        co_await owner.list_multipart_uploads(bucket, {}, key_marker, id_marker, expected_owner);
    if (!page) co_return forward(page);
    const auto left = std::ranges::find_if(page->uploads, [&](const aws::UploadEntry& upload) {
      return std::ranges::find(abandoned, upload.upload_id) == abandoned.end();
    });
    if (left != page->uploads.end()) {
      co_return fmt::format("unfinished upload {} of object {}, begun {}",
                            printable(left->upload_id), printable(left->key),
                            iso8601_seconds(left->initiated));
    }
    const bool advances =
        page->next_key_marker > key_marker ||
        (page->next_key_marker == key_marker && page->next_upload_id_marker != id_marker);
    if (!page->truncated) co_return std::nullopt;
    if (!advances) {
      co_return fail(Errc::listing_order,
                     fmt::format("the listing of uploads of {} does not end", printable(bucket)));
    }
    key_marker = std::move(page->next_key_marker);
    id_marker = std::move(page->next_upload_id_marker);
  }
}

// One deletion from its first look to the certainty.
class Deleting {
 public:
  Deleting(aws::S3& owner, BucketDeletion deletion, Pause pause)
      : owner_(owner), deletion_(std::move(deletion)), pause_(std::move(pause)) {}

  net::Task<Result<BucketGone>> run();

 private:
  net::Task<Result<bool>> is_gone();
  net::Task<Result<bool>> is_listed();
  net::Task<Result<bool>> is_the_jobs_own();
  net::Task<Result<void>> commit();
  // One DeleteBucket. Gives true when it was done for certain, false when it must be looked again.
  net::Task<Result<bool>> send();
  net::Task<Result<bool>> settle();
  net::Task<Result<void>> rest();
  Error not_empty(std::string_view what) const;
  Error forbidden(Error error) const;

  aws::S3& owner_;
  BucketDeletion deletion_;
  Pause pause_;
  BucketGone gone_;
  std::optional<Error> refusal_;  // of the latest DeleteBucket
  milliseconds wait_ = first_pause;
};

net::Task<Result<bool>> Deleting::is_gone() {
  auto head = co_await owner_.head_bucket(deletion_.bucket, deletion_.expected_owner);
  if (head) {
    const bool elsewhere =
        !head->region.empty() && !deletion_.region.empty() && head->region != deletion_.region;
    if (!elsewhere) co_return co_await is_the_jobs_own();
    if (deletion_.begun) co_return true;
    co_return fail(Errc::refused,
                   fmt::format("bucket {} was in {} and answers from {}; it is not deleted",
                               printable(deletion_.bucket), printable(deletion_.region),
                               printable(head->region)));
  }
  const auto code = head.error().code();
  if (code == Errc::no_such_bucket) co_return true;
  const bool anothers = code == Errc::access_denied || code == Errc::wrong_region;
  if (!anothers || !deletion_.begun) co_return forward(head);
  if (code == Errc::wrong_region) co_return true;
  // Another's bucket of the name, or one of ours that may no longer be looked at.
  auto own = co_await is_listed();
  if (!own) co_return forward(own);
  if (!*own) co_return true;
  co_return fail(forbidden(std::move(head.error())));
}

// Whether the account still has a bucket of the name. Who may not ask, or is not told, knows no
// more than before.
net::Task<Result<bool>> Deleting::is_listed() {
  aws::ListBucketsRequest request;
  do {
    auto page = co_await owner_.list_buckets(request);
    if (!page && page.error().code() == Errc::cancelled) co_return forward(page);
    if (!page) co_return false;
    const bool there = std::ranges::any_of(
        page->buckets, [this](const auto& bucket) { return bucket.name == deletion_.bucket; });
    if (there) co_return true;
    request.continuation_token = std::move(page->next_token);
  } while (!request.continuation_token.empty());
  co_return false;
}

net::Task<Result<bool>> Deleting::is_the_jobs_own() {
  if (deletion_.job_id.empty()) co_return false;
  auto tags = co_await owner_.get_bucket_tagging(deletion_.bucket, deletion_.expected_owner);
  if (!tags) {
    const auto code = tags.error().code();
    if (code == Errc::not_supported) co_return false;
    if (code == Errc::no_such_bucket) co_return true;
    co_return forward(tags);
  }
  if (marked_job(*tags) != deletion_.job_id) co_return false;
  if (deletion_.begun) co_return true;
  co_return fail(Errc::refused,
                 fmt::format("bucket {} has the mark of this very job, so it is not its source; it "
                             "is not deleted",
                             printable(deletion_.bucket)));
}

net::Task<Result<void>> Deleting::commit() {
  if (!deletion_.before_delete) co_return ok;
  co_return co_await deletion_.before_delete();
}

Error Deleting::not_empty(std::string_view what) const {
  Error error(
      Errc::bucket_not_empty,
      fmt::format("{} is left in it, so it is not deleted. What is not wanted must be taken "
                  "out, what is wanted copied first; then run the job again",
                  what));
  error.bucket(deletion_.bucket);
  return error;
}

Error Deleting::forbidden(Error error) const {
  error.context(
      "the bucket is still there and may not be deleted: the role needs s3:DeleteBucket, and no "
      "Deny statement of the bucket's policy may cover it; then run the job again");
  return error;
}

net::Task<Result<void>> Deleting::rest() {
  const bool slept = co_await pause_(wait_);
  wait_ = std::min(wait_ * 2, longest_pause);
  if (slept) co_return ok;
  co_return fail(Errc::cancelled, fmt::format("stopped while bucket {} was deleted; it may be gone",
                                              printable(deletion_.bucket)));
}

net::Task<Result<bool>> Deleting::settle() {
  wait_ = first_pause;
  for (int look = 1; look <= looks; ++look) {
    auto rested = co_await rest();
    if (!rested) co_return forward(rested);
    auto gone = co_await is_gone();
    if (!gone || *gone) co_return gone;
  }
  co_return false;
}

net::Task<Result<bool>> Deleting::send() {
  const auto sent_at = owner_.client().runtime().clock.now();
  auto deleted = co_await owner_.delete_bucket(deletion_.bucket, deletion_.expected_owner);
  refusal_.reset();
  const bool may_be_done = deleted || deleted.error().code() == Errc::unavailable ||
                           deleted.error().code() == Errc::no_such_bucket;
  if (may_be_done) {
    gone_.deleted_now = true;
    if (!gone_.since) gone_.since = sent_at;
  }
  // A refusal tells that nothing was done.
  if (deleted || deleted.error().code() != Errc::access_denied) deletion_.begun = true;
  if (deleted) co_return true;
  switch (deleted.error().code()) {
    case Errc::bucket_not_empty:
      deleted.error().context(
          "the service says that something is left in it (an access point, too)");
      co_return forward(deleted);
    case Errc::unavailable:
    case Errc::no_such_bucket:
    case Errc::access_denied:
    case Errc::wrong_region:
    case Errc::conflict:
      refusal_.emplace(std::move(deleted.error()));
      co_return false;
    default:
      co_return forward(deleted);
  }
}

net::Task<Result<BucketGone>> Deleting::run() {
  for (int round = 1;; ++round) {
    auto gone = co_await is_gone();
    if (!gone) co_return forward(gone);
    if (*gone) {
      auto committed = deletion_.begun ? Result<void>(ok) : co_await commit();
      if (!committed) co_return forward(committed);
      co_return gone_;
    }
    // Seen to be there after this refusal.
    if (refusal_ && refusal_->code() == Errc::access_denied) {
      co_return fail(forbidden(std::move(*refusal_)));
    }
    if (round > rounds) co_return fail(std::move(*refusal_));
    auto left = co_await first_left(owner_, deletion_.bucket, deletion_.expected_owner,
                                    deletion_.abandoned_uploads);
    if (!left) co_return forward(left);
    if (*left) co_return fail(not_empty(**left));
    auto committed = co_await commit();
    if (!committed) co_return forward(committed);

    auto done = co_await send();
    if (!done) co_return forward(done);
    if (*done) co_return gone_;
    if (refusal_->code() == Errc::access_denied) continue;
    auto settled = co_await settle();
    if (!settled) co_return forward(settled);
    if (*settled) co_return gone_;
  }
}

}  // namespace

net::Task<Result<std::optional<std::string>>> first_left(aws::S3& owner, std::string bucket,
                                                         std::string expected_owner,
                                                         std::vector<std::string> abandoned) {
  auto version = co_await first_version(owner, bucket, expected_owner);
  if (!version && tells_nothing_of_lists(version.error())) {
    version = co_await first_object(owner, bucket, expected_owner);
  }
  if (!version || *version) co_return version;
  auto upload = co_await first_upload(owner, bucket, expected_owner, std::move(abandoned));
  if (!upload && tells_nothing_of_lists(upload.error())) co_return std::nullopt;
  co_return upload;
}

net::Task<Result<BucketGone>> delete_empty_bucket(aws::S3& owner, BucketDeletion deletion,
                                                  Pause pause) {
  Deleting deleting(owner, std::move(deletion), std::move(pause));
  co_return co_await deleting.run();
}

}  // namespace s3m::workflow
