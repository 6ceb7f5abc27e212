// copy_steps.cpp: the steps of CopyJob, in their order.
#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "workflow/copy_job.hpp"
#include "workflow/copy_pass.hpp"
#include "workflow/deletion_limit.hpp"
#include "workflow/destination.hpp"
#include "workflow/existing_access.hpp"
#include "workflow/figures.hpp"
#include "workflow/same_service.hpp"
#include "workflow/versioning.hpp"

namespace s3m::workflow {
namespace {

std::string place(const transfer::Location& location, const BucketFacts& facts) {
  return fmt::format("{}{}{}", printable(location.uri()),
                     facts.region.empty() ? "" : " in " + printable(facts.region),
                     facts.exists ? "" : " (to be made)");
}

bool one_identity(const Access& source, const Access& destination, const Ground& ground) {
  return same_identity(source, destination, ground.source_principal, ground.destination_principal);
}

std::vector<KeyRange> whole_key_space() {
  return {KeyRange{}};
}

}  // namespace

GrantMode CopyJob::choose_mode() const {
  return grant_of(spec_, one_identity(source_, destination_, ground_));
}

net::Task<Result<void>> CopyJob::look() {
  steps_.begin("preflight", percent_started);
  auto ground = co_await preflight(source_, destination_, context_.runtime, context_.governor, {});
  if (!ground) co_return forward(ground);
  ground_ = *std::move(ground);
  mode_ = choose_mode();
  for (const auto& text : ground_.notes)
    note(NoteLevel::warning, text);
  auto looked = co_await look_at_attributes();
  if (!looked) co_return looked;
  steps_.end(StepState::done, percent_started,
             fmt::format("{} -> {}", place(source_.location, ground_.source),
                         place(destination_.location, ground_.destination)));
  co_return ok;
}

net::Task<Result<void>> CopyJob::look_at_attributes() {
  auto source = s3_for(source_, ground_.source.region, context_.runtime, context_.governor);
  auto destination =
      s3_for(destination_, ground_.destination.region, context_.runtime, context_.governor);
  auto found =
      co_await look_at_configuration(source, destination, source_, destination_, ground_, spec_);
  if (!found) co_return forward(found);
  spec_.copy.attributes = std::move(found->rules);
  archives_ = found->archives;
  for (auto& text : found->notes)
    note(NoteLevel::warning, std::move(text));
  co_return ok;
}

net::Task<Result<void>> CopyJob::prove_same_service() {
  auto seen =
      co_await sees_marker(source_, destination_, ground_.destination.region,
                           ground_.destination.expected_owner, context_.runtime, context_.governor);
  if (!seen) co_return forward(seen);
  const auto from = service_name(source_.endpoint);
  const auto to = service_name(destination_.endpoint);
  if (!*seen) {
    co_return fail(
        Errc::refused,
        fmt::format("{} and {} are different services: what is written through the one "
                    "is not seen through the other. s3migrator copies inside one service",
                    from, to));
  }
  ground_.same_service_unproven = false;
  if (!transfer::overlap(source_.location, destination_.location)) co_return ok;
  co_return fail(Errc::refused, fmt::format("{} and {} overlap: {} and {} are one service",
                                            printable(source_.location.uri()),
                                            printable(destination_.location.uri()), from, to));
}

net::Task<Result<void>> CopyJob::prepare_destination() {
  steps_.begin("destination", percent_started);
  const bool make = !ground_.destination.exists;
  if (make) {
    auto owner =
        s3_for(destination_, ground_.destination.region, context_.runtime, context_.governor);
    auto made = co_await make_destination(owner, destination_.location.bucket, ground_.destination,
                                          cancellable_pause(context_.cancel));
    if (!made) co_return made;
    ground_.destination.exists = true;
  }
  if (ground_.same_service_unproven) {
    auto proven = co_await prove_same_service();
    if (!proven) co_return proven;
  }
  auto versioning = co_await keep_versions();
  if (!versioning) co_return forward(versioning);
  steps_.end(StepState::done, percent_bucket_ready,
             fmt::format("bucket {} {}{}{}", printable(destination_.location.bucket),
                         make ? "made" : "is there",
                         ground_.destination.expected_owner.empty()
                             ? ""
                             : ", in account " + ground_.destination.expected_owner,
                         *versioning));
  co_return ok;
}

// Before anything is written: a version that is not kept is lost. Gives what to say of it.
net::Task<Result<std::string>> CopyJob::keep_versions() {
  if (!spec_.copy.all_versions) co_return std::string();
  note(NoteLevel::info,
       "--versions all: the copies get version ids and a LastModified of their own; no service can "
       "be told those of the source");
  auto owner =
      s3_for(destination_, ground_.destination.region, context_.runtime, context_.governor);
  const auto needed = is_aws(destination_.endpoint) ? std::chrono::milliseconds(settling_on_aws)
                                                    : std::chrono::milliseconds(0);
  const auto settle = spec_.versioning_settle.value_or(needed);
  auto before = co_await enable_versioning(owner,
                                           {.bucket = destination_.location.bucket,
                                            .expected_owner = ground_.destination.expected_owner,
                                            .settle = settle},
                                           cancellable_pause(context_.cancel));
  if (!before) co_return before;
  co_return *before == "Enabled" ? ", versioned" : ", versioning switched on";
}

net::Task<Result<void>> CopyJob::arrange_access() {
  const bool grant = mode_ != GrantMode::none;
  if (grant) steps_.begin("grant", percent_bucket_ready);
  auto arranged = grant ? co_await place_grant() : co_await use_existing_access();
  if (!arranged) co_return arranged;
  if (!spec_.copy.acl.empty()) yield_to_canned_acl(spec_.copy.attributes);
  sides_ = std::make_unique<Sides>(context_, source_, destination_, ground_, writer_);
  transfer_.emplace(
      sides_->context(uploads_, [this](const FailureEvent& failure) { failed(failure); }));
  transfer_->on_loss = [this](const FailureEvent& loss) { losses_->add(loss); };
  co_return ok;
}

net::Task<Result<void>> CopyJob::use_existing_access() {
  if (one_identity(source_, destination_, ground_)) {
    steps_.skip("grant", "not needed: one identity has both sides");
    writer_ = Writer::destination;
    co_return ok;
  }
  auto writer = co_await find_writer(context_, source_, destination_, ground_);
  if (!writer) co_return forward(writer);
  writer_ = *writer;
  auto acl = co_await needed_acl(context_, destination_, ground_, writer_);
  // Without the right to look, the copies are written as an owner would.
  if (acl) spec_.copy.acl = *acl;
  steps_.skip("grant", writer_ == Writer::source
                           ? "not needed: the source identity may write into the destination"
                           : "not needed: the destination identity may read the source");
  co_return ok;
}

net::Task<Result<void>> CopyJob::place_grant() {
  writer_ = mode_ == GrantMode::source_policy ? Writer::destination : Writer::source;
  auto acl = co_await needed_acl(context_, destination_, ground_, writer_);
  if (!acl) co_return forward(acl);
  spec_.copy.acl = *acl;
  grant_ = std::make_unique<TemporaryGrant>(context_, source_, destination_, ground_, mode_);
  const auto& rules = spec_.copy.attributes;
  TemporaryGrant::Carries carries{.acl = *acl,
                                  .grants = rules.read_acl && rules.no_acl.empty(),
                                  .locks = rules.locked && rules.lock_fits};
  auto placed = co_await grant_->place(
      std::move(carries), spec_.grant_timeout,
      [this](std::string warning) { note(NoteLevel::warning, std::move(warning)); });
  if (!placed) co_return forward(placed);
  steps_.end(StepState::done, percent_bucket_ready,
             fmt::format("{} bucket {} (proven after {:.1f} s, by {})",
                         writer_ == Writer::source ? "the source identity may write objects into"
                                                   : "the destination identity may read",
                         printable(grant_->bucket()),
                         std::chrono::duration<double>(placed->effective_after).count(),
                         name(placed->dialect)));
  co_return ok;
}

net::Task<Result<void>> CopyJob::copy_objects() {
  steps_.begin("copy", percent_copy_first);
  auto reported = co_await report_archived();
  if (!reported) co_return reported;
  auto copied = co_await run_copy_pass(
      {.context = context_,
       .steps = steps_,
       .transfer = *transfer_,
       .options = spec_.copy,
       .job_start = steady_start_,
       .count_first = spec_.count_first,
       .note = [this](NoteLevel level, std::string text) { note(level, std::move(text)); }},
      counters_);
  if (!copied) co_return copied;
  steps_.end(counters_.failed == 0 ? StepState::done : StepState::failed, percent_copy_last,
             copied_text(counters_));
  co_return ok;
}

// Before anything is copied: what is refused must be refused again by the next run, and the copies
// would make its share a smaller one.
net::Task<Result<void>> CopyJob::judge_deletion() {
  if (!spec_.delete_extra) co_return ok;
  transfer::Deletion found;
  auto counted = co_await transfer::count_extra(*transfer_, spec_.copy.filter, found);
  if (!counted) co_return counted;
  destination_before_ = found.destination_objects;
  note(NoteLevel::info,
       fmt::format("--delete: {} of {} objects below {} are not in the source",
                   human_count(found.extra), human_count(found.destination_objects),
                   printable(destination_.location.uri())));
  co_return may_delete(found);
}

Result<void> CopyJob::may_delete(const transfer::Deletion& found) {
  return within_deletion_limit(found, destination_before_, spec_, source_.location,
                               destination_.location);
}

net::Task<Result<void>> CopyJob::delete_extra() {
  if (!spec_.delete_extra) co_return ok;
  if (counters_.failed > 0) {
    steps_.skip("delete", "objects failed to be copied, so nothing is deleted");
    co_return ok;
  }
  steps_.begin("delete", percent_copy_last);
  auto deleted = co_await transfer::delete_extra(
      *transfer_, spec_.copy.filter,
      [this](const transfer::Deletion& found) { return may_delete(found); }, deletion_);
  if (!deleted) co_return deleted;
  steps_.end(StepState::done, percent_copy_last,
             counted(deletion_.deleted, "object") + " deleted from the destination");
  co_return ok;
}

net::Task<Result<void>> CopyJob::verify() {
  if (spec_.verify == transfer::VerifyMode::none) {
    steps_.skip("verify", "--verify none");
    co_return ok;
  }
  steps_.begin("verify", percent_copy_last);
  StepTicker ticker(context_, steps_, steady_start_, [this] {
    return figures_of(verification_, counters_.source_objects, counters_.source_bytes);
  });
  const transfer::VerifyOptions options{.mode = spec_.verify,
                                        .strict = spec_.strict,
                                        .filter = spec_.copy.filter,
                                        .all_versions = spec_.copy.all_versions};
  auto verified = co_await transfer::verify(*transfer_, options, whole_key_space(), verification_);
  co_await ticker.stop();
  if (!verified) co_return verified;
  verified_ = true;
  steps_.end(
      verification_.complete() ? StepState::done : StepState::failed, percent_copy_last,
      fmt::format("{} the same ({} by weak proof), {} differ, {} missing, {} extra",
                  human_count(verification_.same_strong + verification_.same_weak),
                  human_count(verification_.same_weak), human_count(verification_.mismatched),
                  human_count(verification_.missing), human_count(verification_.extra)));
  co_return ok;
}

net::Task<Result<void>> CopyJob::revoke_grant() {
  if (!grant_ || !grant_->placed()) {
    // A job that ended before it asked for access has nothing to say of it.
    if (transfer_) steps_.skip("revoke", "there is no grant to take out");
    co_return ok;
  }
  if (context_.stop == Stop::displaced) {
    steps_.skip("revoke", "the grant is the job's, and the job is no longer this process's");
    co_return ok;
  }
  steps_.begin("revoke", steps_.percent().value());
  auto revoked = co_await grant_->revoke();
  if (!revoked) {
    steps_.fail_open(revoked.error().describe());
    co_return forward(revoked);
  }
  steps_.end(StepState::done, steps_.percent().value(),
             fmt::format("the policy of bucket {} is {}", printable(grant_->bucket()),
                         *revoked ? "without the grant again" : "without a grant"));
  co_return ok;
}

}  // namespace s3m::workflow
