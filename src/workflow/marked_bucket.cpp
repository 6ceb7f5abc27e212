#include "workflow/marked_bucket.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/lost_mark.hpp"
#include "workflow/temporary_bucket.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// A new bucket is not known everywhere at once (aws-s3 facts 6.7: two minutes are patience enough).
constexpr milliseconds visible_within = 120s;
constexpr milliseconds first_pause = 200ms;
constexpr milliseconds longest_pause = 5s;

bool is_mark(const std::pair<std::string, std::string>& tag) {
  return tag.first == mark_key;
}

// What a refused HeadBucket says of the bucket; nothing when it says nothing.
std::optional<Standing> standing_of(const Error& error) {
  switch (error.code()) {
    case Errc::no_such_bucket:
      return Standing::absent;
    case Errc::access_denied:
    case Errc::wrong_region:
      return Standing::foreign;
    default:
      return std::nullopt;
  }
}

Sighting refused_sighting(const Error& error, Standing standing) {
  return {.standing = standing,
          .job_id = {},
          .region = error.region(),
          .request_id = error.request_id()};
}

net::Task<Result<aws::Pairs>> read_tags(aws::S3& owner, const MarkedBucket& bucket) {
  auto tags = co_await owner.get_bucket_tagging(bucket.name, bucket.expected_owner);
  if (!tags && tags.error().code() == Errc::access_denied) {
    tags.error().context(
        "the tags by which the job knows its bucket may not be read (s3:GetBucketTagging)");
  }
  if (!tags && tags.error().code() == Errc::not_supported) {
    tags.error().context(
        "this service keeps no tags of buckets, so the job could not know its own bucket again");
  }
  co_return tags;
}

net::Task<Result<void>> write_tags(aws::S3& owner, MarkedBucket bucket, aws::Pairs tags) {
  if (tags.empty()) {
    co_return co_await owner.delete_bucket_tagging(bucket.name, bucket.expected_owner);
  }
  co_return co_await owner.put_bucket_tagging(bucket.name, std::move(tags), bucket.expected_owner);
}

std::unexpected<Error> stopped(const MarkedBucket& bucket) {
  return fail(Errc::cancelled,
              fmt::format("stopped while bucket {} was made", printable(bucket.name)));
}

Error verdict(const MarkedBucket& bucket, const Sighting& seen) {
  if (seen.standing != Standing::absent) return Error(Errc::refused, not_ours(bucket, seen));
  return Error(Errc::no_such_bucket,
               fmt::format("CreateBucket answered for {} and the bucket does not show; run the job "
                           "again to look once more",
                           printable(bucket.name)));
}

}  // namespace

std::string_view name(Standing standing) noexcept {
  switch (standing) {
    case Standing::ours:
      return "ours";
    case Standing::unmarked:
      return "unmarked";
    case Standing::foreign:
      return "foreign";
    case Standing::absent:
      return "absent";
  }
  return {};
}

net::Task<Result<Sighting>> look_at(aws::S3& owner, MarkedBucket bucket) {
  auto head = co_await owner.head_bucket(bucket.name, bucket.expected_owner);
  if (!head) {
    const auto standing = standing_of(head.error());
    if (!standing) co_return forward(head);
    co_return refused_sighting(head.error(), *standing);
  }
  Sighting seen{.standing = Standing::foreign, .job_id = {}, .region = head->region};
  const bool elsewhere =
      !head->region.empty() && !bucket.region.empty() && head->region != bucket.region;
  if (elsewhere) co_return seen;
  auto tags = co_await read_tags(owner, bucket);
  if (!tags) {
    // HEAD knows it already, the tags not yet.
    if (tags.error().code() != Errc::no_such_bucket) co_return forward(tags);
    co_return refused_sighting(tags.error(), Standing::absent);
  }
  seen.job_id = marked_job(*tags);
  const bool ours = !seen.job_id.empty() && seen.job_id == bucket.job_id;
  seen.standing = ours ? Standing::ours : Standing::unmarked;
  co_return seen;
}

aws::Pairs with_mark(aws::Pairs tags, std::string_view job_id) {
  tags = without_mark(std::move(tags));
  tags.emplace_back(mark_key, job_id);
  return tags;
}

aws::Pairs without_mark(aws::Pairs tags) {
  std::erase_if(tags, is_mark);
  return tags;
}

std::string marked_job(const aws::Pairs& tags) {
  const auto found = std::ranges::find_if(tags, is_mark);
  return found == tags.end() ? std::string() : found->second;
}

