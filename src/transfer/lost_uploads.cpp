#include "transfer/lost_uploads.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "transfer/failures.hpp"
#include "transfer/multipart.hpp"

namespace s3m::transfer {
namespace {

constexpr int most_sends = 6;
// Services give whole seconds, and take theirs when they begin or when they end.
constexpr std::chrono::seconds tolerance{2};

using Uploads = std::vector<aws::UploadEntry>;

net::Task<Result<Uploads>> uploads_of(Context& context, std::string key) {
  const auto& side = context.destination;
  Uploads found;
  aws::UploadPage page;
  do {
    auto next = co_await side.reader->list_multipart_uploads(
        side.location.bucket, key, page.next_key_marker, page.next_upload_id_marker,
        side.expected_owner);
    if (!next) co_return forward(next);
    const bool moved = next->next_key_marker != page.next_key_marker ||
                       next->next_upload_id_marker != page.next_upload_id_marker;
    if (next->truncated && !moved)
      co_return fail(Errc::listing_order, "the listing of uploads repeats its marker");
    page = std::move(*next);
    for (auto& upload : page.uploads)
      if (upload.key == key) found.push_back(std::move(upload));
    // The key itself is listed before all that begin with it.
  } while (page.truncated && page.next_key_marker == key);
  co_return found;
}

// Those that must be ours, as `known` is; `passed` since the first was sent.
Result<Uploads> lost_ones(Context& context, Uploads uploads, const std::string& known,
                          std::chrono::nanoseconds passed) {
  const auto ours = std::ranges::find(uploads, known, &aws::UploadEntry::upload_id);
  if (ours == uploads.end() || ours->initiator_id.empty()) return Uploads{};
  const auto initiator = ours->initiator_id;
  const auto last = ours->initiated;
  const auto first = last - std::chrono::ceil<std::chrono::seconds>(passed) - tolerance;
  auto recorded = context.journal.recorded(context.destination.location.bucket, ours->key);
  if (!recorded) return forward(recorded);
  std::erase_if(uploads, [&](const aws::UploadEntry& upload) {
    const bool in_time = upload.initiated >= first && upload.initiated <= last;
    return upload.upload_id == known || upload.initiator_id != initiator || !in_time ||
           std::ranges::find(*recorded, upload.upload_id, &UploadRecord::upload_id) !=
               recorded->end();
  });
  return uploads;
}

net::Task<Result<void>> abort_lost(Context& context, std::string key, std::string known,
                                   std::chrono::nanoseconds passed) {
  auto uploads = co_await uploads_of(context, key);
  if (!uploads) co_return forward(uploads);
  auto lost = lost_ones(context, std::move(*uploads), known, passed);
  if (!lost) co_return forward(lost);
  for (const auto& upload : *lost) {
    auto gone = co_await abort_until_gone(*context.writer, context.cancel,
                                          context.destination.location.bucket, key,
                                          upload.upload_id, context.destination.expected_owner);
    if (!gone) co_return gone;
  }
  co_return ok;
}

}  // namespace

net::Task<Result<std::string>> begin_upload(Context& context, aws::CreateUploadRequest request) {
  const auto start = std::chrono::steady_clock::now();
  for (int sends = 1;; ++sends) {
    auto begun = co_await context.writer->create_multipart_upload(request);
    if (begun && sends > 1) {
      auto settled = co_await abort_lost(context, request.key, *begun,
                                         std::chrono::steady_clock::now() - start);
      if (!settled) log::warning("an upload may be left open: {}", settled.error().describe());
    }
    const bool lost = !begun && may_have_happened(begun.error().code());
    if (!lost || sends == most_sends) co_return begun;
    if (!co_await context.cancel.sleep_for(std::chrono::milliseconds(25 << sends))) co_return begun;
  }
}

}  // namespace s3m::transfer
