// migration_homeward.cpp: the steps of a migration under the new roof: from the name to the report.
// The source is no more; none of these looks at it.
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "transfer/manifest_writer.hpp"
#include "workflow/configuration/apply.hpp"
#include "workflow/discard_temporary.hpp"
#include "workflow/handover.hpp"
#include "workflow/lost_mark.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_uploads.hpp"

namespace s3m::workflow::acts {
namespace {

const std::string no_configuration_left = "nothing to set";

std::string final_of(const Migration& m) {
  return printable(m.final_name());
}

net::Task<Result<NameTerms>> name_terms(Migration& m) {
  NameTerms terms{.bucket = m.final_bucket(),
                  .temporary_bucket = m.temporary_name,
                  .object_lock = m.configuration.find("object-lock") != nullptr,
                  .patience = m.spec.name_wait};
  if (is_aws(m.destination.endpoint)) terms.taken_grace = taken_grace_on_aws;
  auto tags = co_await m.stored.kept(fact::tags_at_create);
  if (!tags) co_return forward(tags);
  // Not known where the run that made the temporary bucket was killed before it could tell.
  terms.tags_at_create = *tags ? **tags == "true" : is_aws(m.destination.endpoint);
  auto since = co_await m.stored.kept(fact::deleted_at);
  if (!since) co_return forward(since);
  if (*since) terms.source_gone_since = parse_iso8601(**since);
  co_return terms;
}

// Shut until it is complete: what others read or wrote meanwhile would be half of the truth.
net::Task<Result<std::string>> close(Migration& m) {
  if (m.opened) co_return "";
  m.closed = std::make_unique<TemporaryDeny>(m.context, m.destination,
                                             Migration::facts_of(m.final_bucket()),
                                             DenyTerms{.kind = DenyKind::closed,
                                                       .bucket = m.final_name(),
                                                       .spared = {m.destination_principal},
                                                       .reads = !m.spec.readable_meanwhile});
  auto placed = co_await place_deny(m, *m.closed);
  if (placed) co_return ", closed to all but this job until it is complete";
  if (!m.closed->cannot_be_had(placed.error())) co_return forward(placed);
  m.note(
      NoteLevel::warning,
      fmt::format("s3://{} cannot be closed while it is filled: {}. Only conditional writes keep "
                  "it from being overwritten",
                  final_of(m), placed.error().describe()));
  co_return ", not closed to others: only conditional writes keep what they write there";
}

net::Task<Result<void>> settle_configuration(Migration& m, Phase phase) {
  auto owner = m.destination_owner();
  auto rewritten = co_await rewritten_configuration(m);
  if (!rewritten) co_return forward(rewritten);
  const auto policy = s3_policy(owner, m.final_name(), m.destination_principal.account);
  PolicyEditor editor(m.context.loop, m.context.store, *policy,
                      {service_name(m.destination.endpoint), m.final_name()}, m.context.job_id,
                      m.pause());
  co_return co_await apply(
      owner, m.final_name(), m.destination_principal.account, std::move(rewritten->configuration),
      phase, editor, [&m] { return still_ours(m); }, m.pause());
}

// CreateBucket again and again, and on the screen how long it has been and when it is asked next.
net::Task<Result<NameTaken>> wait_for_name(Migration& m, aws::S3& owner, NameTerms terms) {
  Waiting waiting;
  std::uint32_t attempts = 0;
  std::optional<Errc> told;
  StepTicker ticker(m.context, m.steps, m.began, [&waiting, &attempts] {
    StepFigures figures{.activity = "until the name is free", .attempts = attempts};
    waiting.show(figures);
    return figures;
  });
  auto taken = co_await workflow::take_name(
      owner, std::move(terms), waiting.watch(m.pause()), [&](const NameWait& wait) {
        attempts = static_cast<std::uint32_t>(wait.attempts);
        if (std::exchange(told, wait.reason) == wait.reason) return;
        m.note(NoteLevel::info,
               fmt::format("the name {} is not free yet ({}); it is asked for again until it is",
                           final_of(m), name(wait.reason)));
      });
  co_await ticker.stop();
  co_return taken;
}

// Once: a run that finds the name taken by an earlier one has nothing to measure. Gives what to say
// of it.
net::Task<Result<std::string>> keep_exposure(Migration& m) {
  if (!m.exposure || m.exposure->until) co_return "";
  m.exposure->until = system_clock().now();
  m.exposure->spans_runs = !m.deleted_by_this_run;
  store::Facts facts{{fact::final_bucket, m.final_name()},
                     {fact::exposure_spans_runs, m.exposure->spans_runs ? "true" : "false"},
                     {fact::taken_at, iso8601(*m.exposure->until)}};
  auto kept = co_await m.stored.keep(std::move(facts));
  if (!kept) co_return forward(kept);
  co_return "; the name was nobody's for " +
      exposure_text(*m.exposure->seconds(), m.exposure->spans_runs);
}

// Its users may have set other tags by now, and with them taken the mark away.
Told still_living(Migration& m) {
  auto owner = m.destination_owner();
  const auto bucket = m.final_bucket();
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (is_living(*seen)) co_return fmt::format("s3://{} is there, and open", final_of(m));
  co_return fail(
      Errc::refused,
      fmt::format("s3://{0} was complete and opened to its users, and is not there any more: {1}. "
                  "It is not made anew. s3://{2} stays, as it may hold the only copy; s3migrator "
                  "cleanup s3://{2} opens it to its owner",
                  final_of(m),
                  seen->standing == Standing::absent ? "there is no bucket of that name"
                                                     : not_ours(bucket, *seen),
                  printable(m.temporary_name)));
}

// The list of what was proven before the confirmation is younger than all that was copied into the
// temporary bucket, and older than this proof of the same. It is the service's own time.
net::Task<Result<std::optional<WallTime>>> end_of_first_proof(Migration& m) {
  auto owner = m.destination_owner();
  auto list =
      co_await owner.head_object({.object = {.bucket = m.temporary_name,
                                             .key = transfer::manifest_summary(m.context.job_id),
                                             .version = {}},
                                  .expected_owner = m.destination_principal.account});
  if (list) co_return list->last_modified;
  if (list.error().code() == Errc::no_such_key) co_return std::nullopt;
  co_return forward(list);
}

// So that the temporary bucket can go although users have changed the new one since.
net::Task<Result<void>> keep_verified(Migration& m, std::optional<WallTime> before) {
  store::Facts facts{{fact::proven_before, before ? iso8601(*before) : ""},
                     {fact::proven_weakly, std::to_string(m.proven.same_weak)}};
  co_return co_await m.stored.keep(std::move(facts));
}

// An earlier run has made the new bucket, and somebody has replaced its tags since.
net::Task<Result<bool>> is_made_and_unmarked(Migration& m) {
  auto made = co_await m.stored.kept(fact::made);
  if (!made) co_return forward(made);
  if (!*made || **made != m.final_name()) co_return false;
  auto owner = m.destination_owner();
  auto seen = co_await look_at(owner, m.final_bucket());
  co_return seen && seen->standing == Standing::unmarked && seen->job_id.empty();
}

// Of a job that an earlier version has verified it is not known.
net::Task<Result<std::optional<WallTime>>> verified_before(Migration& m) {
  auto before = co_await m.stored.kept(fact::proven_before);
  if (!before) co_return forward(before);
  auto weakly = co_await m.stored.kept(fact::proven_weakly);
  if (!weakly) co_return forward(weakly);
  if (*weakly != "0" && !m.spec.accept_weak_proof) co_return std::nullopt;
  co_return parse_iso8601(before->value_or(""));
}

// The copies that come home are under the new keys already.
CopySpec spec_of_homeward(const Migration& m) {
  auto spec = m.spec.copy;
  spec.kms_keys = {};
  for (const auto& [from, to] : m.spec.copy.kms_keys.keys())
    static_cast<void>(spec.kms_keys.add(to + "=" + to));
  return spec;
}

}  // namespace

Told take_name(Migration& m) {
  if (m.opened) co_return co_await still_living(m);
  auto terms = co_await name_terms(m);
  if (!terms) co_return forward(terms);
  auto owner = m.destination_owner();
  auto taken = co_await wait_for_name(m, owner, *std::move(terms));
  if (!taken) {
    auto lost = co_await is_made_and_unmarked(m);
    if (!lost) co_return forward(lost);
    if (*lost) co_return fail(Errc::refused, lost_mark(m.final_bucket()));
    co_return forward(taken);
  }
  if (!m.spec.rename.empty()) {
    auto kept = co_await m.stored.keep(fact::renamed, m.spec.rename);
    if (!kept) co_return forward(kept);
  }
  auto exposed = co_await keep_exposure(m);
  if (!exposed) co_return forward(exposed);
  auto known = co_await m.stored.keep(fact::made, m.final_name());
  if (!known) co_return forward(known);
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  auto closed = co_await close(m);
  if (!closed) co_return forward(closed);
  co_return fmt::format("s3://{} in {}, account {}{}{}{}", final_of(m), printable(m.region),
                        m.destination_principal.account, taken->made_now ? ", made" : "", *exposed,
                        *closed);
}

Told configuration(Migration& m) {
  auto told = co_await keep_configuration_story(m);
  if (!told) co_return forward(told);
  auto applied = co_await settle_configuration(m, Phase::before_data);
  if (!applied) co_return forward(applied);
  co_return "what must stand before the objects come is in place";
}

Told copy_back(Migration& m) {
  auto& hop = m.homeward();
  auto owner = m.destination_owner();
  auto set = co_await set_attributes(m, hop, owner, owner, spec_of_homeward(m));
  if (!set) co_return forward(set);
  auto copied =
      co_await copy_over(m, hop, percent_of(MigrationStep::copy_back), {},
                         {.objects = m.proven.objects, .bytes = m.proven.bytes, .exact = true});
  if (!copied) co_return forward(copied);
  co_return copied_text(hop.counters);
}

Told verify(Migration& m) {
  auto aborted = co_await abort_temporary_uploads(m);
  if (!aborted) co_return forward(aborted);
  auto before = co_await end_of_first_proof(m);
  if (!before) co_return forward(before);
  auto& hop = m.homeward();
  const auto total = std::exchange(m.proven, {}).objects;
  StepTicker ticker(m.context, m.steps, m.began,
                    [&m, total] { return figures_of(m.proven, total); });
  auto proven =
      co_await transfer::prove(*hop.transfer, m.proof_options(transfer::Anchor::source), m.proven);
  co_await ticker.stop();
  if (!proven) co_return forward(proven);
  if (m.proven.only_unread()) co_return fail(transfer::unread_error(m.proven.unread));
  if (!m.proven.complete() || m.proven.digest != m.digest) {
    co_return fail(
        Errc::mismatch,
        fmt::format(
            "s3://{} is not what was confirmed: {} differ, {} are missing, {} are extra, {} "
            "have other attributes; digest {} instead of {}",
            final_of(m), m.proven.mismatched, m.proven.missing, m.proven.extra,
            m.proven.other_attributes, m.proven.digest, m.digest));
  }
  auto kept = co_await keep_verified(m, *before);
  if (!kept) co_return forward(kept);
  co_return fmt::format("{} objects ({}) are the same as those confirmed; digest {}",
                        human_count(m.proven.objects), human_bytes(m.proven.bytes),
                        m.digest.substr(0, 16));
}

Told last_configuration(Migration& m) {
  for (const auto phase : {Phase::after_data, Phase::last}) {
    auto applied = co_await settle_configuration(m, phase);
    if (!applied) co_return forward(applied);
  }
  auto owner = m.destination_owner();
  auto rewritten = co_await rewritten_configuration(m);
  if (!rewritten) co_return forward(rewritten);
  auto left = co_await differences(owner, m.final_name(), m.destination_principal.account,
                                   rewritten->configuration, Phase::last, m.pause());
  if (!left) co_return forward(left);
  if (!left->empty()) {
    co_return fail(Errc::refused,
                   fmt::format("the configuration of s3://{} is not what was set: {}", final_of(m),
                               fmt::join(*left, "; ")));
  }
  const auto count = rewritten->configuration.items.size();
  co_return count == 0 ? no_configuration_left
                       : fmt::format("{} settings in place and read back", count);
}

Told open(Migration& m) {
  auto aborted = co_await abort_lost_uploads(m);
  if (!aborted) co_return forward(aborted);
  // First, so that no later run closes it again.
  auto kept = co_await m.stored.keep(fact::opened, "true");
  if (!kept) co_return forward(kept);
  m.opened = true;
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return forward(recorded);
  TemporaryDeny closed(
      m.context, m.destination, Migration::facts_of(m.final_bucket()),
      DenyTerms{
          .kind = DenyKind::closed, .bucket = m.final_name(), .spared = {m.destination_principal}});
  auto removed = co_await closed.remove();
  if (!removed) co_return forward(removed);
  co_return fmt::format("s3://{} is open to those its policy lets in", final_of(m));
}

Told discard(Migration& m) {
  if (m.spec.keep_temporary_days > 0) {
    co_return fmt::format(
        "s3://{} stays, as --keep-temp says, closed to all but this job. When it is no longer "
        "needed, s3migrator cleanup {} deletes it, each object of it first seen in s3://{}",
        printable(m.temporary_name), printable(m.context.job_id), final_of(m));
  }
  auto before = co_await verified_before(m);
  if (!before) co_return forward(before);
  auto& hop = m.homeward();
  auto discarded = co_await discard_temporary(m, hop, Doubt::as_asked, *before);
  if (!discarded) co_return forward(discarded);
  co_return discarded_text(m, hop, *discarded);
}

Told report(Migration& m) {
  auto owner = m.destination_owner();
  auto rewritten = co_await rewritten_configuration(m);
  if (!rewritten) co_return forward(rewritten);
  auto finished = co_await finish(owner, m.final_name(), m.destination_principal.account,
                                  std::move(rewritten->configuration), m.pause());
  if (!finished) co_return forward(finished);
  co_return fmt::format("s3://{} has moved", final_of(m));
}

}  // namespace s3m::workflow::acts
