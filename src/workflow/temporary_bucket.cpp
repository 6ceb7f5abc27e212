#include "workflow/temporary_bucket.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "transfer/location.hpp"
#include "workflow/bucket_deletion.hpp"
#include "workflow/bucket_record.hpp"
#include "workflow/bucket_uploads.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::string_view name_prefix = "s3m-";
constexpr std::size_t longest_name = 63;
constexpr std::size_t global_random_bytes = 16, regional_random_bytes = 12;
// Below this a name could be guessed.
constexpr std::size_t fewest_random_bytes = 8;

constexpr int attempts = 30;
constexpr milliseconds first_pause = 200ms;
constexpr milliseconds longest_pause = 5s;
// How long a mark may be late where it is not known whether the service keeps it.
constexpr milliseconds mark_within = 1s;

constexpr auto regions_without_namespaces =
    std::to_array<std::string_view>({"me-central-1", "me-south-1"});

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string regional_suffix(std::string_view account, std::string_view region) {
  return fmt::format("-{}-{}-an", account, region);
}

// Random bytes that fit before such a suffix.
std::size_t room_before(std::string_view suffix) {
  const std::size_t taken = name_prefix.size() + suffix.size();
  return taken >= longest_name ? 0 : std::min((longest_name - taken) / 2, regional_random_bytes);
}

struct Created {
  bool with_tags = true;
};

// Asks until it is made. The bucket was seen to be absent before.
net::Task<Result<Created>> create(aws::S3& owner, MarkedBucket bucket, MakeOptions options,
                                  Pause pause) {
  options.tags_at_create = true;
  milliseconds wait = first_pause;
  for (int attempt = 1;; ++attempt) {
    auto created = co_await owner.create_bucket(create_request(bucket, options));
    const auto code = created ? Errc::bucket_owned : created.error().code();
    if (code == Errc::bucket_owned) co_return Created{*options.tags_at_create};
    if (code == Errc::bucket_exists) {
      co_return fail(Errc::refused,
                     fmt::format("the name {} is another account's; nothing was written to it. Run "
                                 "the command again, which draws another name",
                                 printable(bucket.name)));
    }
    const bool dislikes_tags = code == Errc::invalid_request || code == Errc::not_supported;
    if (dislikes_tags && *options.tags_at_create) {
      options.tags_at_create = false;
      continue;
    }
    if (code != Errc::conflict || attempt == attempts) {
      created.error().context(
          "the temporary bucket could not be made (s3:CreateBucket, s3:TagResource, "
          "s3:PutBucketOwnershipControls in the destination account)");
      co_return forward(created);
    }
    const bool slept = co_await pause(wait);
    if (!slept) co_return fail(Errc::cancelled, "stopped while the temporary bucket was made");
    wait = std::min(wait * 2, longest_pause);
  }
}

// A run that was killed between CreateBucket and the mark, on a service that keeps no tags at
// creation. Nobody else makes a bucket of this name, which was drawn for this job; what is in use
// all the same is left alone.
net::Task<Result<TemporaryMade>> mark_unfinished(aws::S3& owner, MarkedBucket bucket, Sighting seen,
                                                 Pause pause) {
  auto left = co_await first_left(owner, bucket.name, bucket.expected_owner, {});
  if (!left) co_return forward(left);
  if (*left) co_return fail(Errc::refused, not_ours(bucket, seen));
  auto confirmed = co_await confirm_made(owner, std::move(bucket), true, 0ms, std::move(pause));
  if (!confirmed) co_return forward(confirmed);
  co_return TemporaryMade{.made_now = true, .tags_at_create = false};
}

bool is_last_record(const aws::VersionEntry& entry) {
  return entry.key == record_key && entry.latest;
}

net::Task<Result<aws::VersionPage>> list(aws::S3& owner, const MarkedBucket& bucket,
                                         std::string key_marker, std::string id_marker) {
  aws::ListVersionsRequest request{.bucket = bucket.name,
                                   .key_marker = std::move(key_marker),
                                   .version_id_marker = std::move(id_marker),
                                   .expected_owner = bucket.expected_owner};
  co_return co_await owner.list_object_versions(std::move(request));
}

Error left_in_it(const MarkedBucket& bucket, const std::string& key) {
  Error error(Errc::bucket_not_empty,
              fmt::format("the temporary bucket still holds {}; it stays, and nothing was deleted",
                          printable(key)));
  error.bucket(bucket.name);
  return error;
}

// Errors: bucket_not_empty for the first key that is not our own.
net::Task<Result<void>> only_ours_is_left(aws::S3& owner, MarkedBucket bucket) {
  std::string key_marker, id_marker;
  for (;;) {
    auto page = co_await list(owner, bucket, key_marker, id_marker);
    if (!page) co_return forward(page);
    for (const auto& entry : page->versions) {
      if (!entry.key.starts_with(transfer::reserved_prefix))
        co_return fail(left_in_it(bucket, entry.key));
    }
    if (!page->truncated) co_return ok;
    if (page->next_key_marker < key_marker || page->next_key_marker.empty()) {
      co_return fail(Errc::listing_order, "the listing of the temporary bucket goes backwards");
    }
    key_marker = std::move(page->next_key_marker);
    id_marker = std::move(page->next_version_id_marker);
  }
}

