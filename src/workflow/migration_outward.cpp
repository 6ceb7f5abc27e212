// migration_outward.cpp: the steps of a migration from preflight to the first copy, with the source
// as it is.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/delete_pins.hpp"
#include "workflow/carrying.hpp"
#include "workflow/existing_access.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_plan.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/temporary_bucket.hpp"
#include "workflow/versioning.hpp"

namespace s3m::workflow::acts {
namespace {

constexpr int trial_candidates = 100;  // objects looked through for one of ordinary size

std::string bucket_of(const Migration& m) {
  return printable(m.source.location.bucket);
}

net::Task<Result<MigrationGround>> judge_all(Migration& m) {
  auto found = co_await migration_preflight(m.context, m.source, m.destination,
                                            {.copy = m.spec.copy,
                                             .prefix = m.source.location.prefix,
                                             .rewrites = m.spec.rewrites,
                                             .source_is_quiet = m.spec.source_is_quiet,
                                             .rename = m.spec.rename},
                                            m.spec.keep_temporary_days, PlanFigures::silent);
  if (!found) co_return forward(found);
  auto possible = check_refusals(m.source.location.bucket, found->refusals);
  if (!possible) co_return forward(possible);
  m.all_versions = found->facts.ever_versioned();
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
  auto canonical_id = co_await canonical_id_of_source(m);
  store::Facts facts{{fact::region, m.region},
                     {fact::source_region, m.source_facts.region},
                     {fact::source_owner, m.source_facts.expected_owner},
                     {fact::all_versions, m.all_versions ? "true" : "false"},
                     {fact::acl, m.acl ? "true" : "false"},
                     {fact::source_canonical_id, std::move(canonical_id)}};
  co_return co_await m.stored.keep(std::move(facts));
}

// One object, by the very request that all of them will be copied by (guard G27): what is wrong
// with it is better known before a hundred million of them.
net::Task<Result<std::string>> try_one(Migration& m, Hop& hop) {
  const auto& from = hop.transfer->source;
  auto page = co_await from.reader->list_objects({.bucket = from.location.bucket,
                                                  .max_keys = trial_candidates,
                                                  .expected_owner = from.expected_owner});
  if (!page) co_return forward(page);
  const auto fits = [&](const aws::ObjectEntry& object) {
    return object.size <= hop.options.multipart_threshold &&
           !object.key.starts_with(transfer::reserved_prefix);
  };
  const auto object = std::ranges::find_if(page->objects, fits);
  if (object == page->objects.end()) co_return "";
  const auto key = fmt::format("{}trial-{}", transfer::reserved_prefix, m.context.job_id);
  const auto& to = hop.transfer->destination;
  auto copied = co_await hop.transfer->writer->copy_object(
      {.source = {.bucket = from.location.bucket, .key = object->key},
       .source_etag = object->etag,
       .source_expected_owner = from.expected_owner,
       .bucket = to.location.bucket,
       .key = key,
       .write = {.acl = hop.options.acl, .expected_owner = to.expected_owner}});
  if (!copied) {
    copied.error().context(
        fmt::format("the trial copy of s3://{}/{} failed; nothing was changed at "
                    "the source",
                    printable(from.location.bucket), printable(object->key)));
    co_return forward(copied);
  }
  auto gone = co_await to.reader->delete_object(
      {.bucket = to.location.bucket, .key = key, .version = copied->version}, {},
      to.expected_owner);
  if (!gone) co_return forward(gone);
  co_return ", and a trial copy worked";
}

// Versioning that was never on before takes its time on AWS; how much, is shown.
net::Task<Result<std::string>> keep_versions(Migration& m) {
  Waiting waiting;
  StepTicker ticker(m.context, m.steps, m.began, [&waiting] {
    StepFigures figures{.activity = "until versioning is in effect"};
    waiting.show(figures);
    return figures;
  });
  auto owner = m.destination_owner();
  const auto needed = is_aws(m.destination.endpoint) ? std::chrono::milliseconds(settling_on_aws)
                                                     : std::chrono::milliseconds(0);
  VersioningRequest request{.bucket = m.temporary_name,
                            .expected_owner = m.destination_principal.account,
                            .settle = m.spec.copy.versioning_settle.value_or(needed)};
  auto versioned = co_await enable_versioning(owner, std::move(request), waiting.watch(m.pause()));
  co_await ticker.stop();
  co_return versioned;
}

// The service itself refused one of the requests by which the bucket is closed.
Error may_not_close(const Migration& m, Error refusal) {
  const auto& who = m.destination_principal;
  const bool of_policy = refusal.operation().ends_with("BucketPolicy");
  refusal.context(fmt::format(
      "s3://{}, the temporary bucket, is not closed to others, as {} may not do what that takes; "
      "s3://{} was not touched. Allow it {} on arn:{}:s3:::s3m-*{}, then go on with the job",
      printable(m.temporary_name), printable(who.arn.empty() ? who.account : who.arn), bucket_of(m),
      of_policy ? "s3:GetBucketPolicy, s3:PutBucketPolicy and s3:DeleteBucketPolicy"
                : "s3:PutObject",
      who.partition, of_policy ? "" : "/*"));
  return refusal;
}

// For a while it will be the only copy: nobody but this job writes or deletes there (guard G22).
net::Task<Result<std::string>> protect(Migration& m) {
  std::vector<Principal> spared{m.destination_principal};
  if (m.source_principal.known()) spared.push_back(m.source_principal);
  m.protection = std::make_unique<TemporaryDeny>(
      m.context, m.destination, Migration::facts_of(m.temporary_bucket()),
      DenyTerms{
          .kind = DenyKind::protect, .bucket = m.temporary_name, .spared = std::move(spared)});
  auto placed = co_await place_deny(m, *m.protection);
  if (placed)
    co_return placed->others_refused ? ", closed to all but this job"
                                     : ", closed to all but this identity";
  if (!m.protection->cannot_be_had(placed.error())) co_return forward(placed);
  if (!m.spec.source_is_quiet && !placed.error().service_code().empty()) {
    co_return fail(may_not_close(m, std::move(placed.error())));
  }
  // What was tried here is what the freeze would be, at a bucket that others use.
  const bool was_tried = placed.error().code() == Errc::access_denied;
  if (was_tried && !m.spec.source_is_quiet && !is_aws(m.source.endpoint)) {
    placed.error().context(
        fmt::format("s3://{} could not be frozen on this service, and nothing is deleted from a "
                    "bucket that is not frozen; if nobody writes to it, say so with "
                    "--source-is-quiet. It was not touched. What was tried at s3://{}",
                    bucket_of(m), printable(m.temporary_name)));
    co_return forward(placed);
  }
  m.note(NoteLevel::warning,
         fmt::format("s3://{} cannot be closed to others: {}. See to it that nobody else writes or "
                     "deletes there",
                     printable(m.temporary_name), placed.error().describe()));
  co_return ", not closed to others";
}

// What is emptied in the end must be emptied without losing what is written meanwhile (guard G5);
// that is shown where nothing is at stake yet.
net::Task<Result<void>> check_delete_pins(Migration& m) {
  if (m.all_versions || m.spec.accept_unpinned_delete || m.source_delete) co_return ok;
  auto pins = co_await transfer::probe_delete_pins(m.outward().transfer->destination);
  if (!pins) co_return forward(pins);
  if (pins->one) co_return ok;
  co_return fail(
      Errc::refused,
      fmt::format("this service deletes objects whatever ETag was named (If-Match is ignored), so "
                  "an object of s3://{} that is overwritten just before it is deleted would be "
                  "lost. Nothing was changed there. Switch versioning on, so that each version can "
                  "be named; or accept it with --accept-unpinned-delete",
                  bucket_of(m)));
}

// Who copies without a grant: whoever may.
net::Task<Result<void>> find_who_copies(Migration& m) {
  auto& hop = m.outward();
  auto writer = co_await find_writer(m.context, hop.from, hop.to, hop.ground);
  if (!writer) co_return forward(writer);
  co_return co_await m.set_writer(*writer);
}

net::Task<Result<void>> set_what_copies_carry(Migration& m, Hop& hop) {
  auto source = m.source_owner();
  auto destination = m.destination_owner();
  auto set = co_await set_attributes(m, hop, source, destination, m.spec.copy);
  if (!set) co_return set;
  auto acl = co_await needed_acl(m.context, hop.to, hop.ground, m.writer());
  if (!acl && acl.error().code() != Errc::access_denied) co_return forward(acl);
  // Without the right to look: the bucket was made so that all in it is its owner's.
  hop.options.acl = acl.value_or(std::string());
  if (!hop.options.acl.empty()) yield_to_canned_acl(hop.options.attributes);
  co_return ok;
}

// A name that a later run was given.
net::Task<Result<void>> check_new_name(Migration& m) {
  if (m.spec.rename.empty() || m.spec.rename == m.source.location.bucket) co_return ok;
  auto owner = m.destination_owner();
  auto use = co_await use_of_name(owner, m.spec.rename, m.destination_principal.account);
  if (!use) co_return forward(use);
  MigrationFacts facts;
  facts.destination_principal = m.destination_principal;
  facts.new_name = m.spec.rename;
  facts.new_name_use = *use;
  std::vector<Refusal> found;
  refusals::of_new_name(facts, found);
  if (found.empty()) co_return ok;
  const auto& [code, reason, way_out] = found.front();
  co_return fail(Errc::refused, fmt::format("{}: {}. Nothing more was changed. Way out: {}", code,
                                            reason, way_out));
}

}  // namespace

// All that can be known before anything is touched; a resumed run only makes sure of who is who.
Told preflight(Migration& m) {
  const bool first = !m.ground_known;
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
  } else {
    auto free = co_await check_new_name(m);
    if (!free) co_return forward(free);
  }
  auto configured = co_await keep_configuration(m);
  if (!configured) co_return forward(configured);
  co_return fmt::format("s3://{} in {}, account {} -> {}, account {}", bucket_of(m),
                        printable(m.source_facts.region), m.source_facts.expected_owner,
                        printable(m.region), m.destination_principal.account);
}

