#include "workflow/migration_proof.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "workflow/bucket_record.hpp"
#include "workflow/carrying.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow::acts {
namespace {

constexpr std::size_t holder_bytes = 8;

store::RangeRecord record_of(const Migration& m, const transfer::RangeProof& proof) {
  return {.job_id = m.context.job_id,
          .walk = walk_of_proof,
          .range = proof.range,
          .state = store::RangeState::done,
          .digest = proof.digest,
          .count = proof.count,
          .bytes = proof.bytes};
}

net::Task<Result<void>> keep_figures(Migration& m) {
  store::Facts facts{{fact::objects, std::to_string(m.proven.objects)},
                     {fact::bytes, std::to_string(m.proven.bytes)},
                     {fact::weak, std::to_string(m.proven.same_weak)},
                     {fact::digest, m.proven.digest}};
  auto kept = co_await m.stored.keep(std::move(facts));
  if (!kept) co_return kept;
  m.digest = m.proven.digest;
  co_return ok;
}

const std::string& proven_fact(DenyKind kind) {
  switch (kind) {
    case DenyKind::freeze:
      return fact::freeze_proven;
    case DenyKind::closed:
      return fact::closing_proven;
    case DenyKind::protect:
      break;
  }
  return fact::protection_proven;
}

std::string proven_text(DenyDialect dialect, const std::string& bucket) {
  return fmt::format("{} {}", name(dialect), bucket);
}

struct Holder {
  std::string ours, before;
};

net::Task<Result<Holder>> holder_of(Migration& m) {
  auto ours = co_await m.stored.kept(fact::holder);
  if (!ours) co_return forward(ours);
  if (!*ours) {
    *ours = random_hex(holder_bytes);
    auto kept = co_await m.stored.keep(fact::holder, **ours);
    if (!kept) co_return forward(kept);
  }
  auto before = co_await m.stored.kept(fact::predecessor);
  if (!before) co_return forward(before);
  co_return Holder{.ours = **std::move(ours), .before = before->value_or("")};
}

// What copies lack, by kind, each with an example.
void tell_losses(Migration& m) {
  for (const auto& group : m.losses.groups()) {
    m.note(NoteLevel::warning,
           fmt::format("not carried: {} of {}, as of {}: {}", group.attribute,
                       counted_objects(group.count, m.all_versions),
                       printable(group.first.empty() ? "" : group.first.front().key), group.why));
  }
}

}  // namespace

StepFigures figures_of(const transfer::Proven& proven, std::uint64_t total) {
  return {.objects = proven.settled(),
          .total_objects = std::max(total, proven.objects),
          .final = total > 0,
          .failed = proven.mismatched + proven.missing + proven.extra + proven.other_attributes +
                    proven.unread.count};
}

net::Task<Result<void>> keep_configuration_story(Migration& m) {
  auto rewritten = co_await rewritten_configuration(m);
  if (!rewritten) co_return forward(rewritten);
  auto wanted = to_json(rewritten->configuration);
  auto known = co_await m.stored.kept(fact::wanted);
  if (!known) co_return forward(known);
  if (*known != wanted) {
    auto kept = co_await m.stored.keep(fact::wanted, std::move(wanted));
    if (!kept) co_return kept;
  }
  auto story = story_of(*rewritten);
  if (story == m.configured) co_return ok;
  for (const auto& sentence : story.not_carried)
    m.note(NoteLevel::warning, "configuration not carried: " + sentence);
  m.configured = std::move(story);
  co_return co_await m.stored.keep(fact::rewritten, to_json(m.configured));
}

net::Task<Result<void>> copy_over(Migration& m, Hop& hop, PercentSpan percent, std::string activity,
                                  KnownTotal known) {
  hop.counters = {};
  LossKeeper keeper(m.context, m.stored, m.losses);
  auto copied = co_await run_copy_pass(
      {.context = m.context,
       .steps = m.steps,
       .transfer = *hop.transfer,
       .options = hop.options,
       .job_start = m.began,
       .percent = percent,
       .activity = std::move(activity),
       .known = known,
       .count_first = m.spec.copy.count_first,
       .note = [&m](NoteLevel level, std::string text) { m.note(level, std::move(text)); }},
      hop.counters);
  auto kept = co_await keeper.stop();
  m.copied += hop.counters.copied;
  m.copied_bytes += hop.counters.copied_bytes;
  if (hop.counters.not_carried > 0) tell_losses(m);
  if (!copied) co_return copied;
  if (!kept) co_return kept;
  if (hop.counters.failed == 0) co_return ok;
  co_return fail(
      Errc::refused,
      fmt::format("{} objects of s3://{} could not be copied; each is named in the list of "
                  "failures. {}",
                  human_count(hop.counters.failed), printable(hop.from.location.bucket),
                  m.source_delete ? "It keeps all that it has until each of them is copied"
                                  : "Nothing more is deleted before all of them are copied"));
}

net::Task<Result<void>> set_attributes(Migration& m, Hop& hop, aws::S3& source,
                                       aws::S3& destination, const CopySpec& spec) {
  auto carrying =
      co_await look_at_configuration(source, destination, hop.from, hop.to, hop.ground, spec);
  if (!carrying) co_return forward(carrying);
  auto look = co_await m.stored.kept(fact::look);
  if (!look) co_return forward(look);
  hop.options.attributes = std::move(carrying->rules);
  if (*look) hop.options.attributes.look = true;
  for (auto& text : carrying->notes)
    m.note(NoteLevel::warning, std::move(text));
  co_return ok;
}