// Lists from the beginning each time: a marker that was deleted leads nowhere on some services
// (G7).
class Emptying {
 public:
  Emptying(aws::S3& owner, MarkedBucket bucket, bool versioned)
      : owner_(owner), bucket_(std::move(bucket)), versioned_(versioned) {}

  net::Task<Result<void>> run() {
    for (;;) {
      auto page = co_await list(owner_, bucket_, {}, {});
      if (!page) co_return forward(page);
      auto removed = co_await remove_all_but_the_record(page->versions);
      if (!removed) co_return forward(removed);
      if (*removed > 0 || page->truncated) continue;
      if (page->versions.empty()) co_return ok;
      auto last = co_await remove(page->versions.front());
      co_return last;
    }
  }

 private:
  net::Task<Result<std::size_t>> remove_all_but_the_record(
      const std::vector<aws::VersionEntry>& versions) {
    std::size_t removed = 0;
    for (const auto& entry : versions) {
      if (is_last_record(entry)) continue;
      if (!entry.key.starts_with(transfer::reserved_prefix))
        co_return fail(left_in_it(bucket_, entry.key));
      auto gone = co_await remove(entry);
      if (!gone) co_return forward(gone);
      ++removed;
    }
    co_return removed;
  }

  net::Task<Result<void>> remove(const aws::VersionEntry& entry) {
    aws::ObjectAddress address{.bucket = bucket_.name, .key = entry.key, .version = {}};
    if (versioned_) address.version = entry.version.id;
    co_return co_await owner_.delete_object(std::move(address), {}, bucket_.expected_owner);
  }

  aws::S3& owner_;
  MarkedBucket bucket_;
  bool versioned_;
};

}  // namespace

BucketNamespace temporary_namespace(bool aws, std::string_view account, std::string_view region) {
  const bool there =
      std::ranges::find(regions_without_namespaces, region) == regions_without_namespaces.end();
  const bool fits = room_before(regional_suffix(account, region)) >= fewest_random_bytes;
  return aws && is_account(account) && !region.empty() && there && fits
             ? BucketNamespace::account_regional
             : BucketNamespace::global;
}

std::string new_temporary_name(BucketNamespace space, std::string_view account,
                               std::string_view region) {
  if (space == BucketNamespace::global) {
    return std::string(name_prefix) + random_hex(global_random_bytes);
  }
  const auto suffix = regional_suffix(account, region);
  return std::string(name_prefix) + random_hex(room_before(suffix)) + suffix;
}

bool is_temporary_name(std::string_view name) noexcept {
  if (!name.starts_with(name_prefix) || name.size() > longest_name) return false;
  name.remove_prefix(name_prefix.size());
  const auto random = name.substr(0, name.find('-'));
  if (!is_hex(random) || random.size() < 2 * fewest_random_bytes) return false;
  name.remove_prefix(random.size());
  if (name.empty()) return random.size() == 2 * global_random_bytes;
  return name.ends_with("-an") && name.size() > 17 && name[13] == '-' &&
         is_account(name.substr(1, 12));
}

net::Task<Result<TemporaryMade>> make_temporary(aws::S3& owner, TemporaryTerms terms, Pause pause) {
  auto seen = co_await look_at(owner, terms.bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::ours) co_return TemporaryMade{};
  if (seen->standing == Standing::unmarked && seen->job_id.empty()) {
    co_return co_await mark_unfinished(owner, std::move(terms.bucket), *std::move(seen), pause);
  }
  if (seen->standing != Standing::absent) {
    co_return fail(Errc::refused, not_ours(terms.bucket, *seen));
  }
  MakeOptions options{.ownership = "BucketOwnerEnforced",
                      .object_lock = terms.object_lock,
                      .account_regional = terms.space == BucketNamespace::account_regional};
  auto created = co_await create(owner, terms.bucket, std::move(options), pause);
  if (!created) co_return forward(created);
  const auto patience = created->with_tags ? mark_within : 0ms;
  auto confirmed = co_await confirm_made(owner, terms.bucket, true, patience, pause);
  if (!confirmed) co_return forward(confirmed);
  co_return TemporaryMade{.made_now = true,
                          .tags_at_create = created->with_tags && !confirmed->tagged_by_hand};
}

net::Task<Result<void>> remove_temporary(aws::S3& owner, MarkedBucket bucket, Pause pause) {
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::absent) co_return ok;
  if (seen->standing != Standing::ours) co_return fail(Errc::refused, not_ours(bucket, *seen));
  auto clean = co_await only_ours_is_left(owner, bucket);
  if (!clean) co_return clean;
  auto versioning = co_await owner.get_bucket_versioning(bucket.name, bucket.expected_owner);
  if (!versioning) co_return forward(versioning);

  auto aborted = co_await abort_uploads(
      owner, bucket.name, bucket.expected_owner, [](const aws::UploadEntry&) { return true; },
      pause);
  if (!aborted) co_return aborted;
  Emptying emptying(owner, bucket, !versioning->empty());
  auto emptied = co_await emptying.run();
  if (!emptied) co_return emptied;
  BucketDeletion deletion{.bucket = bucket.name,
                          .region = bucket.region,
                          .expected_owner = bucket.expected_owner,
                          .job_id = {},
                          .before_delete = {},
                          .abandoned_uploads = {}};
  auto gone = co_await delete_empty_bucket(owner, std::move(deletion), std::move(pause));
  if (!gone) co_return forward(gone);
  co_return ok;
}

}  // namespace s3m::workflow
