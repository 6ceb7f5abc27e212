#include "store/schema.hpp"

#include <array>
#include <span>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::store {
namespace {

// `id` of uploads_in_flight is a hash of destination, key and upload id: together they can be
// longer than what PostgreSQL puts into an index.
constexpr std::array version_1 = std::to_array<const char*>({
    R"(CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      spec TEXT NOT NULL,
      state TEXT NOT NULL,
      exit_code BIGINT,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL
    ))",
    R"(CREATE TABLE uploads_in_flight (
      id TEXT PRIMARY KEY,
      job_id TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      bucket TEXT NOT NULL,
      key_hex TEXT NOT NULL,
      upload_id TEXT NOT NULL,
      source_endpoint TEXT NOT NULL,
      source_bucket TEXT NOT NULL,
      source_key_hex TEXT NOT NULL,
      source_version TEXT NOT NULL,
      source_etag TEXT NOT NULL,
      source_last_modified BIGINT NOT NULL,
      source_size BIGINT NOT NULL,
      part_sizes TEXT NOT NULL,
      settings TEXT NOT NULL,
      created_at BIGINT NOT NULL
    ))",
    "CREATE INDEX uploads_by_bucket ON uploads_in_flight (endpoint, bucket)",
    R"(CREATE TABLE grants_in_place (
      endpoint TEXT NOT NULL,
      bucket TEXT NOT NULL,
      sid TEXT NOT NULL,
      job_id TEXT NOT NULL,
      dialect TEXT NOT NULL,
      original_policy_hex TEXT,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (endpoint, bucket, sid)
    ))",
    R"(CREATE TABLE policy_locks (
      endpoint TEXT NOT NULL,
      bucket TEXT NOT NULL,
      job_id TEXT NOT NULL,
      process TEXT NOT NULL,
      expires_at BIGINT NOT NULL,
      PRIMARY KEY (endpoint, bucket)
    ))",
});

// Jobs: what runs them, what is asked of them, how far they are and what they tell. Keys, and the
// values of facts, may hold any bytes. Walks begin each range at another key, at most 1024 bytes,
// which fits into an index.
constexpr std::array version_2 = std::to_array<const char*>({
    "ALTER TABLE jobs ADD COLUMN attempt BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE jobs ADD COLUMN request TEXT NOT NULL DEFAULT 'none'",
    "UPDATE jobs SET state = 'paused' WHERE state = 'interrupted'",
    R"(CREATE TABLE job_claims (
      job_id TEXT PRIMARY KEY,
      process TEXT NOT NULL,
      expires_at BIGINT NOT NULL
    ))",
    R"(CREATE TABLE job_steps (
      job_id TEXT NOT NULL,
      name TEXT NOT NULL,
      number BIGINT NOT NULL,
      state TEXT NOT NULL,
      message TEXT NOT NULL,
      percent BIGINT NOT NULL,
      started_at BIGINT NOT NULL,
      ended_at BIGINT,
      PRIMARY KEY (job_id, name)
    ))",
    R"(CREATE TABLE job_intents (
      job_id TEXT NOT NULL,
      name TEXT NOT NULL,
      detail TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (job_id, name)
    ))",
    R"(CREATE TABLE job_facts (
      job_id TEXT NOT NULL,
      name TEXT NOT NULL,
      value_hex TEXT NOT NULL,
      PRIMARY KEY (job_id, name)
    ))",
    R"(CREATE TABLE job_ranges (
      job_id TEXT NOT NULL,
      walk TEXT NOT NULL,
      after_hex TEXT NOT NULL,
      until_hex TEXT,
      checkpoint_hex TEXT NOT NULL,
      state TEXT NOT NULL,
      digest TEXT NOT NULL,
      objects BIGINT NOT NULL,
      bytes BIGINT NOT NULL,
      PRIMARY KEY (job_id, walk, after_hex)
    ))",
    R"(CREATE TABLE job_failures (
      job_id TEXT NOT NULL,
      number BIGINT NOT NULL,
      time BIGINT NOT NULL,
      operation TEXT NOT NULL,
      bucket TEXT NOT NULL,
      key_hex TEXT NOT NULL,
      version_hex TEXT NOT NULL,
      code TEXT NOT NULL,
      service_code TEXT NOT NULL,
      request_id TEXT NOT NULL,
      message TEXT NOT NULL,
      http_status BIGINT NOT NULL,
      PRIMARY KEY (job_id, number)
    ))",
    R"(CREATE TABLE job_events (
      job_id TEXT NOT NULL,
      attempt BIGINT NOT NULL,
      seq BIGINT NOT NULL,
      line TEXT NOT NULL,
      PRIMARY KEY (job_id, attempt, seq)
    ))",
});

// Element n brings version n to n + 1. What was released is never changed, only added to.
const std::array migrations = std::to_array<std::span<const char* const>>({version_1, version_2});

Result<int> version_of(SqlSession& session) {
  auto made = session.execute(
      "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT "
      "NOT NULL)");
  if (!made) return forward(made);
  auto rows = session.query(1, "SELECT coalesce(max(version), 0) FROM schema_version");
  if (!rows) return forward(rows);
  const auto version = parse_u64(rows->at(0).at(0).value_or(""));
  if (!version) return fail(Errc::io, fmt::format("store {}: no schema version", session.name()));
  return static_cast<int>(*version);
}

Result<void> apply(SqlSession& session, int to_version, WallTime now) {
  for (const auto* const statement : migrations.at(static_cast<std::size_t>(to_version) - 1)) {
    if (auto done = session.execute(statement); !done) return forward(done);
  }
  auto noted = session.execute("INSERT INTO schema_version VALUES (:version, :now)",
                               {to_version, now.time_since_epoch().count()});
  if (!noted) return forward(noted);
  return ok;
}

}  // namespace

int schema_version() noexcept {
  return static_cast<int>(migrations.size());
}

Result<void> migrate_schema(SqlSession& session, WallTime now) {
  return session.transaction([&]() -> Result<void> {
    auto version = version_of(session);
    if (!version) return forward(version);
    if (*version > schema_version()) {
      return fail(Errc::config,
                  fmt::format("store {} was written by a newer version of s3migrator (schema {}, "
                              "this one knows {})",
                              session.name(), *version, schema_version()));
    }
    for (int next = *version + 1; next <= schema_version(); ++next) {
      if (auto applied = apply(session, next, now); !applied) return applied;
    }
    return ok;
  });
}

}  // namespace s3m::store
