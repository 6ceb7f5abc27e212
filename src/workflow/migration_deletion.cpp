// migration_deletion.cpp: the steps of a migration from the confirmation to the end of the source.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/empty.hpp"
#include "transfer/scratch.hpp"
#include "workflow/handover.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/migration_uploads.hpp"
#include "workflow/operator_name.hpp"
#include "workflow/principal_trial.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow::acts {
namespace {

std::string bucket_of(const Migration& m) {
  return printable(m.source.location.bucket);
}

Result<void> may_be_confirmed(const Migration& m) {
  if (!m.frozen && !m.spec.source_is_quiet) {
    return fail(Errc::refused, fmt::format("s3://{} is not frozen, so nothing of it may be deleted",
                                           bucket_of(m)));
  }
  if (m.failures->count() > 0) {
    return fail(Errc::refused,
                fmt::format("{} failures stand against the confirmation; they are listed above",
                            m.failures->count()));
  }
  if (m.proven.same_weak > 0 && !m.spec.accept_weak_proof) {
    return fail(Errc::refused,
                fmt::format("{} objects are proven only weakly (no common checksum, ETags that "
                            "cannot be compared); look at them, then run again with "
                            "--accept-weak-proof",
                            human_count(m.proven.same_weak)));
  }
  return ok;
}

// What the freeze keeps away must still be kept away at this very moment (guard G4).
net::Task<Result<void>> still_frozen(Migration& m) {
  if (m.freeze == nullptr) co_return ok;
  co_return co_await m.freeze->prove();
}

// The same, for each page that is deleted: by one reading of the policy.
net::Task<Result<void>> freeze_stands(Migration& m) {
  if (m.freeze == nullptr) co_return ok;
  auto stands = co_await m.freeze->stands();
  if (!stands) co_return forward(stands);
  if (*stands) co_return ok;
  auto noted = co_await distrust_source(m);
  if (!noted) co_return noted;
  co_return fail(
      Errc::refused,
      fmt::format("somebody took the freeze of s3://{} off its policy (statements {}) while it was "
                  "emptied. Nothing more was deleted since that was seen. Find out who did, then "
                  "go on with the job: it freezes again, and compares what is left there, metadata "
                  "and tags included, before more of it is deleted",
                  bucket_of(m), m.freeze->sid()));
}

// How far the emptying is: ranges that are done, and the one under way.
struct Progress {
  std::uint64_t total = 0;         // objects and delete markers of all ranges
  std::uint64_t ended = 0;         // of ranges that are done
  std::uint64_t deleted_then = 0;  // by this run, when the range under way was begun
  std::size_t range = 0, ranges = 0;
  bool checking = false;
  transfer::Proven checked;  // of the range under way
  transfer::Emptying emptying;