namespace {

// From the first delete on it has what the source has no more: it is never made anew, empty.
// Gives whether it is there.
net::Task<Result<bool>> still_there(Migration& m) {
  auto owner = m.destination_owner();
  auto seen = co_await look_at(owner, m.temporary_bucket());
  if (!seen) co_return forward(seen);
  if (seen->standing != Standing::absent) co_return true;
  if (m.opened) co_return false;
  co_return fail(
      Errc::no_such_bucket,
      fmt::format(
          "s3://{}, which has what was deleted from s3://{}, is not there any more: somebody "
          "has deleted it. Nothing is made in its place. What is left stands in the manifest "
          "and in the new bucket, if it was begun",
          printable(m.temporary_name), bucket_of(m)));
}

// Where making it was refused nothing stands, and there is nothing to go on with or to take back.
net::Task<Result<void>> forget_unmade(Migration& m, Errc why) {
  if (why != Errc::access_denied) co_return ok;
  auto owner = m.destination_owner();
  auto seen = co_await look_at(owner, m.temporary_bucket());
  if (!seen || seen->standing != Standing::absent) co_return ok;
  m.temporary_name.clear();
  co_return co_await m.stored.keep(fact::temporary, "");
}

}  // namespace

Told temporary_bucket(Migration& m) {
  if (m.first_delete || m.source_delete) {
    auto there = co_await still_there(m);
    if (!there) co_return forward(there);
    if (!*there) co_return fmt::format("s3://{} is gone already", printable(m.temporary_name));
  }
  const bool aws = is_aws(m.destination.endpoint);
  const auto& account = m.destination_principal.account;
  const auto space = temporary_namespace(aws, account, m.region);
  const bool drawn = m.temporary_name.empty();
  if (drawn) {
    m.temporary_name = new_temporary_name(space, account, m.region);
    store::Facts facts{{fact::temporary, m.temporary_name}, {fact::destination_owner, account}};
    auto kept = co_await m.stored.keep(std::move(facts));
    if (!kept) co_return forward(kept);
  }
  auto owner = m.destination_owner();
  const bool locks = m.configuration.find("object-lock") != nullptr;
  auto made = co_await make_temporary(
      owner, {.bucket = m.temporary_bucket(), .space = space, .object_lock = locks}, m.pause());
  if (!made && drawn) {
    auto settled = co_await forget_unmade(m, made.error().code());
    if (!settled) co_return forward(settled);
  }
  if (!made) co_return forward(made);
  if (made->tags_at_create) {
    auto kept =
        co_await m.stored.keep(fact::tags_at_create, *made->tags_at_create ? "true" : "false");
    if (!kept) co_return forward(kept);
  }
  if (m.all_versions) {
    auto versioned = co_await keep_versions(m);
    if (!versioned) co_return forward(versioned);
  }
  // Before anything is written: an earlier run may have been killed under a Deny that spares
  // nobody.
  auto closed = co_await protect(m);
  if (!closed) co_return forward(closed);
  auto pinned = co_await check_delete_pins(m);
  if (!pinned) co_return forward(pinned);
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  co_return fmt::format("s3://{} in {}, account {}{}{}", printable(m.temporary_name),
                        printable(m.region), account, made->made_now ? ", made" : "", *closed);
}

