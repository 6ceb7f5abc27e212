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
  Result<void> set_job_state(std::string_view id, JobState state,
                             std::optional<int> exit_code) override;
  Result<std::optional<JobRecord>> find_job(std::string_view id) override;
  Result<std::vector<JobRecord>> jobs(std::size_t limit) override;

 private:
  // Gives the number of rows changed.
  Result<std::int64_t> change(const std::string& sql, const RowWriter& values);
  Result<void> change_some(const std::string& sql, const RowWriter& values);
  // Rows of a SELECT as records. Errors: io if a row cannot be one.
  template <class Record>
  Result<std::vector<Record>> read(Record (*read_record)(RowReader&), std::size_t columns,
                                   const std::string& sql, const RowWriter& values);

  SqlSession session_;
  const Clock& clock_;
};

}  // namespace s3m::store