  std::uint64_t deleted() const noexcept {
    const auto all = emptying.deleted + emptying.deleted_markers;
    return std::min(total, ended + all - deleted_then);
  }
};

StepFigures figures_of(const Progress& done) {
  StepFigures figures{.objects = done.deleted(), .total_objects = done.total, .final = true};
  const auto where = fmt::format("range {} of {}", done.range, done.ranges);
  figures.activity = done.checking ? fmt::format("{}: {} proven once more", where,
                                                 human_count(done.checked.settled()))
                                   : where;
  return figures;
}

// Just before it is deleted (guard G23). A range that an earlier run began to delete is looked at
// once more: a freeze that stands now may have been gone in between, and metadata and tags change
// under the same ETag. Of one that is open nobody knows what was deleted of it (the job was
// adopted).
net::Task<Result<void>> check(Migration& m, const store::RangeRecord& range,
                              transfer::Proven& checked) {
  auto& hop = *m.outward().transfer;
  auto options = m.proof_options(transfer::Anchor::destination);
  if (range.state != store::RangeState::done) {
    co_return co_await transfer::check_rest(hop, std::move(options), range.range, checked);
  }
  transfer::RangeProof expected{
      .range = range.range, .digest = range.digest, .count = range.count, .bytes = range.bytes};
  co_return co_await transfer::check_range(hop, std::move(options), std::move(expected), checked);
}

// The intent first, then the record: whoever adopts the job must know before an object is gone.
net::Task<Result<void>> begin_deleting(Migration& m) {
  if (m.first_delete) co_return ok;
  auto intended = co_await m.intend_first_delete();
  if (!intended) co_return intended;
  co_return co_await keep_record(m);
}

net::Task<Result<void>> begin_deleting_source(Migration& m) {
  auto intended = co_await m.intend_delete_source();
  if (!intended) co_return intended;
  co_return co_await keep_record(m);
}

net::Task<Result<void>> empty_range(Migration& m, store::RangeRecord range, Progress& progress) {
  auto& hop = m.outward();
  progress.checking = true;
  auto checked = co_await check(m, range, progress.checked);
  progress.checking = false;
  if (!checked) co_return checked;
  auto begun = co_await begin_deleting(m);
  if (!begun) co_return begun;
  range.state = store::RangeState::deleting;
  auto kept = co_await update_range(m, range);
  if (!kept) co_return kept;
  auto emptied =
      co_await transfer::empty_source(*hop.transfer,
                                      {.all_versions = m.all_versions,
                                       .accept_weak = m.spec.accept_weak_proof,
                                       .accept_unpinned = m.spec.accept_unpinned_delete,
                                       .proven_until = progress.checked.newest,
                                       .before_delete = [&m] { return freeze_stands(m); }},
                                      {range.range}, progress.emptying);
  if (!emptied) co_return emptied;
  range.state = store::RangeState::deleted;
  co_return co_await update_range(m, range);
}

net::Task<Result<void>> empty_ranges(Migration& m, std::vector<store::RangeRecord> ranges,
                                     Progress& progress) {
  for (const auto& range : ranges) {
    ++progress.range;
    if (range.state != store::RangeState::deleted) {
      auto emptied = co_await empty_range(m, range, progress);
      m.deleted = progress.deleted();
      if (!emptied) co_return emptied;
    }
    progress.ended += range.count;
    progress.deleted_then = progress.emptying.deleted + progress.emptying.deleted_markers;
  }
  m.deleted = progress.deleted();
  co_return ok;
}

// What the new bucket will be asked for: the last wish of the owner, and whom it names. Also where
// an earlier run was told of it and ended: the source must not go before it is answered.
net::Task<Result<void>> settle_settings(Migration& m) {
  auto present = co_await look_again(m);
  if (!present) co_return present;
  co_return co_await try_principals(m);
}

// Who confirmed what, how and when.
net::Task<Result<void>> keep_confirmation(Migration& m, std::string how) {
  const auto& principal = m.source_principal;
  const auto& session = principal.session_arn.empty() ? principal.arn : principal.session_arn;
  const auto who = m.spec.confirmed_by.empty() ? operator_name() : m.spec.confirmed_by;
  store::Facts facts{
      {fact::confirmed_at, iso8601(system_clock().now())},
      {fact::confirmed_how, std::move(how)},
      {fact::confirmed_by, session.empty() ? who : fmt::format("{}, as {}", who, session)},
      {fact::confirmed, m.digest}};
  co_return co_await m.stored.keep(std::move(facts));
}

// When the DeleteBucket that took effect was sent. Where the run that sent it was killed before it
// could say so, the intent, which came before it, tells how long it may be ago at most.
net::Task<Result<WallTime>> deleted_at(Migration& m, std::optional<WallTime> since) {
  m.deleted_by_this_run = since.has_value();
  if (since) co_return *since;
  auto kept = co_await m.stored.kept(fact::deleted_at);
  if (!kept) co_return forward(kept);
  if (const auto time = *kept ? parse_iso8601(**kept) : std::nullopt) co_return *time;
  auto intents = co_await m.context.store.run(
      m.context.loop, [&m](store::Store& store) { return store.intents_of(m.context.job_id); });
  if (!intents) co_return forward(intents);
  const auto intent = std::ranges::find(*intents, intent_delete_source, &store::Intent::name);
  co_return intent == intents->end() ? system_clock().now() : intent->created_at;
}

// No walk shows what is below the reserved prefix, so nothing would carry it.
net::Task<Result<void>> nothing_reserved(Migration& m) {
  auto found = co_await transfer::not_scratch(m.outward().transfer->source, m.all_versions);
  if (!found) co_return forward(found);
  if (!*found) co_return ok;
  co_return fail(
      Errc::refused,
      fmt::format(
          "{} appeared in s3://{} since the job began. What is below {} is not carried, and "
          "would be lost: take the job back, move it to another key, and migrate again",
          printable(**found), bucket_of(m), transfer::reserved_prefix));
}

ConfirmationQuestion question_of(const Migration& m, const LeftUploads& left) {
  return {.bucket = m.source.location.bucket,
          .temporary_bucket = m.temporary_name,
          .digest = m.digest,
          .objects = m.proven.objects,
          .bytes = m.proven.bytes,
          .weak = m.proven.same_weak,
          .uploads = left.words,
          .uploads_told = left.told,
          .frozen = m.frozen,
          .all_versions = m.all_versions,
          .not_carried = m.losses.count(),
          .settings_changed = m.configured.changed.size(),
          .settings_not_carried = m.configured.not_carried.size()};
}

}  // namespace

