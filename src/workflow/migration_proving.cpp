// migration_proving.cpp: the steps of a migration from the freeze to the proof of every object.
#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/manifest_writer.hpp"
#include "transfer/mirror.hpp"
#include "workflow/configuration/suspend.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_proof.hpp"

namespace s3m::workflow::acts {
namespace {

// A source that still changes after so many passes is not frozen.
constexpr int most_delta_passes = 10;

std::string bucket_of(const Migration& m) {
  return printable(m.source.location.bucket);
}

}  // namespace

Told freeze(Migration& m) {
  if (m.spec.source_is_quiet) {
    m.note(NoteLevel::warning,
           fmt::format("s3://{} is not frozen: that nobody writes to it is the operator's word "
                       "(--source-is-quiet); it stands in the report",
                       bucket_of(m)));
    co_return "not frozen, as --source-is-quiet says";
  }
  auto owner = m.source_owner();
  auto off = co_await suspend(owner, m.source.location.bucket, m.source_facts.expected_owner,
                              m.configuration, {"lifecycle"}, m.pause());
  if (!off) co_return forward(off);
  std::vector<Principal> spared{m.source_principal};
  if (m.writer() == Writer::destination) spared.push_back(m.destination_principal);
  m.freeze = std::make_unique<TemporaryDeny>(m.context, m.source, m.source_facts,
                                             DenyTerms{.kind = DenyKind::freeze,
                                                       .bucket = m.source.location.bucket,
                                                       .spared = std::move(spared)});
  auto placed = co_await m.freeze->place(m.spec.copy.grant_timeout, m.warn());
  if (!placed) co_return forward(placed);
  m.frozen = true;
  if (m.first_delete && !placed->stood) {
    m.note(
        NoteLevel::warning,
        fmt::format("the freeze of s3://{} had been taken off and was put again. What was written "
                    "there meanwhile stops the emptying",
                    bucket_of(m)));
  }
  const auto settle = m.spec.freeze_settle.value_or(
      std::chrono::milliseconds(default_freeze_settle(is_aws(m.source.endpoint))));
  if (!placed->stood && settle.count() > 0) {
    const bool slept = co_await m.context.cancel.sleep_for(settle);
    if (!slept) co_return fail(Errc::cancelled, "stopped while the freeze settled");
  }
  co_return fmt::format("no writes to s3://{} but this job's (proven, by {}; settled for {} s)",
                        bucket_of(m), name(placed->dialect), settle.count() / 1000);
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
    transfer::Mirrored mirrored;
    auto mirror = co_await transfer::mirror(
        *hop.transfer, {.all_versions = m.all_versions, .source_may_be_empty = true}, {KeyRange{}},
        mirrored);
    if (!mirror) co_return forward(mirror);
    auto passed = co_await copy_over(m, hop, percent_of(MigrationStep::delta));
    if (!passed) co_return forward(passed);
    copied += hop.counters.copied;
    deleted += mirrored.deleted + mirrored.deleted_markers;
    if (hop.counters.copied + mirrored.deleted + mirrored.deleted_markers > 0) continue;
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
  auto proven = co_await transfer::prove(*hop.transfer, options, m.proven, &manifest);
  if (!proven) co_return forward(proven);
  if (!m.proven.complete()) {
    co_return fail(Errc::mismatch,
                   fmt::format("{} differ, {} are missing, {} are extra and {} have other "
                               "attributes in s3://{}",
                               human_count(m.proven.mismatched), human_count(m.proven.missing),
                               human_count(m.proven.extra), human_count(m.proven.other_attributes),
                               printable(m.temporary_name)));
  }
  auto kept = co_await keep_proof(m);
  if (!kept) co_return forward(kept);
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  co_return fmt::format("{} objects ({}), {} by weak proof; digest {}",
                        human_count(m.proven.objects), human_bytes(m.proven.bytes),
                        human_count(m.proven.same_weak), m.digest.substr(0, 16));
}

}  // namespace s3m::workflow::acts
