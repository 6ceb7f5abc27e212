// bucket_record.hpp: what a temporary bucket says of the job it belongs to, so that the job can go
// on from the bucket alone when the store is lost (guard G22).
//
// Layer      workflow.
// Threading  one loop.
//
// The record is one small object under the reserved prefix, which no walk copies. It is written
// anew whenever the job comes to a point from which `adopt` must be able to go on, and before each
// act that `adopt` must know of; the newest counts (docs/adr/0017). It names its holder: whose
// store the job goes on in. Another one's record is never overwritten, so that a process whose job
// was adopted elsewhere ends at its next record.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

inline constexpr std::string_view record_key = ".s3migrator/record.json";
// 1: without steps, intents and options, so that nobody can go on from it.
inline constexpr int record_version = 2;

struct RecordedSide {
  std::string bucket, region, account;
  friend bool operator==(const RecordedSide&, const RecordedSide&) = default;
};

struct BucketRecord {
  std::string job_id;
  std::string program;  // "s3migrator 0.1.0", that wrote it
  WallTime written_at{};
  std::string state;  // the step machine's word for where the job is
  RecordedSide source, destination;
  // JSON documents; they come back as the same values, not always as the same bytes.
  std::string spec;           // without credentials and external ids
  std::string configuration;  // empty until it was read
  // Small durable values of the job, by name: the confirmed digest, the count, when the source was
  // deleted.
  std::map<std::string, std::string> facts;
  std::vector<std::string> steps{};              // those that are done
  std::map<std::string, std::string> intents{};  // by name: what they are about
  std::vector<std::string> options{};            // "--freeze=early": only who wrote them reads them
  std::string holder{};                          // empty: of an older program
  int version = record_version;
  friend bool operator==(const BucketRecord&, const BucketRecord&) = default;
};

// Errors: invalid_argument when spec or configuration are no JSON, or a text is not UTF-8.
Result<std::string> to_json(const BucketRecord& record);

// Members that are not known are ignored: a newer program may have added some.
// Errors: protocol for what is no record; not_supported for a record of a newer version.
Result<BucketRecord> parse_record(std::string_view json);

// Puts the record in place of the one before, if that has the same holder or `predecessor`. What
// was looked at is what is replaced, where the service knows conditional writes.
//
// Errors  refused when the bucket's mark or its record is another job's; conflict when the record
//         has another holder: then this process must not go on; what the calls say.
net::Task<Result<void>> write_record(aws::S3& owner, MarkedBucket bucket, BucketRecord record,
                                     std::string predecessor = {});
// That the record still has this holder, or `predecessor`. Errors: as write_record(); not_found.
net::Task<Result<void>> check_holder(aws::S3& owner, MarkedBucket bucket, std::string holder,
                                     std::string predecessor);

// The record of a bucket whose job is not known yet, as `adopt` has it: `bucket.job_id` is ignored.
//
// Errors  no_such_bucket; not_found: no record in it; refused: it is no temporary bucket of ours
//         (another account or region, no mark), or mark and record name different jobs;
//         protocol, not_supported as parse_record(); what the calls say.
net::Task<Result<BucketRecord>> read_record(aws::S3& owner, MarkedBucket bucket);

}  // namespace s3m::workflow
