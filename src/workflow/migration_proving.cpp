// migration_proving.cpp: the steps of a migration from the freeze to the proof of every object.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/manifest_writer.hpp"
#include "transfer/mirror.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_settings.hpp"

namespace s3m::workflow::acts {
namespace {

// A source that still changes after so many passes is not frozen.
constexpr int most_delta_passes = 10;

std::string bucket_of(const Migration& m) {
  return printable(m.source.location.bucket);
}

// When the freeze was proven first: a run that finds it standing waits for what is left of the
// time, and not for the whole again.
net::Task<Result<WallTime>> frozen_since(Migration& m, const DenyResult& placed) {
  auto kept = co_await m.stored.kept(fact::frozen_at);
  if (!kept) co_return forward(kept);
  const auto since = *kept ? parse_iso8601(**kept) : std::nullopt;
  if (placed.stood && since) co_return *since;
  const auto now = system_clock().now();
  store::Facts facts{{fact::frozen_at, iso8601(now)},
                     {fact::frozen_by, std::string(name(placed.dialect))}};
  auto noted = co_await m.stored.keep(std::move(facts));
  if (!noted) co_return forward(noted);
  co_return now;
}

// Before it is put again: a run that is killed after that must not leave a freeze that seems to
// have stood all the while.
net::Task<Result<void>> look_for_freeze(Migration& m) {
  if (!m.first_delete) co_return ok;
  auto stands = co_await m.freeze->stands();
  if (!stands) co_return forward(stands);
  if (*stands) co_return ok;
  m.note(NoteLevel::warning,
         fmt::format("the freeze of s3://{} was taken off and is put again. What is left there is "
                     "compared once more, metadata and tags included, before more of it is deleted",
                     bucket_of(m)));
  co_return co_await distrust_source(m);
}

// Lets requests that were in flight when the freeze was proven come to their end (guard G20).
net::Task<Result<std::chrono::seconds>> settle(Migration& m, DenyResult placed) {
  using std::chrono::milliseconds;
  const auto time =
      m.spec.freeze_settle.value_or(milliseconds(default_freeze_settle(is_aws(m.source.endpoint))));
  const auto in_seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto since = co_await frozen_since(m, placed);
  if (!since) co_return forward(since);
  auto noted = co_await m.stored.keep(fact::settled_for, std::to_string(in_seconds.count()));
  if (!noted) co_return forward(noted);
  const auto left = std::min(time, time - (system_clock().now() - *since));
  if (left <= milliseconds(0)) co_return in_seconds;
  Waiting waiting;
  StepTicker ticker(m.context, m.steps, m.began, [&waiting] {
    StepFigures figures{.activity = "until writes that were under way have arrived"};
    waiting.show(figures);
    return figures;
  });
  const auto pause = waiting.watch(m.pause());
  const bool slept = co_await pause(left);
  co_await ticker.stop();
  if (slept) co_return in_seconds;
  co_return fail(Errc::cancelled, "stopped while the freeze settled");
}

// One walk that takes out of the temporary bucket what the source has lost, and one that copies.
net::Task<Result<transfer::Mirrored>> delta_pass(Migration& m, int pass) {
  auto& hop = m.outward();
  transfer::Mirrored mirrored;
  // Keys, and of a bucket with versions the listing alone does not tell how many there are.
  const auto keys = m.all_versions ? 0 : m.counted;
  StepTicker ticker(m.context, m.steps, m.began, [&] {
    return StepFigures{
        .objects = mirrored.source_keys,
        .total_objects = keys,
        .final = keys > 0,
        .activity = fmt::format("pass {}: what the source lost, {} deleted", pass,
                                human_count(mirrored.deleted + mirrored.deleted_markers))};
  });
  auto mirror = co_await transfer::mirror(
      *hop.transfer, {.all_versions = m.all_versions, .source_may_be_empty = true}, {KeyRange{}},
      mirrored);
  co_await ticker.stop();
  if (!mirror) co_return forward(mirror);
  auto copied = co_await copy_over(m, hop, percent_of(MigrationStep::delta),
                                   fmt::format("pass {}: what is new or changed", pass),
                                   {.objects = m.counted, .bytes = m.counted_bytes});
  if (!copied) co_return forward(copied);
  auto counted = co_await keep_count(m);
  if (!counted) co_return forward(counted);
  co_return mirrored;
}

}  // namespace

Told freeze(Migration& m) {
  if (m.spec.source_is_quiet) {
    m.note(NoteLevel::warning,
           fmt::format("s3://{} is not frozen: that nobody writes to it is the operator's word "
                       "(--source-is-quiet); it stands in the report",
                       bucket_of(m)));
    auto noted = co_await m.stored.keep(fact::source_is_quiet, "true");
    if (!noted) co_return forward(noted);
    co_return "not frozen, as --source-is-quiet says";
  }
  auto off = co_await switch_off(m, {"lifecycle"});
  if (!off) co_return forward(off);
  std::vector<Principal> spared{m.source_principal};
  if (m.writer() == Writer::destination) spared.push_back(m.destination_principal);
  m.freeze = std::make_unique<TemporaryDeny>(m.context, m.source, m.source_facts,
                                             DenyTerms{.kind = DenyKind::freeze,
                                                       .bucket = m.source.location.bucket,
                                                       .spared = std::move(spared)});
  auto looked = co_await look_for_freeze(m);
  if (!looked) co_return forward(looked);
  auto placed = co_await place_deny(m, *m.freeze);
  if (!placed) co_return forward(placed);
  m.frozen = true;
  auto settled = co_await settle(m, *placed);
  if (!settled) co_return forward(settled);
  co_return fmt::format("no writes to s3://{} but this job's (proven, by {}; settled for {} s)",
                        bucket_of(m), name(placed->dialect), settled->count());
}

// Copies and deletions until a pass finds nothing to do: two walks in a row that agree, both begun
// after the freeze was proven (guards G4, G19).
Told delta(Migration& m) {
  if (m.first_delete) {
    co_return fail(Errc::refused,
                   fmt::format("s3://{} may have lost objects to this job already: s3://{} is not "
                               "made like it any more",
                               bucket_of(m), printable(m.temporary_name)));
  }
  auto& hop = m.outward();
  std::uint64_t copied = 0, deleted = 0;
  for (int pass = 1; pass <= most_delta_passes; ++pass) {
    auto ours = co_await still_ours(m);
    if (!ours) co_return forward(ours);
    auto mirrored = co_await delta_pass(m, pass);
    if (!mirrored) co_return forward(mirrored);
    const auto gone = mirrored->deleted + mirrored->deleted_markers;
    copied += hop.counters.copied;
    deleted += gone;
    if (hop.counters.copied + gone > 0) continue;
    co_return fmt::format(
        "{} copied and {} deleted since the first copy; pass {} found nothing "
        "more",
        human_count(copied), human_count(deleted), pass);
  }
  co_return fail(
      Errc::conflict,
      fmt::format("s3://{} still changes after {} passes although it is {}; find out who "
                  "writes to it",
                  bucket_of(m), most_delta_passes, m.frozen ? "frozen" : "said to be quiet"));
}

Told prove(Migration& m) {
  auto& hop = m.outward();
  m.proven = {};
  auto owner = m.destination_owner();
  transfer::ManifestWriter manifest(m.context.loop, owner,
                                    {.bucket = m.temporary_name,
                                     .folder = transfer::manifest_folder(m.context.job_id),
                                     .expected_owner = m.destination_principal.account});
  auto options = m.proof_options(transfer::Anchor::destination);
  options.discard_differing = true;  // the next delta pass makes it anew
  StepTicker ticker(m.context, m.steps, m.began, [&m] { return figures_of(m.proven, m.counted); });
  auto proven = co_await transfer::prove(*hop.transfer, options, m.proven, &manifest);
  co_await ticker.stop();
  if (!proven) co_return forward(proven);
  auto look = co_await keep_look(m);
  if (!look) co_return forward(look);
  // Another round would be refused as this one.
  const bool refused = m.proven.unread.code == Errc::access_denied;
  if (m.proven.only_unread() && refused) co_return fail(transfer::unread_error(m.proven.unread));
  if (!m.proven.complete()) {
    co_return fail(Errc::mismatch,
                   fmt::format("{} differ, {} are missing, {} are extra, {} have other "
                               "attributes and {} could not be compared in s3://{}",
                               human_count(m.proven.mismatched), human_count(m.proven.missing),
                               human_count(m.proven.extra), human_count(m.proven.other_attributes),
                               human_count(m.proven.unread.count), printable(m.temporary_name)));
  }
  auto kept = co_await keep_proof(m);
  if (!kept) co_return forward(kept);
  auto configured = co_await keep_configuration_story(m);
  if (!configured) co_return forward(configured);
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  co_return fmt::format("{} objects ({}), {} by weak proof; digest {}",
                        human_count(m.proven.objects), human_bytes(m.proven.bytes),
                        human_count(m.proven.same_weak), m.digest.substr(0, 16));
}

}  // namespace s3m::workflow::acts
