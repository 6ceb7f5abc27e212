// sql_findings.cpp: what a job has to tell: failures and events, added many at a time.
#include <fmt/format.h>

#include "store/sql_store.hpp"

namespace s3m::store {
namespace {

constexpr std::size_t failure_columns = 11;

FailureRecord read_failure(RowReader& row) {
  FailureRecord failure;
  failure.number = row.number();
  failure.time = row.time();
  failure.operation = row.text();
  failure.bucket = row.text();
  failure.key = row.bytes();
  failure.version = row.bytes();
  failure.code = row.text();
  failure.service_code = row.text();
  failure.request_id = row.text();
  failure.message = row.text();
  failure.http_status = row.small_number();
  return failure;
}

EventRecord read_event(RowReader& row) {
  EventRecord event;
  event.position.attempt = row.small_number();
  event.position.seq = row.number();
  event.line = row.text();
  return event;
}

// "(:v0, :v1), (:v2, :v3)": one statement for the whole batch is one round trip, and all or
// nothing without a transaction.
std::string placeholders(std::size_t rows, std::size_t columns) {
  std::string out;
  for (std::size_t i = 0; i < rows * columns; ++i) {
    if (i % columns == 0) out += i == 0 ? "(" : ", (";
    out += fmt::format(":v{}{}", i, i % columns + 1 == columns ? ")" : ", ");
  }
  return out;
}

Result<void> check_size(std::size_t batch) {
  if (batch <= Store::most_in_a_batch) return ok;
  return fail(Errc::invalid_argument, "the batch is too large for one statement");
}

}  // namespace

Result<void> SqlStore::add_failures(std::string_view id,
                                    const std::vector<FailureRecord>& failures) {
  if (failures.empty()) return ok;
  if (auto small = check_size(failures.size()); !small) return small;
  RowWriter rows;
  for (const auto& failure : failures) {
    rows.text(id).number(failure.number).time(failure.time);
    rows.text(failure.operation).text(failure.bucket).bytes(failure.key).bytes(failure.version);
    rows.text(failure.code).text(failure.service_code).text(failure.request_id);
    rows.text(failure.message).small_number(failure.http_status);
  }
  return change_some(
      fmt::format("INSERT INTO job_failures (job_id, number, time, operation, bucket, key_hex, "
                  "version_hex, code, service_code, request_id, message, http_status) VALUES {} "
                  "ON CONFLICT (job_id, number) DO NOTHING",
                  placeholders(failures.size(), failure_columns + 1)),
      rows);
}

Result<std::vector<FailureRecord>> SqlStore::failures_of(std::string_view id, std::size_t limit,
                                                         std::size_t offset) {
  return read(read_failure, failure_columns,
              "SELECT number, time, operation, bucket, key_hex, version_hex, code, service_code, "
              "request_id, message, http_status FROM job_failures WHERE job_id = :id "
              "ORDER BY number LIMIT :limit OFFSET :offset",
              RowWriter().text(id).limit(limit).limit(offset));
}

Result<void> SqlStore::clear_failures(std::string_view id, std::uint64_t after) {
  return change_some("DELETE FROM job_failures WHERE job_id = :id AND number > :after",
                     RowWriter().text(id).number(after));
}

Result<void> SqlStore::add_events(std::string_view id, const std::vector<EventRecord>& events) {
  if (events.empty()) return ok;
  if (auto small = check_size(events.size()); !small) return small;
  RowWriter rows;
  for (const auto& event : events) {
    rows.text(id).small_number(event.position.attempt).number(event.position.seq).text(event.line);
  }
  return change_some(fmt::format("INSERT INTO job_events (job_id, attempt, seq, line) VALUES {} "
                                 "ON CONFLICT (job_id, attempt, seq) DO NOTHING",
                                 placeholders(events.size(), 4)),
                     rows);
}

Result<std::vector<EventRecord>> SqlStore::events_of(std::string_view id, EventPosition after,
                                                     std::size_t limit) {
  RowWriter row;
  row.text(id).small_number(after.attempt).small_number(after.attempt).number(after.seq);
  return read(read_event, 3,
              "SELECT attempt, seq, line FROM job_events WHERE job_id = :id AND "
              "(attempt > :attempt OR (attempt = :same AND seq > :seq)) "
              "ORDER BY attempt, seq LIMIT :limit",
              row.limit(limit));
}

}  // namespace s3m::store