Told confirm(Migration& m) {
  // A question may wait for days: what it shows is what stands now.
  auto present = co_await look_again(m);
  if (!present) co_return forward(present);
  auto confirmed = co_await m.stored.kept(fact::confirmed);
  if (!confirmed) co_return forward(confirmed);
  if (*confirmed && **confirmed == m.digest) co_return "confirmed by an earlier run";
  auto possible = may_be_confirmed(m);
  if (!possible) co_return forward(possible);
  auto all_carried = co_await nothing_reserved(m);
  if (!all_carried) co_return forward(all_carried);
  // Once before anything is deleted: what cannot be said of the new bucket can still be mended.
  auto configured = co_await keep_configuration_story(m);
  if (!configured) co_return forward(configured);
  auto named = co_await try_principals(m);
  if (!named) co_return forward(named);
  auto left = co_await look_at_uploads(m);
  if (!left) co_return forward(left);
  if (!left->words.empty()) m.note(NoteLevel::warning, left->words);
  const auto& name = m.source.location.bucket;
  // Who confirmed beforehand has not seen the uploads: once told of them, the same command goes on.
  const bool unattended = m.spec.confirm_delete == name && m.frozen && left->told;
  bool typed = false;
  const auto question = question_of(m, *left);
  if (!unattended && m.confirm != nullptr) typed = co_await m.confirm(question);
  if (!unattended && !typed) {
    auto asked = co_await m.stored.keep(fact::asked, to_json(question));
    if (!asked) co_return forward(asked);
    m.awaits_confirmation = true;
    co_return fail(
        Errc::cancelled,
        fmt::format("waits for the confirmation: {} ({}) of s3://{} are proven to be in "
                    "s3://{} under digest {}{}{}",
                    counted_objects(m.proven.objects, m.all_versions), human_bytes(m.proven.bytes),
                    bucket_of(m), printable(m.temporary_name), m.digest,
                    left->words.empty() ? "" : "; ",
                    m.frozen ? left->words
                             : left->words + ". A bucket that is not frozen is never deleted "
                                             "unattended: go on on a terminal without --json, and "
                                             "type its name there"));
  }
  const auto& asked = m.spec.confirmed_how.empty() ? how_typed : m.spec.confirmed_how;
  auto kept = co_await keep_confirmation(m, typed ? asked : how_beforehand);
  if (!kept) co_return forward(kept);
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  co_return fmt::format("{} for digest {}", typed ? asked : "by " + how_beforehand,
                        m.digest.substr(0, 16));
}

Told silence(Migration& m) {
  // An undo closes its source by this step, too; to it the new bucket's settings mean nothing.
  auto settled = m.first_delete ? Result<void>(ok) : co_await settle_settings(m);
  if (!settled) co_return forward(settled);
  auto off = co_await switch_off(m, {"notification", "replication"});
  if (!off) co_return forward(off);
  co_return "notifications and replication of the source are off";
}

Told empty(Migration& m) {
  auto frozen = co_await still_frozen(m);
  if (!frozen) co_return forward(frozen);
  auto ranges = co_await proven_ranges(m);
  if (!ranges) co_return forward(ranges);
  Progress progress{.ranges = ranges->size(), .checked = {}, .emptying = {}};
  for (const auto& range : *ranges)
    progress.total += range.count;
  StepTicker ticker(m.context, m.steps, m.began, [&progress] { return figures_of(progress); });
  auto emptied = co_await empty_ranges(m, *std::move(ranges), progress);
  co_await ticker.stop();
  if (!emptied) co_return forward(emptied);
  // A run that was killed while it tried how the service deletes has left its scratch object.
  auto& hop = *m.outward().transfer;
  transfer::Removed scratch;
  auto cleared = co_await transfer::clear_scratch(hop, hop.source, m.all_versions, scratch);
  if (!cleared) co_return forward(cleared);
  co_return fmt::format("{} deleted from s3://{}, each seen to be in s3://{}",
                        counted_objects(progress.total, m.all_versions), bucket_of(m),
                        printable(m.temporary_name));
}

Told delete_source(Migration& m) {
  if (!m.source_delete) {
    auto frozen = co_await still_frozen(m);
    if (!frozen) co_return forward(frozen);
    // The last moment in which what its owner has wished can be seen.
    auto settled = co_await settle_settings(m);
    if (!settled) co_return forward(settled);
    if (m.grant != nullptr && m.writer() == Writer::source) {
      auto revoked = co_await m.grant->revoke();
      if (!revoked) co_return forward(revoked);
    }
  }
  auto given_up = co_await given_up_uploads(m);
  if (!given_up) co_return forward(given_up);
  auto owner = m.source_owner();
  BucketDeletion deletion{.bucket = m.source.location.bucket,
                          .region = m.source_facts.region,
                          .expected_owner = m.source_facts.expected_owner,
                          .job_id = m.context.job_id,
                          .begun = m.source_delete,
                          .before_delete = [&m] { return begin_deleting_source(m); },
                          .abandoned_uploads = *std::move(given_up)};
  auto gone = co_await workflow::delete_source(owner, std::move(deletion), m.pause());
  if (!gone) co_return forward(gone);
  auto since = co_await deleted_at(m, gone->since);
  if (!since) co_return forward(since);
  auto kept = co_await m.stored.keep(fact::deleted_at, iso8601(*since));
  if (!kept) co_return forward(kept);
  m.exposure = Exposure{.from = *since, .until = std::nullopt};
  auto forgotten =
      co_await forget_policy(m, service_name(m.source.endpoint), m.source.location.bucket);
  if (!forgotten) co_return forward(forgotten);
  co_return fmt::format("s3://{} in account {} is gone{}", bucket_of(m),
                        m.source_facts.expected_owner,
                        gone->deleted_now ? "" : "; an earlier run deleted it");
}

}  // namespace s3m::workflow::acts
