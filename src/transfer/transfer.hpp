// transfer.hpp: the bulk operations of a job: copy, verify, count. Each is the same walk with
// another action (design, section 3).
//
// Layer      transfer; aws, store, net, base below.
// Threading  one loop; nothing here blocks it but the upload journal, called once a large object.
// Memory     flat in the number of objects: a few listing pages and the objects in flight.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "base/event.hpp"
#include "base/key.hpp"
#include "net/signal.hpp"
#include "transfer/attributes.hpp"
#include "transfer/filter.hpp"
#include "transfer/governor.hpp"
#include "transfer/location.hpp"
#include "transfer/receipts.hpp"
#include "transfer/storage_class.hpp"
#include "transfer/upload_journal.hpp"

namespace s3m::transfer {

// One side of a transfer as it is listed and looked at.
struct Side {
  Location location;
  aws::S3* reader = nullptr;   // lists and HEADs: signed by this side's own role. Null only for the
                               // destination of plan(), where there is no bucket yet: it is empty
  std::string expected_owner;  // account id; empty where the service does not know it
};

enum class IfExists : std::uint8_t { skip_same, overwrite, skip };
enum class VerifyMode : std::uint8_t { none, listing, checksum };

// How archived objects are made readable.
struct RestoreOptions {
  std::string tier = "Standard";  // "Bulk", "Expedited"
  int days = 7;                   // how long they stay so
};

// Keys after the prefix that failed before and are not to be tried, each with what is known of it.
using LeftFailures = std::map<std::string, FailureEvent, std::less<>>;

struct CopyOptions {
  std::uint64_t multipart_threshold = 256ull << 20;  // at most 5 GiB
  std::uint64_t part_size = 0;  // 0: chosen by size, at least 64 MiB; else 5 MiB..5 GiB
  bool keep_etag = false;       // multipart sources: copied with the source's own part boundaries
  std::string storage_class;    // empty: the source's own
  std::string encryption, kms_key_id;
  std::string acl;  // "bucket-owner-full-control" where the destination needs it
  IfExists if_exists = IfExists::skip_same;
  Filter filter;  // --include/--exclude, on keys after the prefix
  // Every version and delete marker of each key, oldest first, into a bucket whose versioning is
  // on; the figures count versions and delete markers. if_exists must be skip_same then.
  bool all_versions = false;
  AttributeRules attributes;
  // Unset: an archived object is a failure. Set: it is asked for and left for a later walk, which
  // counters.waiting calls for.
  std::optional<RestoreOptions> restore;
  // Such a later walk: objects of these storage classes alone, which counters.waiting_classes of
  // the earlier ones name; all else was settled before. Empty: all.
  std::set<std::string> only_classes;
  // Where such a key would be copied, no request is made for it: it has failed, as it did before,
  // and is told as that once more. Null: none.
  std::shared_ptr<const LeftFailures> left{};

