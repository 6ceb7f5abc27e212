// adopt.hpp: a migration that goes on from its temporary bucket alone, where the store is lost
// (guard G22).
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G1, G19, G22, G25; docs/adr/0017.
//
// The record in the temporary bucket is never behind what was done: it says so before the first
// object of the source is deleted, before its bucket is, and before the new bucket is opened. What
// it does not say is found by looking, in the way that loses nothing: a record that is confirmed is
// taken for one whose deletions have begun.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workflow/bucket_record.hpp"
#include "workflow/job_context.hpp"
#include "workflow/migration_machine.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

// What a store has to be told so that the job goes on in it as if it had always been there.
struct Adoption {
  std::string job_id;
  Regime regime = Regime::untouched;
  MigrationMemory memory;  // with the configuration and the holder
  std::vector<store::RangeRecord> ranges;
  int percent = 0;  // that was told for certain
};

// The record of the temporary bucket that `owner`'s location names; only `owner` is asked.
//
// Errors  refused  the bucket is no temporary bucket of this account; its record is about another
//                  account, region or bucket
//         no_such_bucket; not_found without a record; not_supported for the record of a newer or of
//         an older program; protocol for one that lacks what it must have; else what the calls say.
net::Task<Result<BucketRecord>> find_record(JobContext& context, Access owner);

// What follows from a record. `source_is_gone`: seen after the emptying had begun. Pure.
Adoption adoption_of(const BucketRecord& record, bool source_is_gone, std::string holder);

// What the job has to do next.
std::optional<MigrationStep> next_step(const Adoption& adoption, FreezeTime freeze);

struct AdoptionTerms {
  std::string final_name;      // of the new bucket, as it is asked for now
  std::string resume_command;  // for a job that the store knows already
};
// Makes sure that the job can go on with these two sides: that the store does not know it yet, and
// that the source is the one of the record. After the handover nothing looks at it (guard G1).
// Changes nothing.
//
// Errors  refused, each with what to do; what the calls say.
net::Task<Result<Adoption>> prepare_adoption(JobContext& context, Access source, Access destination,
                                             BucketRecord record, AdoptionTerms terms);

// Tells the store all of it but the job itself: until that is begun, the store does not know it,
// and all this can be done again. Unfinished uploads, which a store knows as well, are settled by
// the steps that follow (migration_uploads.hpp, remove_temporary()).
//
// Errors  those of the store.
net::Task<Result<void>> take_over(JobContext& context, Adoption adoption);

}  // namespace s3m::workflow
