#include "workflow/bucket_uploads.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

// Parts that were under way keep an upload alive through an abort.
constexpr int rounds = 8;
constexpr std::chrono::milliseconds first_pause = 200ms;

bool advances(const aws::UploadPage& page, const std::string& key, const std::string& id) {
  return page.next_key_marker > key ||
         (page.next_key_marker == key && page.next_upload_id_marker != id);
}

}  // namespace

net::Task<Result<std::vector<aws::UploadEntry>>> unfinished_uploads(aws::S3& owner,
                                                                    std::string bucket,
                                                                    std::string expected_owner) {
  std::vector<aws::UploadEntry> uploads;
  std::string key, id;
  for (;;) {
    auto page = co_await owner.list_multipart_uploads(bucket, {}, key, id, expected_owner);
    if (!page && page.error().code() == Errc::not_supported) co_return uploads;
    if (!page) co_return forward(page);
    std::ranges::move(page->uploads, std::back_inserter(uploads));
    if (uploads.size() > most_uploads) {
      co_return fail(Errc::refused,
                     fmt::format("bucket {} has more than {} unfinished uploads; abort those that "
                                 "nobody needs (aws s3api abort-multipart-upload), then run the "
                                 "job again",
                                 printable(bucket), human_count(most_uploads)));
    }
    if (!page->truncated) co_return uploads;
    if (!advances(*page, key, id)) {
      co_return fail(Errc::listing_order,
                     fmt::format("the listing of uploads of {} does not end", printable(bucket)));
    }
    key = std::move(page->next_key_marker);
    id = std::move(page->next_upload_id_marker);
  }
}

bool begun_by(const aws::UploadEntry& upload, const Principal& principal) {
  const auto& id = upload.initiator_id;
  if (id.empty()) return false;
  const bool is_session = id == principal.session_arn || id == principal.user_id;
  return is_session || (principal.session_arn.empty() && id == principal.arn);
}

net::Task<Result<void>> abort_uploads(aws::S3& owner, std::string bucket,
                                      std::string expected_owner,
                                      std::function<bool(const aws::UploadEntry&)> ours,
                                      Pause pause) {
  auto wait = first_pause;
  for (int round = 1; round <= rounds; ++round) {
    auto uploads = co_await unfinished_uploads(owner, bucket, expected_owner);
    if (!uploads) co_return forward(uploads);
    std::erase_if(*uploads, [&](const aws::UploadEntry& upload) { return !ours(upload); });
    if (uploads->empty()) co_return ok;
    if (round > 1) {
      const bool slept = co_await pause(wait);
      if (!slept) co_return fail(Errc::cancelled, "stopped while unfinished uploads were aborted");
      wait *= 2;
    }
    for (const auto& upload : *uploads) {
      auto gone = co_await owner.abort_multipart_upload(bucket, upload.key, upload.upload_id,
                                                        expected_owner);
      if (!gone) co_return gone;
    }
  }
  co_return fail(Errc::conflict, fmt::format("unfinished uploads of bucket {} were aborted, and "
                                             "are still there; run the job again",
                                             printable(bucket)));
}

}  // namespace s3m::workflow