  // What `key` failed with; null: it is to be tried.
  const FailureEvent* left_failure(std::string_view key) const;
};

// How many keys the source has, before the filter: by the density of what was listed, until all
// was.
struct KeyTotal {
  double keys = 0;     // 0: nothing is known
  bool exact = false;  // every range was listed to its end
};

// What the operations count; read by the progress display while they run.
struct Counters {
  std::uint64_t source_objects = 0, source_bytes = 0;  // met by the walk so far, after the filter
  bool listing_done = false;
  std::uint64_t source_keys = 0;  // of which the filter let source_objects through
  KeyTotal expected;
  std::uint64_t copied = 0, copied_bytes = 0;
  std::uint64_t skipped = 0, skipped_bytes = 0;  // the same already (or --if-exists skip)
  std::uint64_t skipped_weak = 0;                // of skipped: by weak proof (G10)
  std::uint64_t part_bytes = 0;                  // of large objects in flight, part by part
  std::uint64_t failed = 0, failed_bytes = 0;
  std::uint64_t vanished = 0;  // gone at the source before their turn came
  std::uint64_t destination_only = 0;
  std::uint64_t heads = 0;        // spent on comparing (G11)
  std::uint64_t looks = 0;        // requests spent on attributes that no copy carries by itself
  std::uint64_t not_carried = 0;  // attributes that copies lack; each was told to on_loss
  std::uint64_t waiting = 0, waiting_bytes = 0;  // archived, being restored
  std::set<std::string> waiting_classes;         // of these, as listed
  // Of all versions: the keys met, and how many of source_objects, of copied are delete markers.
  std::uint64_t version_keys = 0, source_markers = 0, copied_markers = 0;
};

// Where findings about single objects go; must not block.
using FailureSink = std::function<void(const FailureEvent&)>;

struct Context {
  aws::Runtime& runtime;
  Governor& governor;
  net::CancelToken& cancel;
  Side source, destination;
  aws::S3* writer = nullptr;  // CopyObject and multipart on the destination bucket: the signer of
                              // the grant (guards, "Who signs what")
  UploadJournal& journal;
  FailureSink on_failure;
  bool same_service = true;  // both sides are the same provider: times and ETags compare
  Receipts receipts{};       // what copy() did, for a verify() with the same Context
  FailureSink on_loss{};     // an attribute that a copy lacks: operation "carry", code its name
  // The source holds copies of what the destination has had all along, and nobody but this job
  // writes to either: a date is proof, weak as ever, whichever of two objects is the younger
  // (undo).
  bool both_ways = false;
};

// Copies what differs or is missing, over `ranges` (usually the whole key space).
//
// Gives   ok when the walk covered every range to its end; single objects that failed are in
//         counters.failed and were reported. The source is pinned and every write conditional
//         (G15); an object gone at the source meanwhile is not a failure but counted as vanished.
// Errors  what concerns all: credentials, bucket gone, access denied on listing, listing_order;
//         cancelled. Requests in flight are finished or abandoned before it returns.
net::Task<Result<void>> copy(Context& context, const CopyOptions& options,
                             std::vector<KeyRange> ranges, Counters& counters);

struct VerifyOptions {
  VerifyMode mode = VerifyMode::listing;
  bool strict = false;  // weak pairs are looked at, too: a checksum may make them strong
  Filter filter;
  bool all_versions = false;  // compares histories, version by version
};

struct Verification {
  std::uint64_t objects = 0, bytes = 0;  // of the source
  // Where all versions are compared: of so many keys, and how many are delete markers.
  std::uint64_t version_keys = 0, delete_markers = 0;
  std::uint64_t same_strong = 0, same_weak = 0;
  std::uint64_t mismatched = 0, missing = 0;  // each reported to on_failure
  std::uint64_t extra = 0;                    // only in the destination; counted, not a mismatch
  std::string digest;                         // hexadecimal, order-free over the proven pairs
  bool complete() const noexcept { return mismatched == 0 && missing == 0; }
};

// Walks both sides again and proves each pair by equal size and ETag or checksum.
// Errors  as copy().
net::Task<Result<void>> verify(Context& context, const VerifyOptions& options,
                               std::vector<KeyRange> ranges, Verification& result);

// Counts what of the source matches, by a walk of its own; the destination is not listed.
struct Count {
  std::uint64_t objects = 0, bytes = 0;
  bool stop = false;  // may be set while it runs: count() then ends early
};
// Errors  as copy(); the first failure of a listing.
net::Task<Result<void>> count(Context& context, const Filter& filter, bool all_versions,
                              Count& result);

struct Plan {
  std::uint64_t source_objects = 0, source_bytes = 0;
  std::uint64_t same = 0, same_weak = 0;
  std::uint64_t to_copy = 0, to_copy_bytes = 0;
  std::uint64_t multipart = 0, requests = 0;  // requests the copy would send
  std::uint64_t destination_objects = 0;      // of which the source lacks destination_only
  std::uint64_t destination_only = 0;
  // Where all versions are copied, which the objects are then: the keys; how many objects are
  // delete markers, of all and of those to be made; keys that the destination has another history
  // of.
  std::uint64_t version_keys = 0, delete_markers = 0, markers_to_copy = 0, other_histories = 0;
  std::uint64_t archived = 0;       // needing a restore first, as the listing tells
  std::uint64_t looks = 0;          // of the requests: for attributes that no copy carries
  std::string first_key, last_key;  // matching, full keys (G26)
  // Of all that match in the source, whether or not it is to be copied: delete markers are in none.
  std::map<std::string, ClassFigures, std::less<>> classes;
  // Of those that are to be copied, likewise.
  std::map<std::string, CopyLoad, std::less<>> copies;
  // A key in a class that needs a restore, restored or not; empty: there is none.
  std::string first_in_archive;
  std::uint64_t current_objects = 0;  // keys whose newest version is no delete marker
};
net::Task<Result<void>> plan(Context& context, const CopyOptions& options,
                             std::vector<KeyRange> ranges, Plan& result);

// `copy --delete` (guard G9): deletes from the destination what the source does not have. Runs
// after copy() ended without failures; counts first, and asks `allow(extra, total)` once before
// the first delete. Deletes are pinned by If-Match of the ETag seen.
struct Deletion {
  std::uint64_t extra = 0, destination_objects = 0, deleted = 0;
  std::uint64_t failed = 0;  // changed since they were seen, or refused; each reported
  bool source_empty = true;  // nothing of it matches: most likely a mistake, for `allow` to judge
};
// The count alone.
net::Task<Result<void>> count_extra(Context& context, const Filter& filter, Deletion& result);
net::Task<Result<void>> delete_extra(Context& context, const Filter& filter,
                                     std::function<Result<void>(const Deletion&)> allow,
                                     Deletion& result);

// Aborts multipart uploads below the destination that are recorded in the journal and no longer
// needed (guard G17); others are counted, never touched.
struct Orphans {
  std::uint64_t aborted = 0, foreign = 0;
};
net::Task<Result<Orphans>> abort_orphans(Context& context);

}  // namespace s3m::transfer
