// sql_jobs.cpp: jobs, who runs them and what is asked of them.
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "store/sql_store.hpp"

namespace s3m::store {
namespace {

constexpr std::array state_names =
    std::to_array<std::string_view>({"running", "paused", "done", "failed", "cancelled"});
static_assert(state_names.size() == static_cast<std::size_t>(JobState::cancelled) + 1);
constexpr std::array request_names = std::to_array<std::string_view>({"none", "pause", "cancel"});
static_assert(request_names.size() == static_cast<std::size_t>(JobRequest::cancel) + 1);

constexpr std::size_t job_columns = 9;
constexpr auto select_jobs =
    "SELECT id, kind, spec, state, exit_code, attempt, request, created_at, updated_at "
    "FROM jobs {}";

JobRecord read_job(RowReader& row) {
  JobRecord job;
  job.id = row.text();
  job.kind = row.text();
  job.spec = row.text();
  job.state = row.one_of<JobState>(state_names);
  job.exit_code = row.optional_int();
  job.attempt = row.small_number();
  job.request = row.one_of<JobRequest>(request_names);
  job.created_at = row.time();
  job.updated_at = row.time();
  return job;
}

JobClaim read_claim(RowReader& row) {
  JobClaim claim;
  claim.process = row.text();
  claim.expires_at = row.time();
  return claim;
}

// A process that lives keeps its job, however late it is with renewing its claim: it may only have
// been stopped for a while. What lives elsewhere is known by its lease alone.
bool may_be_taken(const JobClaim& claim, WallTime now) {
  return surely_gone(claim.process) || (claim.expires_at <= now && !surely_lives(claim.process));
}

}  // namespace

Result<void> SqlStore::change_job(const std::string& sql, const RowWriter& values,
                                  std::string_view id) {
  auto changed = change(sql, values);
  if (!changed) return forward(changed);
  if (*changed == 0) return fail(Errc::not_found, "the store knows no job " + printable(id));
  return ok;
}

Result<void> SqlStore::create_job(std::string_view id, std::string_view kind,
                                  std::string_view spec) {
  const auto now = clock_.now();
  return change_some(
      "INSERT INTO jobs (id, kind, spec, state, created_at, updated_at) "
      "VALUES (:id, :kind, :spec, 'running', :created, :updated)",
      RowWriter().text(id).text(kind).text(spec).time(now).time(now));
}

Result<int> SqlStore::begin_attempt(std::string_view id) {
  int attempt = 0;
  auto begun = session_.transaction([&]() -> Result<void> {
    auto changed = change_job(
        "UPDATE jobs SET state = 'running', exit_code = NULL, request = 'none', "
        "attempt = attempt + 1, updated_at = :now WHERE id = :id",
        RowWriter().time(clock_.now()).text(id), id);
    if (!changed) return changed;
    auto job = find_job(id);
    if (!job) return forward(job);
    attempt = (*job)->attempt;
    return ok;
  });
  if (!begun) return forward(begun);
  return attempt;
}

Result<void> SqlStore::set_job_state(std::string_view id, JobState state,
                                     std::optional<int> exit_code) {
  RowWriter row;
  row.text(state_names.at(static_cast<std::size_t>(state))).optional_int(exit_code);
  row.time(clock_.now()).text(id);
  return change_job(
      "UPDATE jobs SET state = :state, exit_code = :exit_code, updated_at = :now WHERE id = :id",
      row, id);
}

Result<std::optional<JobRecord>> SqlStore::find_job(std::string_view id) {
  auto found =
      read(read_job, job_columns, fmt::format(select_jobs, "WHERE id = :id"), RowWriter().text(id));
  if (!found) return forward(found);
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

Result<std::vector<JobRecord>> SqlStore::jobs(std::size_t limit) {
  return read(read_job, job_columns,
              fmt::format(select_jobs, "ORDER BY created_at DESC, id DESC LIMIT :limit"),
              RowWriter().limit(limit));
}

Result<void> SqlStore::delete_job(std::string_view id) {
  return session_.transaction([&]() -> Result<void> {
    for (const auto* const table : {"job_claims", "job_steps", "job_intents", "job_facts",
                                    "job_ranges", "job_failures", "job_events"}) {
      auto deleted =
          change(fmt::format("DELETE FROM {} WHERE job_id = :id", table), RowWriter().text(id));
      if (!deleted) return forward(deleted);
    }
    return change_job("DELETE FROM jobs WHERE id = :id", RowWriter().text(id), id);
  });
}

Result<JobClaim> SqlStore::claim_job(std::string_view id, std::string_view process,
                                     std::chrono::milliseconds lease) {
  // Each statement is a step of its own, as with try_lock_policy.
  for (;;) {
    const auto until = clock_.now() + lease;
    auto taken = change(
        "INSERT INTO job_claims (job_id, process, expires_at) VALUES (:id, :process, :until) "
        "ON CONFLICT (job_id) DO UPDATE SET expires_at = excluded.expires_at "
        "WHERE job_claims.process = excluded.process",
        RowWriter().text(id).text(process).time(until));
    if (!taken) return forward(taken);
    if (*taken > 0) return JobClaim{true, std::string(process), until};

    auto held = claim_of(id);
    if (!held) return forward(held);
    if (!*held) continue;
    if (!may_be_taken(**held, clock_.now())) return **held;
    // Unless it was renewed in between.
    auto freed = change(
        "DELETE FROM job_claims WHERE job_id = :id AND process = :process AND expires_at = :until",
        RowWriter().text(id).text((*held)->process).time((*held)->expires_at));
    if (!freed) return forward(freed);
  }
}

Result<bool> SqlStore::release_job(std::string_view id, std::string_view process) {
  auto freed = change("DELETE FROM job_claims WHERE job_id = :id AND process = :process",
                      RowWriter().text(id).text(process));
  if (!freed) return forward(freed);
  return *freed > 0;
}

Result<std::optional<JobClaim>> SqlStore::claim_of(std::string_view id) {
  auto held = read(read_claim, 2, "SELECT process, expires_at FROM job_claims WHERE job_id = :id",
                   RowWriter().text(id));
  if (!held) return forward(held);
  if (held->empty()) return std::nullopt;
  return std::move(held->front());
}

Result<void> SqlStore::request(std::string_view id, JobRequest what) {
  return change_job("UPDATE jobs SET request = :what WHERE id = :id",
                    RowWriter().text(request_names.at(static_cast<std::size_t>(what))).text(id),
                    id);
}

Result<JobRequest> SqlStore::request_of(std::string_view id) {
  auto job = find_job(id);
  if (!job) return forward(job);
  if (!*job) return fail(Errc::not_found, "the store knows no job " + printable(id));
  return (*job)->request;
}

}  // namespace s3m::store
