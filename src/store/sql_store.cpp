// sql_store.cpp: uploads, grants and locks; what is of jobs stands in sql_jobs.cpp and its like.
#include "store/sql_store.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"

namespace s3m::store {
namespace {

std::string upload_row_id(const BucketRef& destination, std::string_view key,
                          std::string_view upload_id) {
  // Each part in hexadecimal, so that no two uploads run together into the same text.
  return hex(bytes_of(sha256(fmt::format("{} {} {} {}", hex(destination.endpoint),
                                         hex(destination.bucket), hex(key), hex(upload_id)))));
}

BucketRef read_bucket(RowReader& row) {
  BucketRef bucket;
  bucket.endpoint = row.text();
  bucket.bucket = row.text();
  return bucket;
}

constexpr std::size_t upload_columns = 15;

UploadRecord read_upload(RowReader& row) {
  UploadRecord upload;
  upload.job_id = row.text();
  upload.destination = read_bucket(row);
  upload.key = row.bytes();
  upload.upload_id = row.text();
  upload.source.bucket = read_bucket(row);
  upload.source.key = row.bytes();
  upload.source.version = row.text();
  upload.source.etag = row.text();
  upload.source.last_modified = row.time();
  upload.source.size = row.number();
  upload.part_sizes = row.part_sizes();
  upload.settings = row.text();
  upload.created_at = row.time();
  return upload;
}

constexpr std::size_t grant_columns = 7;
constexpr auto select_grants =
    "SELECT endpoint, bucket, sid, job_id, dialect, original_policy_hex, created_at "
    "FROM grants_in_place {} ORDER BY created_at, endpoint, bucket, sid";

GrantRecord read_grant(RowReader& row) {
  GrantRecord grant;
  grant.bucket = read_bucket(row);
  grant.sid = row.text();
  grant.job_id = row.text();
  grant.dialect = row.text();
  grant.original_policy = row.optional_bytes();
  grant.created_at = row.time();
  return grant;
}

constexpr std::size_t lock_columns = 3;

PolicyLock read_lock(RowReader& row) {
  PolicyLock lock;
  lock.holder.job_id = row.text();
  lock.holder.process = row.text();
  lock.expires_at = row.time();
  return lock;
}

}  // namespace

SqlStore::SqlStore(SqlSession session, const Clock& clock)
    : session_(std::move(session)), clock_(clock) {}

Result<std::int64_t> SqlStore::change(const std::string& sql, const RowWriter& values) {
  auto bound = values.values();
  if (!bound) return forward(bound);
  return session_.execute(sql, *bound);
}

Result<void> SqlStore::change_some(const std::string& sql, const RowWriter& values) {
  auto changed = change(sql, values);
  if (!changed) return forward(changed);
  return ok;
}

Result<void> SqlStore::record_upload(const UploadRecord& upload) {
  const auto id = upload_row_id(upload.destination, upload.key, upload.upload_id);
  RowWriter row;
  row.text(id).text(upload.job_id).bucket(upload.destination).bytes(upload.key);
  row.text(upload.upload_id).bucket(upload.source.bucket).bytes(upload.source.key);
  row.text(upload.source.version).text(upload.source.etag).time(upload.source.last_modified);
  row.number(upload.source.size).part_sizes(upload.part_sizes).text(upload.settings);
  row.time(upload.created_at);
  return session_.transaction([&]() -> Result<void> {
    auto replaced = change("DELETE FROM uploads_in_flight WHERE id = :id", RowWriter().text(id));
    if (!replaced) return forward(replaced);
    return change_some(
        "INSERT INTO uploads_in_flight (id, job_id, endpoint, bucket, key_hex, upload_id, "
        "source_endpoint, source_bucket, source_key_hex, source_version, source_etag, "
        "source_last_modified, source_size, part_sizes, settings, created_at) VALUES (:id, :job, "
        ":endpoint, :bucket, :key, :upload, :source_endpoint, :source_bucket, :source_key, "
        ":version, :etag, :modified, :size, :parts, :settings, :created)",
        row);
  });
}

Result<void> SqlStore::forget_upload(const BucketRef& destination, std::string_view key,
                                     std::string_view upload_id) {
  return change_some("DELETE FROM uploads_in_flight WHERE id = :id",
                     RowWriter().text(upload_row_id(destination, key, upload_id)));
}

Result<std::vector<UploadRecord>> SqlStore::uploads_for(const BucketRef& destination,
                                                        std::string_view prefix) {
  return read(read_upload, upload_columns,
              "SELECT job_id, endpoint, bucket, key_hex, upload_id, source_endpoint, "
              "source_bucket, source_key_hex, source_version, source_etag, source_last_modified, "
              "source_size, part_sizes, settings, created_at FROM uploads_in_flight "
              "WHERE endpoint = :endpoint AND bucket = :bucket AND key_hex LIKE :prefix "
              "ORDER BY created_at, key_hex, id",
              RowWriter().bucket(destination).text(hex(prefix) + "%"));
}

Result<void> SqlStore::record_grant(const GrantRecord& grant) {
  RowWriter row;
  row.bucket(grant.bucket).text(grant.sid).text(grant.job_id).text(grant.dialect);
  row.optional_bytes(grant.original_policy).time(grant.created_at);
  return change_some(
      "INSERT INTO grants_in_place (endpoint, bucket, sid, job_id, dialect, original_policy_hex, "
      "created_at) VALUES (:endpoint, :bucket, :sid, :job, :dialect, :policy, :created)",
      row);
}

Result<void> SqlStore::forget_grant(const BucketRef& bucket, std::string_view sid) {
  return change_some(
      "DELETE FROM grants_in_place WHERE endpoint = :endpoint AND bucket = :bucket AND sid = :sid",
      RowWriter().bucket(bucket).text(sid));
}

Result<std::vector<GrantRecord>> SqlStore::grants_on(const BucketRef& bucket) {
  return read(read_grant, grant_columns,
              fmt::format(select_grants, "WHERE endpoint = :endpoint AND bucket = :bucket"),
              RowWriter().bucket(bucket));
}

Result<std::vector<GrantRecord>> SqlStore::grants() {
  return read(read_grant, grant_columns, fmt::format(select_grants, ""), RowWriter());
}

Result<PolicyLock> SqlStore::try_lock_policy(const BucketRef& bucket, const LockOwner& owner,
                                             std::chrono::milliseconds lease) {
  // Each statement is a step of its own. A further round means that somebody else had the lock in
  // between, so the loop ends.
  for (;;) {
    const auto now = clock_.now();
    auto taken = change(
        "INSERT INTO policy_locks (endpoint, bucket, job_id, process, expires_at) "
        "VALUES (:endpoint, :bucket, :job, :process, :until) "
        "ON CONFLICT (endpoint, bucket) DO UPDATE SET job_id = excluded.job_id, "
        "process = excluded.process, expires_at = excluded.expires_at "
        "WHERE policy_locks.expires_at <= :now OR (policy_locks.job_id = excluded.job_id "
        "AND policy_locks.process = excluded.process)",
        RowWriter().bucket(bucket).owner(owner).time(now + lease).time(now));
    if (!taken) return forward(taken);
    if (*taken > 0) return PolicyLock{true, owner, now + lease};

    auto held = read(read_lock, lock_columns,
                     "SELECT job_id, process, expires_at FROM policy_locks "
                     "WHERE endpoint = :endpoint AND bucket = :bucket",
                     RowWriter().bucket(bucket));
    if (!held) return forward(held);
    if (held->empty()) continue;
    if (!surely_gone(held->front().holder.process)) return held->front();
    if (auto freed = unlock_policy(bucket, held->front().holder); !freed) return forward(freed);
  }
}

Result<bool> SqlStore::unlock_policy(const BucketRef& bucket, const LockOwner& owner) {
  auto freed = change(
      "DELETE FROM policy_locks WHERE endpoint = :endpoint AND bucket = :bucket "
      "AND job_id = :job AND process = :process",
      RowWriter().bucket(bucket).owner(owner));
  if (!freed) return forward(freed);
  return *freed > 0;
}

}  // namespace s3m::store
