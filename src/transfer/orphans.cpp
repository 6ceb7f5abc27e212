#include <set>
#include <utility>

#include "base/log.hpp"
#include "transfer/multipart.hpp"

namespace s3m::transfer {
namespace {

using UploadName = std::pair<std::string, std::string>;  // key, upload id

// Counts the uploads below the destination that are not ours: those are never touched (G17).
net::Task<Result<std::uint64_t>> count_foreign(Context& context, const std::set<UploadName>& ours) {
  const auto& side = context.destination;
  std::uint64_t foreign = 0;
  aws::UploadPage page;
  do {
    auto next = co_await side.reader->list_multipart_uploads(
        side.location.bucket, side.location.prefix, page.next_key_marker,
        page.next_upload_id_marker, side.expected_owner);
    if (!next) co_return forward(next);
    const bool moved = next->next_key_marker != page.next_key_marker ||
                       next->next_upload_id_marker != page.next_upload_id_marker;
    if (next->truncated && !moved) {
      co_return fail(Errc::listing_order, "the listing of uploads repeats its marker");
    }
    page = std::move(*next);
    for (const auto& upload : page.uploads) {
      if (!ours.contains({upload.key, upload.upload_id})) ++foreign;
    }
  } while (page.truncated);
  co_return foreign;
}

}  // namespace

net::Task<Result<Orphans>> abort_orphans(Context& context) {
  const auto& location = context.destination.location;
  auto recorded = context.journal.recorded(location.bucket, location.prefix);
  if (!recorded) co_return forward(recorded);
  Orphans orphans;
  std::set<UploadName> ours;
  for (const auto& upload : *recorded) {
    ours.emplace(upload.key, upload.upload_id);
    auto gone =
        co_await abort_until_gone(*context.writer, context.cancel, upload.bucket, upload.key,
                                  upload.upload_id, context.destination.expected_owner);
    if (!gone) co_return forward(gone);
    auto forgotten = context.journal.forget(upload.bucket, upload.key, upload.upload_id);
    if (!forgotten) co_return forward(forgotten);
    ++orphans.aborted;
  }
  auto foreign = co_await count_foreign(context, ours);
  if (!foreign) co_return forward(foreign);
  orphans.foreign = *foreign;
  co_return orphans;
}

}  // namespace s3m::transfer