Told grant(Migration& m) {
  const auto mode = m.spec.copy.grant.value_or(GrantMode::destination_policy);
  if (mode == GrantMode::none) {
    auto found = co_await find_who_copies(m);
    if (!found) co_return forward(found);
  }
  auto& hop = m.outward();
  auto carried = co_await set_what_copies_carry(m, hop);
  if (!carried) co_return forward(carried);
  if (mode == GrantMode::none) {
    auto tried = co_await try_one(m, hop);
    if (!tried) co_return forward(tried);
    co_return fmt::format("not needed: {}{}",
                          m.writer() == Writer::source
                              ? "the source identity may write into the temporary bucket"
                              : "the destination identity may read the source",
                          *tried);
  }
  m.grant = std::make_unique<TemporaryGrant>(m.context, hop.from, hop.to, hop.ground, mode);
  const auto& rules = hop.options.attributes;
  auto placed = co_await m.grant->place({.acl = hop.options.acl,
                                         .grants = rules.read_acl && rules.no_acl.empty(),
                                         .locks = rules.locked && rules.lock_fits},
                                        m.spec.copy.grant_timeout, m.warn());
  if (!placed) co_return forward(placed);
  auto tried = co_await try_one(m, hop);
  if (!tried) co_return forward(tried);
  co_return fmt::format("{} (proven after {:.1f} s, by {}){}",
                        mode == GrantMode::source_policy
                            ? "the destination role may read the source"
                            : "the source role may write objects into the temporary bucket",
                        std::chrono::duration<double>(placed->effective_after).count(),
                        name(placed->dialect), *tried);
}

Told copy(Migration& m) {
  auto& hop = m.outward();
  auto copied = co_await copy_over(m, hop, percent_of(MigrationStep::copy));
  if (!copied) co_return forward(copied);
  auto counted = co_await keep_count(m);
  if (!counted) co_return forward(counted);
  co_return copied_text(hop.counters);
}

}  // namespace s3m::workflow::acts
