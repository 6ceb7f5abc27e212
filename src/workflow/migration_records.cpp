#include "workflow/migration_records.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {

namespace {

constexpr std::string_view begun_word = "begun";

const std::vector<std::string>& facts_of_the_record() {
  static const std::vector<std::string> names{fact::source_region,
                                              fact::source_owner,
                                              fact::source_canonical_id,
                                              fact::temporary,
                                              fact::tags_at_create,
                                              fact::region,
                                              fact::all_versions,
                                              fact::acl,
                                              fact::digest,
                                              fact::objects,
                                              fact::bytes,
                                              fact::weak,
                                              fact::confirmed,
                                              fact::confirmed_at,
                                              fact::confirmed_how,
                                              fact::confirmed_by,
                                              fact::frozen_at,
                                              fact::frozen_by,
                                              fact::settled_for,
                                              fact::source_is_quiet,
                                              fact::losses,
                                              fact::rewritten,
                                              fact::destination_owner,
                                              fact::final_bucket,
                                              fact::taken_at,
                                              fact::exposure_spans_runs,
                                              fact::uploads,
                                              fact::freeze_proven,
                                              fact::protection_proven,
                                              fact::closing_proven,
                                              fact::deleted_at,
                                              fact::opened,
                                              fact::made,
                                              fact::giving,
                                              fact::given_objects,
                                              fact::given_bytes,
                                              fact::given_markers,
                                              fact::unsupported_there,
                                              fact::held,
                                              fact::proven_before,
                                              fact::proven_weakly,
                                              fact::renamed};
  return names;
}

Result<MigrationMemory> memory_in(store::Store& store, const std::string& job) {
  MigrationMemory memory;
  for (const auto step : migration_order(FreezeTime::late)) {
    auto kept = store.fact(job, step_fact(step));
    if (!kept) return forward(kept);
    if (*kept && **kept == step_is_done) memory.steps.emplace_back(name(step));
  }
  for (const auto& name : facts_of_the_record()) {
    auto kept = store.fact(job, name);
    if (!kept) return forward(kept);
    if (*kept) memory.facts[name] = **std::move(kept);
  }
  auto intents = store.intents_of(job);
  if (!intents) return forward(intents);
  for (auto& intent : *intents)
    memory.intents[intent.name] = std::move(intent.detail);
  return memory;
}

}  // namespace

std::string step_fact(MigrationStep step) {
  return fmt::format("step/{}", name(step));
}

std::string in_lines(const std::vector<std::string>& texts) {
  std::string value;
  for (const auto& text : texts)
    value += text + "\n";
  return value;
}

std::vector<std::string> lines_of(std::string_view value) {
  std::vector<std::string> texts;
  while (!value.empty()) {
    const auto end = std::min(value.find('\n'), value.size());
    texts.emplace_back(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return texts;
}

std::string record_state(const MigrationMemory& memory) {
  const auto fact = [&](const std::string& name) {
    const auto found = memory.facts.find(name);
    return found == memory.facts.end() ? std::string() : found->second;
  };
  const auto digest = fact(fact::digest);
  if (!fact(fact::giving).empty()) return "undoing";
  if (!fact(fact::opened).empty()) return "opened";
  if (!fact(fact::made).empty()) return "made";
  if (memory.intents.contains(std::string(intent_delete_source))) return "handed-over";
  if (memory.intents.contains(std::string(intent_first_delete))) return "emptying";
  if (digest.empty()) return "copying";
  return fact(fact::confirmed) == digest ? "confirmed" : "proven";
}

Result<bool> deletes_as_told_elsewhere(store::Store& store, const std::string& job_id) {
  auto intents = store.intents_of(job_id);
  if (!intents) return forward(intents);
  const auto intended = [&](std::string_view name) {
    return std::ranges::find(*intents, name, &store::Intent::name) != intents->end();
  };
  if (!intended(intent_first_delete) || intended(intent_delete_source)) return false;
  auto how = store.fact(job_id, fact::confirmed_how);
  if (!how) return forward(how);
  return *how != how_in_console;
}

Result<void> remember(store::Store& store, const std::string& job_id,
                      const MigrationMemory& memory) {
  for (const auto& [name, detail] : memory.intents) {
    if (auto kept = store.record_intent(job_id, name, detail); !kept) return kept;
  }
  store::Facts facts(memory.facts.begin(), memory.facts.end());
  for (const auto step : migration_order(FreezeTime::late)) {
    const bool done = std::ranges::find(memory.steps, name(step)) != memory.steps.end();
    facts.emplace_back(step_fact(step), done ? step_is_done : std::string(begun_word));
  }
  return store.set_facts(job_id, facts);
}

net::Task<Result<MigrationRecords>> StoredMigration::load() {
  co_return co_await context_.store.run(
      context_.loop, [this](store::Store& store) -> Result<MigrationRecords> {
        MigrationRecords records;
        for (const auto step : migration_order(FreezeTime::late)) {
          auto kept = store.fact(context_.job_id, step_fact(step));
          if (!kept) return forward(kept);
          if (*kept) records.done[step] = **kept == step_is_done;
        }
        auto intents = store.intents_of(context_.job_id);
        if (!intents) return forward(intents);
        for (const auto& intent : *intents) {
          records.first_delete |= intent.name == intent_first_delete;
          records.source_delete |= intent.name == intent_delete_source;
        }
        auto undo = store.fact(context_.job_id, fact::giving);
        if (!undo) return forward(undo);
        const auto known = giving(undo->value_or(""));
        if (!known) {
          return fail(Errc::protocol,
                      fmt::format("the undo of job {} is in a state that this version does not "
                                  "know ({}); go on with the version that began it",
                                  printable(context_.job_id), printable(**undo)));
        }
        records.giving = *known;
        return records;
      });
}

net::Task<Result<MigrationMemory>> StoredMigration::memory() {
  co_return co_await context_.store.run(
      context_.loop, [this](store::Store& store) { return memory_in(store, context_.job_id); });
}

net::Task<Result<void>> StoredMigration::begun(MigrationStep step) {
  co_return co_await keep(step_fact(step), std::string(begun_word));
}

net::Task<Result<void>> StoredMigration::done(MigrationStep step) {
  co_return co_await keep(step_fact(step), step_is_done);
}

net::Task<Result<void>> StoredMigration::intend(std::string intent, std::string detail) {
  if (!context_.intend) {
    co_return fail(Errc::invalid_argument, "an intent is recorded by a running job alone");
  }
  co_return co_await context_.intend(std::move(intent), std::move(detail));
}

net::Task<Result<void>> StoredMigration::keep(std::string fact, std::string value) {
  co_return co_await context_.store.run(context_.loop, [this, fact, value](store::Store& store) {
    return store.set_fact(context_.job_id, fact, value);
  });
}

net::Task<Result<void>> StoredMigration::keep(store::Facts facts) {
  co_return co_await context_.store.run(context_.loop, [this, facts](store::Store& store) {
    return store.set_facts(context_.job_id, facts);
  });
}

net::Task<Result<std::optional<std::string>>> StoredMigration::kept(std::string fact) {
  co_return co_await context_.store.run(context_.loop, [this, fact](store::Store& store) {
    return store.fact(context_.job_id, fact);
  });
}

}  // namespace s3m::workflow