net::Task<Result<void>> mark(aws::S3& owner, MarkedBucket bucket) {
  auto tags = co_await read_tags(owner, bucket);
  if (!tags) co_return forward(tags);
  const auto job = marked_job(*tags);
  if (job == bucket.job_id) co_return ok;
  if (!job.empty()) {
    co_return fail(Errc::refused,
                   not_ours(bucket, {.standing = Standing::unmarked, .job_id = job}));
  }
  auto marked = with_mark(std::move(*tags), bucket.job_id);
  co_return co_await write_tags(owner, std::move(bucket), std::move(marked));
}

net::Task<Result<void>> unmark(aws::S3& owner, MarkedBucket bucket) {
  auto tags = co_await read_tags(owner, bucket);
  if (!tags) co_return forward(tags);
  const auto job = marked_job(*tags);
  if (job.empty()) co_return ok;
  if (job != bucket.job_id) {
    co_return fail(Errc::refused,
                   not_ours(bucket, {.standing = Standing::unmarked, .job_id = job}));
  }
  auto rest = without_mark(std::move(*tags));
  co_return co_await write_tags(owner, std::move(bucket), std::move(rest));
}

aws::CreateBucketRequest create_request(const MarkedBucket& bucket, const MakeOptions& options) {
  aws::CreateBucketRequest request{.bucket = bucket.name,
                                   .region = bucket.region,
                                   .ownership = options.ownership,
                                   .object_lock = options.object_lock,
                                   .account_regional = options.account_regional};
  if (options.tags_at_create.value_or(true)) request.tags = with_mark({}, bucket.job_id);
  return request;
}

net::Task<Result<Confirmation>> confirm_made(aws::S3& owner, MarkedBucket bucket, bool fresh,
                                             milliseconds patience, Pause pause) {
  Confirmation confirmation;
  milliseconds waited{0}, wait = first_pause;
  for (;;) {
    auto seen = co_await look_at(owner, bucket);
    if (!seen) co_return forward(seen);
    if (seen->standing == Standing::ours) co_return confirmation;
    const bool unmarked = seen->standing == Standing::unmarked;
    const bool of_other_job = !seen->job_id.empty();
    const bool may_mark = fresh && unmarked && !of_other_job;
    // What was there before may still be seen for a while: that is no verdict yet.
    const auto limit = may_mark ? patience + visible_within : unmarked ? patience : visible_within;
    if (of_other_job || waited >= limit) co_return fail(verdict(bucket, *seen));
    if (may_mark && waited >= patience) {
      auto marked = co_await mark(owner, bucket);
      if (!marked && marked.error().code() != Errc::no_such_bucket) co_return forward(marked);
      confirmation.tagged_by_hand = true;
    }
    const bool slept = co_await pause(wait);
    if (!slept) co_return stopped(bucket);
    waited += wait;
    wait = std::min(wait * 2, longest_pause);
  }
}

bool is_living(const Sighting& seen) noexcept {
  return seen.standing == Standing::ours ||
         (seen.standing == Standing::unmarked && seen.job_id.empty());
}

std::string not_ours(const MarkedBucket& bucket, const Sighting& seen) {
  const auto where = seen.region.empty() || seen.region == bucket.region
                         ? std::string()
                         : fmt::format(" in {}", printable(seen.region));
  const auto asked =
      seen.request_id.empty() ? "" : fmt::format(" (request id {})", printable(seen.request_id));
  if (seen.standing == Standing::unmarked && !seen.job_id.empty()) {
    return fmt::format("bucket {} belongs to job {}, not to this one; nothing was written to it",
                       printable(bucket.name), printable(seen.job_id));
  }
  // Nobody else makes a bucket of a name that was drawn for a job.
  if (seen.standing == Standing::unmarked && is_temporary_name(bucket.name))
    return lost_mark(bucket);
  if (seen.standing == Standing::unmarked) {
    return fmt::format(
        "bucket {} is in the account and was not made by this job (it has no tag "
        "{}={}); nothing was written to it. If it is empty and nobody needs it, "
        "delete it and run the job again",
        printable(bucket.name), mark_key, printable(bucket.job_id));
  }
  return fmt::format(
      "bucket {}{} is not this job's: it belongs to another account or region, or "
      "the role may not see it (s3:ListBucket){}; nothing was written to it",
      printable(bucket.name), where, asked);
}

}  // namespace s3m::workflow
