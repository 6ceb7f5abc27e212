// migration.hpp: what the steps of one migration share: the three buckets, who reaches them,
// and what is known of them.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "transfer/prove.hpp"
#include "workflow/configuration/configuration.hpp"
#include "workflow/confirmation.hpp"
#include "workflow/failure_log.hpp"
#include "workflow/job_context.hpp"
#include "workflow/marked_bucket.hpp"
#include "workflow/migration_machine.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/migration_spec.hpp"
#include "workflow/migration_story.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/steps.hpp"
#include "workflow/stored_uploads.hpp"
#include "workflow/temporary_deny.hpp"
#include "workflow/temporary_grant.hpp"

namespace s3m::workflow {

// One hop: from the source to the temporary bucket, or from there to the final one.
struct Hop {
  Access from, to;
  Ground ground;
  std::unique_ptr<StoredUploads> uploads;
  std::unique_ptr<Sides> sides;
  std::optional<transfer::Context> transfer;
  transfer::CopyOptions options;
  transfer::Counters counters;
};

std::unique_ptr<Hop> make_hop(JobContext& context, Access from, Access to, Ground ground,
                              Writer writer, transfer::CopyOptions options,
                              transfer::FailureSink on_failure);

class Migration {
 public:
  // All references outlive this.
  Migration(JobContext& job, Steps& job_steps, Access from, Access to, MigrationSpec asked,
            Confirm confirmation);
  ~Migration();

  // Finds out who both sides are, and what the store knows. Once, before any step; the source is
  // not looked at when it is handed over.
  net::Task<Result<void>> begin(Regime regime);

  // The hops, made when they are first asked for.
  Hop& outward();   // needs: source, temporary
  Hop& homeward();  // needs: temporary, final
  // S3 as the owner of each bucket.
  aws::S3 source_owner();
  aws::S3 destination_owner();
  const std::string& final_name() const;
  MarkedBucket temporary_bucket() const;
  MarkedBucket final_bucket() const;
  static BucketFacts facts_of(const MarkedBucket& bucket);
  Writer writer() const;
  // Found out to be so where nothing is granted; kept for later runs. The first hop is made anew.
  net::Task<Result<void>> set_writer(Writer found);
  transfer::CopyOptions copy_options() const;
  transfer::ProofOptions proof_options(transfer::Anchor anchor) const;
  Pause pause() const;
  Warn warn();

  net::Task<Result<void>> intend_first_delete();
  net::Task<Result<void>> intend_delete_source();

  void note(NoteLevel level, std::string message);
  void failed(const FailureEvent& failure);
  SummaryEvent summary() const;
  // The sentence about a job that ended well.
  std::string where_it_is() const;
  // For the end of a message about a job that did not end well: what stands.
  std::string what_stands() const;
  // The source can be had back as it was (guard G24), and has to be where that was begun.
  bool can_be_undone() const noexcept { return !source_delete; }
  bool is_undone() const noexcept { return giving != Giving::nothing; }

  JobContext& context;
  Steps& steps;
  Access source, destination;  // the location of the latter means nothing
  MigrationSpec spec;
  Confirm confirm;
  StoredMigration stored;
  SteadyTime began;

  Principal source_principal, destination_principal;
  BucketFacts source_facts;
  std::string region;  // of the temporary and the final bucket
  std::string temporary_name;
  Configuration configuration;  // of the source, as it was before the job touched it
  // All that the first preflight finds out was kept; until then it is found out.
  bool ground_known = false;
  bool all_versions = false, acl = false;
  bool first_delete = false, source_delete = false;  // intents
  bool opened = false;                               // the new bucket, which is complete
  Giving giving = Giving::nothing;                   // of the undo, as the store has it
  bool frozen = false;
  transfer::Proven proven;  // the last proof of this run
  std::string digest;       // that was proven before the confirmation
  std::uint64_t copied = 0, copied_bytes = 0, deleted = 0;
  std::uint64_t counted = 0, counted_bytes = 0;  // of the source, by the last walk that counted
  LossBook losses;                               // of all runs, as far as the store knows
  ConfigurationStory configured;
  std::optional<Exposure> exposure;
  bool deleted_by_this_run = false;
  bool awaits_confirmation = false;
  std::unique_ptr<TemporaryGrant> grant;
  std::unique_ptr<TemporaryDeny> freeze, closed, protection;
  std::unique_ptr<FailureLog> failures;

 private:
  net::Task<Result<void>> recall();
  Result<void> check_final_name() const;  // G26, for the second hop
  net::Task<Result<void>> recall_story();
  void watch_losses(Hop& hop);

  std::optional<Writer> found_writer_;

  std::unique_ptr<Hop> outward_, homeward_;
};

}  // namespace s3m::workflow
