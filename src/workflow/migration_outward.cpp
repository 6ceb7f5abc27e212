// migration_outward.cpp: the steps of a migration that bring everything into the temporary bucket,
// with the source as it is: from preflight to the proof.
#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/manifest_writer.hpp"
#include "transfer/mirror.hpp"
#include "workflow/carrying.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/suspend.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_plan.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/temporary_bucket.hpp"
#include "workflow/versioning.hpp"

namespace s3m::workflow::acts {
namespace {

// A source that still changes after so many passes is not frozen.
constexpr int most_delta_passes = 10;

std::string bucket_of(const Migration& m) {
  return printable(m.source.location.bucket);
}

net::Task<Result<MigrationGround>> judge_all(Migration& m) {
  auto found = co_await migration_preflight(m.context, m.source, m.destination,
                                            {.copy = m.spec.copy,
                                             .prefix = m.source.location.prefix,
                                             .drop_history = m.spec.drop_history,
                                             .rewrites = m.spec.rewrites},
                                            m.spec.keep_temporary_days);
  if (!found) co_return forward(found);
  auto possible = check_refusals(m.source.location.bucket, found->refusals);
  if (!possible) co_return forward(possible);
  m.all_versions = found->facts.ever_versioned() && !m.spec.drop_history;
  m.acl = found->facts.acls == MigrationFacts::Acls::on;
  co_return std::move(found->ground);
}

// Who owns the grants of an ACL by another name than an account.
net::Task<std::string> canonical_id_of_source(Migration& m) {
  auto owner = m.source_owner();
  auto id =
      co_await owner.get_bucket_owner_id(m.source.location.bucket, m.source_facts.expected_owner);
  co_return id.value_or("");
}

net::Task<Result<void>> remember_ground(Migration& m) {
  const std::pair<std::string, std::string> facts[] = {
      {fact::region, m.region},
      {fact::source_region, m.source_facts.region},
      {fact::source_owner, m.source_facts.expected_owner},
      {fact::all_versions, m.all_versions ? "true" : "false"},
      {fact::acl, m.acl ? "true" : "false"},
      {fact::source_canonical_id, co_await canonical_id_of_source(m)}};
  for (const auto& [name, value] : facts) {
    auto kept = co_await m.stored.keep(name, value);
    if (!kept) co_return kept;
  }
  co_return ok;
}

// As it was before the job touched it: read once, kept for good.
net::Task<Result<void>> keep_configuration(Migration& m) {
  auto kept = co_await m.stored.kept(fact::configuration);
  if (!kept) co_return forward(kept);
  if (*kept) co_return ok;
  auto owner = m.source_owner();
  auto read =
      co_await read_configuration(owner, m.source.location.bucket, m.source_facts.expected_owner);
  if (!read) co_return forward(read);
  m.configuration = *std::move(read);
  co_return co_await m.stored.keep(fact::configuration, to_json(m.configuration));
}

// For a while it will be the only copy: nobody but this job writes or deletes there (guard G22).
net::Task<Result<std::string>> protect(Migration& m) {
  std::vector<Principal> spared{m.destination_principal};
  if (m.source_principal.known()) spared.push_back(m.source_principal);
  m.protection = std::make_unique<TemporaryDeny>(
      m.context, m.destination, Migration::facts_of(m.temporary_bucket()),
      DenyTerms{
          .kind = DenyKind::protect, .bucket = m.temporary_name, .spared = std::move(spared)});
  auto placed = co_await m.protection->place(m.spec.copy.grant_timeout, m.warn());
  if (placed) co_return ", closed to all but this job";
  const bool cannot = placed.error().code() == Errc::access_denied && !m.protection->placed();
  if (!cannot) co_return forward(placed);
  m.note(NoteLevel::warning,
         fmt::format("s3://{} cannot be closed to others: {}. See to it that nobody else writes or "
                     "deletes there",
                     printable(m.temporary_name), placed.error().describe()));
  co_return "";
}

}  // namespace

// All that can be known before anything is touched; a resumed run only makes sure of who is who.
Told preflight(Migration& m) {
  const bool first = m.source_facts.region.empty();
  auto ground = first ? co_await judge_all(m)
                      : co_await migration_ground(m.source, m.destination, m.context.runtime,
                                                  m.context.governor);
  if (!ground) co_return forward(ground);
  for (const auto& text : ground->notes)
    m.note(NoteLevel::warning, text);
  m.source_principal = ground->source_principal;
  m.destination_principal = ground->destination_principal;
  m.source_facts = ground->source;
  m.region = ground->destination_region;
  if (first) {
    auto remembered = co_await remember_ground(m);
    if (!remembered) co_return forward(remembered);
  }
  auto configured = co_await keep_configuration(m);
  if (!configured) co_return forward(configured);
  co_return fmt::format("s3://{} in {}, account {} -> {}, account {}", bucket_of(m),
                        printable(m.source_facts.region), m.source_facts.expected_owner,
                        printable(m.region), m.destination_principal.account);
}

Told temporary_bucket(Migration& m) {
  const bool aws = is_aws(m.destination.endpoint);
  const auto& account = m.destination_principal.account;
  const auto space = temporary_namespace(aws, account, m.region);
  if (m.temporary_name.empty()) {
    m.temporary_name = new_temporary_name(space, account, m.region);
    auto kept = co_await m.stored.keep(fact::temporary, m.temporary_name);
    if (!kept) co_return forward(kept);
  }
  auto owner = m.destination_owner();
  const bool locks = m.configuration.find("object-lock") != nullptr;
  auto made = co_await make_temporary(
      owner, {.bucket = m.temporary_bucket(), .space = space, .object_lock = locks}, m.pause());
  if (!made) co_return forward(made);
  if (made->tags_at_create) {
    auto kept =
        co_await m.stored.keep(fact::tags_at_create, *made->tags_at_create ? "true" : "false");
    if (!kept) co_return forward(kept);
  }
  if (m.all_versions) {
    auto versioned = co_await enable_versioning(
        owner,
        {.bucket = m.temporary_name,
         .expected_owner = account,
         .settle = m.spec.copy.versioning_settle.value_or(
             aws ? std::chrono::milliseconds(settling_on_aws) : std::chrono::milliseconds(0))},
        m.pause());
    if (!versioned) co_return forward(versioned);
  }
  auto recorded = co_await keep_record(m, "copying");
  if (!recorded) co_return forward(recorded);
  auto closed = co_await protect(m);
  if (!closed) co_return forward(closed);
  co_return fmt::format("s3://{} in {}, account {}{}{}", printable(m.temporary_name),
                        printable(m.region), account, made->made_now ? ", made" : "", *closed);
}

Told grant(Migration& m) {
  auto& hop = m.outward();
  const auto mode = m.spec.copy.grant.value_or(GrantMode::destination_policy);
  auto source = m.source_owner();
  auto destination = m.destination_owner();
  auto carrying = co_await look_at_configuration(source, destination, hop.from, hop.to, hop.ground,
                                                 m.spec.copy);
  if (!carrying) co_return forward(carrying);
  hop.options.attributes = carrying->rules;
  if (mode == GrantMode::none) co_return "not needed, as --grant none says";
  m.grant = std::make_unique<TemporaryGrant>(m.context, hop.from, hop.to, hop.ground, mode);
  const auto& rules = hop.options.attributes;
  auto placed = co_await m.grant->place({.acl = {},
                                         .grants = rules.read_acl && rules.no_acl.empty(),
                                         .locks = rules.locked && rules.lock_fits},
                                        m.spec.copy.grant_timeout, m.warn());
  if (!placed) co_return forward(placed);
  co_return fmt::format("{} (proven after {:.1f} s, by {})",
                        mode == GrantMode::source_policy
                            ? "the destination role may read the source"
                            : "the source role may write objects into the temporary bucket",
                        std::chrono::duration<double>(placed->effective_after).count(),
                        name(placed->dialect));
}

Told copy(Migration& m) {
  auto& hop = m.outward();
  auto copied = co_await copy_over(m, hop, percent_of(MigrationStep::copy));
  if (!copied) co_return forward(copied);
  co_return copied_text(hop.counters);
}

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
  auto& hop = m.outward();
  std::uint64_t copied = 0, deleted = 0;
  for (int pass = 1; pass <= most_delta_passes; ++pass) {
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
  auto recorded = co_await keep_record(m, "proven");
  if (!recorded) co_return forward(recorded);
  co_return fmt::format("{} objects ({}), {} by weak proof; digest {}",
                        human_count(m.proven.objects), human_bytes(m.proven.bytes),
                        human_count(m.proven.same_weak), m.digest.substr(0, 16));
}

}  // namespace s3m::workflow::acts
