#include "workflow/migration_records.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {

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

net::Task<Result<void>> StoredMigration::begun(MigrationStep step) {
  co_return co_await keep(step_fact(step), "begun");
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

net::Task<Result<std::optional<std::string>>> StoredMigration::kept(std::string fact) {
  co_return co_await context_.store.run(context_.loop, [this, fact](store::Store& store) {
    return store.fact(context_.job_id, fact);
  });
}

}  // namespace s3m::workflow