net::Task<Result<void>> keep_look(Migration& m) {
  if (m.proven.need_look == 0) co_return ok;
  m.outward().options.attributes.look = true;
  co_return co_await m.stored.keep(fact::look, "true");
}

net::Task<Result<void>> keep_count(Migration& m) {
  const auto& counters = m.outward().counters;
  m.counted = counters.source_objects;
  m.counted_bytes = counters.source_bytes;
  store::Facts facts{{fact::counted, std::to_string(m.counted)},
                     {fact::counted_bytes, std::to_string(m.counted_bytes)}};
  co_return co_await m.stored.keep(std::move(facts));
}

net::Task<Result<void>> keep_proof(Migration& m) {
  std::vector<store::RangeRecord> records;
  for (const auto& proof : m.proven.ranges)
    records.push_back(record_of(m, proof));
  auto kept = co_await m.context.store.run(m.context.loop, [&](store::Store& store) {
    return store.replace_ranges(m.context.job_id, walk_of_proof, records);
  });
  if (!kept) co_return kept;
  co_return co_await keep_figures(m);
}

net::Task<Result<std::vector<store::RangeRecord>>> proven_ranges(Migration& m) {
  co_return co_await m.context.store.run(m.context.loop, [&](store::Store& store) {
    return store.ranges_of(m.context.job_id, walk_of_proof);
  });
}

net::Task<Result<void>> update_range(Migration& m, store::RangeRecord range) {
  co_return co_await m.context.store.run(
      m.context.loop, [&](store::Store& store) { return store.update_range(range); });
}

net::Task<Result<DenyResult>> place_deny(Migration& m, TemporaryDeny& deny) {
  const auto& proven = proven_fact(deny.kind());
  auto kept = co_await m.stored.kept(proven);
  if (!kept) co_return forward(kept);
  std::optional<DenyDialect> before;
  for (const auto dialect : {DenyDialect::user_id, DenyDialect::not_principal})
    if (*kept == proven_text(dialect, deny.bucket())) before = dialect;
  auto placed = co_await deny.place(m.spec.copy.grant_timeout, m.warn(), before);
  if (!placed || before == placed->dialect) co_return placed;
  auto noted = co_await m.stored.keep(proven, proven_text(placed->dialect, deny.bucket()));
  if (!noted) co_return forward(noted);
  co_return placed;
}

net::Task<Result<void>> distrust_source(Migration& m) {
  co_return co_await m.stored.keep(fact::frozen_at, "");
}

net::Task<Result<void>> keep_record(Migration& m) {
  auto memory = co_await m.stored.memory();
  if (!memory) co_return forward(memory);
  auto holder = co_await holder_of(m);
  if (!holder) co_return forward(holder);
  BucketRecord record{
      .job_id = m.context.job_id,
      .program = m.context.program,
      .written_at = std::chrono::floor<std::chrono::milliseconds>(system_clock().now()),
      .state = record_state(*memory),
      .source = {m.source.location.bucket, m.source_facts.region, m.source_facts.expected_owner},
      .destination = {m.final_name(), m.region, m.destination_principal.account},
      .spec = to_json(m.spec.copy, m.source, m.destination),
      .configuration = to_json(m.configuration),
      .facts = std::move(memory->facts),
      .steps = std::move(memory->steps),
      .intents = std::move(memory->intents),
      .options = m.spec.options,
      .holder = std::move(holder->ours)};
  auto owner = m.destination_owner();
  co_return co_await write_record(owner, m.temporary_bucket(), std::move(record),
                                  std::move(holder->before));
}

net::Task<Result<void>> still_ours(Migration& m) {
  auto holder = co_await holder_of(m);
  if (!holder) co_return forward(holder);
  auto owner = m.destination_owner();
  co_return co_await check_holder(owner, m.temporary_bucket(), std::move(holder->ours),
                                  std::move(holder->before));
}

net::Task<Result<void>> forget_policy(Migration& m, std::string endpoint, std::string bucket) {
  const store::BucketRef gone{std::move(endpoint), std::move(bucket)};
  const auto& job = m.context.job_id;
  const auto sids = {grant_sid(job), deny_sid(DenyKind::freeze, job),
                     deny_sid(DenyKind::protect, job), own_sid(trial_sid_prefix, job)};
  co_return co_await m.context.store.run(m.context.loop, [&](store::Store& store) -> Result<void> {
    for (const auto& sid : sids) {
      if (auto forgotten = store.forget_grant(gone, sid); !forgotten) return forgotten;
    }
    return ok;
  });
}

net::Task<Result<Rewritten>> rewritten_configuration(Migration& m) {
  auto canonical = co_await m.stored.kept(fact::source_canonical_id);
  if (!canonical) co_return forward(canonical);
  auto unsupported = co_await unsupported_there(m);
  if (!unsupported) co_return forward(unsupported);
  auto owner = m.destination_owner();
  auto own = co_await owner.get_bucket_owner_id(m.temporary_name, m.destination_principal.account);
  RewriteMap map{.source = {.account = m.source_facts.expected_owner,
                            .region = m.source_facts.region,
                            .bucket = m.source.location.bucket,
                            .canonical_id = canonical->value_or("")},
                 .destination = {.account = m.destination_principal.account,
                                 .region = m.region,
                                 .bucket = m.final_name(),
                                 .canonical_id = own.value_or("")},
                 .pairs = m.spec.rewrites,
                 .kms_keys = m.spec.copy.kms_keys,
                 .unsupported_there = *std::move(unsupported)};
  co_return rewrite(m.configuration, map);
}

}  // namespace s3m::workflow::acts
