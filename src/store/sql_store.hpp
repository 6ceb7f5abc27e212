// sql_store.hpp: the store over any SqlSession whose schema is up to date.
//
// Layer  store; contracts in store.hpp.
#pragma once

#include "store/row_reader.hpp"
#include "store/row_writer.hpp"
#include "store/sql_session.hpp"
#include "store/store.hpp"

namespace s3m::store {

class SqlStore final : public Store {
 public:
  // `clock` outlives the store.
  SqlStore(SqlSession session, const Clock& clock);

  Result<void> record_upload(const UploadRecord& upload) override;
  Result<void> forget_upload(const BucketRef& destination, std::string_view key,
                             std::string_view upload_id) override;
  Result<std::vector<UploadRecord>> uploads_for(const BucketRef& destination,
                                                std::string_view prefix) override;

  Result<void> record_grant(const GrantRecord& grant) override;
  Result<void> forget_grant(const BucketRef& bucket, std::string_view sid) override;
  Result<std::vector<GrantRecord>> grants_on(const BucketRef& bucket) override;
  Result<std::vector<GrantRecord>> grants() override;

  Result<PolicyLock> try_lock_policy(const BucketRef& bucket, const LockOwner& owner,
                                     std::chrono::milliseconds lease) override;
  Result<bool> unlock_policy(const BucketRef& bucket, const LockOwner& owner) override;

  Result<void> create_job(std::string_view id, std::string_view kind,
                          std::string_view spec) override;
  Result<int> begin_attempt(std::string_view id) override;
  Result<void> set_job_state(std::string_view id, JobState state,
                             std::optional<int> exit_code) override;
  Result<std::optional<JobRecord>> find_job(std::string_view id) override;
  Result<std::vector<JobRecord>> jobs(std::size_t limit) override;
  Result<void> delete_job(std::string_view id) override;

  Result<JobClaim> claim_job(std::string_view id, std::string_view process,
                             std::chrono::milliseconds lease) override;
  Result<bool> release_job(std::string_view id, std::string_view process) override;
  Result<std::optional<JobClaim>> claim_of(std::string_view id) override;
  Result<void> request(std::string_view id, JobRequest what) override;
  Result<JobRequest> request_of(std::string_view id) override;

  Result<void> record_step(const JobStep& step) override;
  Result<std::vector<JobStep>> steps_of(std::string_view id) override;
  Result<void> clear_steps(std::string_view id) override;
  Result<void> record_intent(std::string_view id, std::string_view name,
                             std::string_view detail) override;
  Result<std::vector<Intent>> intents_of(std::string_view id) override;
  Result<void> set_fact(std::string_view id, std::string_view name,
                        std::string_view value) override;
  Result<void> set_facts(std::string_view id, const Facts& facts) override;
  Result<std::optional<std::string>> fact(std::string_view id, std::string_view name) override;
  Result<void> replace_ranges(std::string_view id, std::string_view walk,
                              const std::vector<RangeRecord>& ranges) override;
  Result<void> update_range(const RangeRecord& range) override;
  Result<std::vector<RangeRecord>> ranges_of(std::string_view id, std::string_view walk) override;

  Result<void> add_failures(std::string_view id,
                            const std::vector<FailureRecord>& failures) override;
  Result<std::vector<FailureRecord>> failures_of(std::string_view id, std::size_t limit,
                                                 std::size_t offset) override;
  Result<void> clear_failures(std::string_view id, std::uint64_t after) override;
  Result<void> add_events(std::string_view id, const std::vector<EventRecord>& events) override;
  Result<std::vector<EventRecord>> events_of(std::string_view id, EventPosition after,
                                             std::size_t limit) override;

 private:
  // Gives the number of rows changed.
  Result<std::int64_t> change(const std::string& sql, const RowWriter& values);
  Result<void> change_some(const std::string& sql, const RowWriter& values);
  // Rows of a SELECT as records. Errors: io if a row cannot be one.
  template <class Record>
  Result<std::vector<Record>> read(Record (*read_record)(RowReader&), std::size_t columns,
                                   const std::string& sql, const RowWriter& values);

  // A change of one job's row. Errors: not_found if there is none.
  Result<void> change_job(const std::string& sql, const RowWriter& values, std::string_view id);
  Result<void> insert_range(const RangeRecord& range);

  SqlSession session_;
  const Clock& clock_;
};

template <class Record>
Result<std::vector<Record>> SqlStore::read(Record (*read_record)(RowReader&), std::size_t columns,
                                           const std::string& sql, const RowWriter& values) {
  auto bound = values.values();
  if (!bound) return forward(bound);
  auto rows = session_.query(columns, sql, *bound);
  if (!rows) return forward(rows);
  std::vector<Record> records;
  records.reserve(rows->size());
  for (const auto& row : *rows) {
    RowReader reader(row);
    records.push_back(read_record(reader));
    if (reader.failed()) {
      return fail(Errc::io, "store " + session_.name() + ": a damaged record");
    }
  }
  return records;
}

}  // namespace s3m::store
