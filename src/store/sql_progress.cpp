// sql_progress.cpp: how far a job is: steps, intents, facts and ranges.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/sql_store.hpp"

namespace s3m::store {
namespace {

constexpr std::array step_names =
    std::to_array<std::string_view>({"started", "done", "skipped", "failed"});
static_assert(step_names.size() == static_cast<std::size_t>(StepState::failed) + 1);
constexpr std::array range_names =
    std::to_array<std::string_view>({"open", "done", "deleting", "deleted"});
static_assert(range_names.size() == static_cast<std::size_t>(RangeState::deleted) + 1);

constexpr std::size_t step_columns = 8;

JobStep read_step(RowReader& row) {
  JobStep step;
  step.job_id = row.text();
  step.name = row.text();
  step.number = row.small_number();
  step.state = row.one_of<StepState>(step_names);
  step.message = row.text();
  step.percent = row.small_number();
  step.started_at = row.time();
  step.ended_at = row.optional_time();
  return step;
}

constexpr std::size_t intent_columns = 4;

Intent read_intent(RowReader& row) {
  Intent intent;
  intent.job_id = row.text();
  intent.name = row.text();
  intent.detail = row.text();
  intent.created_at = row.time();
  return intent;
}

constexpr std::size_t range_columns = 9;

RangeRecord read_range(RowReader& row) {
  RangeRecord range;
  range.job_id = row.text();
  range.walk = row.text();
  range.range.after = row.bytes();
  range.range.until = row.optional_bytes();
  range.checkpoint = row.bytes();
  range.state = row.one_of<RangeState>(range_names);
  range.digest = row.text();
  range.count = row.number();
  range.bytes = row.number();
  return range;
}

// What may change of a range.
RowWriter& add_progress(RowWriter& row, const RangeRecord& range) {
  row.optional_bytes(range.range.until).bytes(range.checkpoint);
  row.text(range_names.at(static_cast<std::size_t>(range.state))).text(range.digest);
  return row.number(range.count).number(range.bytes);
}

std::string read_bytes(RowReader& row) {
  return row.bytes();
}

}  // namespace

Result<void> SqlStore::record_step(const JobStep& step) {
  RowWriter row;
  row.text(step.job_id).text(step.name).small_number(step.number);
  row.text(step_names.at(static_cast<std::size_t>(step.state))).text(step.message);
  row.small_number(step.percent).time(step.started_at).optional_time(step.ended_at);
  return change_some(
      "INSERT INTO job_steps (job_id, name, number, state, message, percent, started_at, ended_at) "
      "VALUES (:job, :name, :number, :state, :message, :percent, :started, :ended) "
      "ON CONFLICT (job_id, name) DO UPDATE SET number = excluded.number, state = excluded.state, "
      "message = excluded.message, percent = excluded.percent, started_at = excluded.started_at, "
      "ended_at = excluded.ended_at",
      row);
}

Result<std::vector<JobStep>> SqlStore::steps_of(std::string_view id) {
  return read(read_step, step_columns,
              "SELECT job_id, name, number, state, message, percent, started_at, ended_at "
              "FROM job_steps WHERE job_id = :id ORDER BY number, name",
              RowWriter().text(id));
}

Result<void> SqlStore::clear_steps(std::string_view id) {
  return change_some("DELETE FROM job_steps WHERE job_id = :id", RowWriter().text(id));
}

Result<void> SqlStore::record_intent(std::string_view id, std::string_view name,
                                     std::string_view detail) {
  auto added = change(
      "INSERT INTO job_intents (job_id, name, detail, created_at) "
      "VALUES (:job, :name, :detail, :now) ON CONFLICT (job_id, name) DO NOTHING",
      RowWriter().text(id).text(name).text(detail).time(clock_.now()));
  if (!added) return forward(added);
  if (*added > 0) return ok;
  auto there = intents_of(id);
  if (!there) return forward(there);
  const bool same = std::ranges::any_of(
      *there, [&](const Intent& intent) { return intent.name == name && intent.detail == detail; });
  if (same) return ok;
  return fail(Errc::conflict, fmt::format("job {} has another intent \"{}\" already", printable(id),
                                          printable(name)));
}

Result<std::vector<Intent>> SqlStore::intents_of(std::string_view id) {
  return read(read_intent, intent_columns,
              "SELECT job_id, name, detail, created_at FROM job_intents WHERE job_id = :id "
              "ORDER BY created_at, name",
              RowWriter().text(id));
}

Result<void> SqlStore::set_fact(std::string_view id, std::string_view name,
                                std::string_view value) {
  return change_some(
      "INSERT INTO job_facts (job_id, name, value_hex) VALUES (:job, :name, :value) "
      "ON CONFLICT (job_id, name) DO UPDATE SET value_hex = excluded.value_hex",
      RowWriter().text(id).text(name).bytes(value));
}

Result<void> SqlStore::set_facts(std::string_view id, const Facts& facts) {
  return session_.transaction([&]() -> Result<void> {
    for (const auto& [name, value] : facts) {
      if (auto set = set_fact(id, name, value); !set) return set;
    }
    return ok;
  });
}

Result<std::optional<std::string>> SqlStore::fact(std::string_view id, std::string_view name) {
  auto found =
      read(read_bytes, 1, "SELECT value_hex FROM job_facts WHERE job_id = :job AND name = :name",
           RowWriter().text(id).text(name));
  if (!found) return forward(found);
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

Result<void> SqlStore::insert_range(const RangeRecord& range) {
  RowWriter row;
  row.text(range.job_id).text(range.walk).bytes(range.range.after);
  return change_some(
      "INSERT INTO job_ranges (job_id, walk, after_hex, until_hex, checkpoint_hex, state, digest, "
      "objects, bytes) VALUES (:job, :walk, :after, :until, :checkpoint, :state, :digest, "
      ":objects, :bytes)",
      add_progress(row, range));
}

Result<void> SqlStore::replace_ranges(std::string_view id, std::string_view walk,
                                      const std::vector<RangeRecord>& ranges) {
  return session_.transaction([&]() -> Result<void> {
    auto cleared = change_some("DELETE FROM job_ranges WHERE job_id = :job AND walk = :walk",
                               RowWriter().text(id).text(walk));
    if (!cleared) return cleared;
    for (const auto& range : ranges) {
      if (range.job_id != id || range.walk != walk) {
        return fail(Errc::invalid_argument, "a range of another walk");
      }
      auto inserted = insert_range(range);
      if (inserted) continue;
      const bool twice = inserted.error().code() == Errc::conflict &&
                         inserted.error().retry() == RetryClass::never;
      if (twice) return fail(Errc::invalid_argument, "two ranges begin at the same key");
      return inserted;
    }
    return ok;
  });
}

Result<void> SqlStore::update_range(const RangeRecord& range) {
  RowWriter row;
  add_progress(row, range).text(range.job_id).text(range.walk).bytes(range.range.after);
  auto changed = change(
      "UPDATE job_ranges SET until_hex = :until, checkpoint_hex = :checkpoint, state = :state, "
      "digest = :digest, objects = :objects, bytes = :bytes "
      "WHERE job_id = :job AND walk = :walk AND after_hex = :after",
      row);
  if (!changed) return forward(changed);
  if (*changed > 0) return ok;
  return fail(Errc::not_found, fmt::format("walk {} of job {} has no range that begins there",
                                           printable(range.walk), printable(range.job_id)));
}

// Hexadecimal digits sort as the bytes do, in every collation.
Result<std::vector<RangeRecord>> SqlStore::ranges_of(std::string_view id, std::string_view walk) {
  return read(read_range, range_columns,
              "SELECT job_id, walk, after_hex, until_hex, checkpoint_hex, state, digest, objects, "
              "bytes FROM job_ranges WHERE job_id = :job AND walk = :walk ORDER BY after_hex",
              RowWriter().text(id).text(walk));
}

}  // namespace s3m::store
