#include "workflow/migration_uploads.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "workflow/bucket_uploads.hpp"

namespace s3m::workflow::acts {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string in_words(const std::vector<aws::UploadEntry>& uploads) {
  if (uploads.empty()) return {};
  const auto& first = uploads.front();
  return fmt::format(
      "{} unfinished multipart upload{} of the source {} not carried and go{} with the bucket; the "
      "first is of {}, begun {}",
      human_count(uploads.size()), uploads.size() == 1 ? "" : "s",
      uploads.size() == 1 ? "is" : "are", uploads.size() == 1 ? "es" : "", printable(first.key),
      iso8601_seconds(first.initiated));
}

}  // namespace

net::Task<Result<std::vector<std::string>>> given_up_uploads(Migration& m) {
  auto kept = co_await m.stored.kept(fact::uploads);
  if (!kept) co_return forward(kept);
  co_return lines_of(kept->value_or(""));
}

net::Task<Result<LeftUploads>> look_at_uploads(Migration& m) {
  auto owner = m.source_owner();
  auto found =
      co_await unfinished_uploads(owner, m.source.location.bucket, m.source_facts.expected_owner);
  if (!found) co_return forward(found);
  auto known = co_await given_up_uploads(m);
  if (!known) co_return forward(known);
  LeftUploads left{.ids = {}, .words = in_words(*found)};
  for (const auto& upload : *found) {
    left.ids.push_back(upload.upload_id);
    left.told = left.told && std::ranges::find(*known, upload.upload_id) != known->end();
  }
  auto kept = co_await m.stored.keep(fact::uploads, fmt::format("{}", fmt::join(left.ids, "\n")));
  if (!kept) co_return forward(kept);
  co_return left;
}

net::Task<Result<void>> abort_lost_uploads(Migration& m) {
  auto owner = m.destination_owner();
  const auto& principal = m.destination_principal;
  co_return co_await abort_uploads(
      owner, m.final_name(), principal.account,
      [&principal](const aws::UploadEntry& upload) { return begun_by(upload, principal); },
      m.pause());
}

net::Task<Result<void>> abort_temporary_uploads(Migration& m) {
  auto owner = m.destination_owner();
  co_return co_await abort_uploads(
      owner, m.temporary_name, m.destination_principal.account,
      [](const aws::UploadEntry&) { return true; }, m.pause());
}

}  // namespace s3m::workflow::acts
