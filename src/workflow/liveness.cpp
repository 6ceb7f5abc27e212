#include "workflow/liveness.hpp"

#include <ctime>
#include <optional>

#include "store/process_identity.hpp"

namespace s3m::workflow {
namespace {

// nullopt: the store does not know the job, or cannot be read.
std::optional<bool> at_work(store::Store& store, const std::string& job_id) {
  const auto job = store.find_job(job_id);
  if (!job || !*job) return std::nullopt;
  if ((*job)->state != store::JobState::running) return false;
  const auto claim = store.claim_of(job_id);
  if (!claim) return std::nullopt;
  return *claim && is_alive(**claim, system_clock().now());
}

}  // namespace

std::chrono::milliseconds boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

bool is_alive(const store::JobClaim& claim, WallTime now) {
  if (store::surely_lives(claim.process)) return true;
  return now < claim.expires_at && !store::surely_gone(claim.process);
}

bool is_at_work(store::Store& store, const std::string& job_id) {
  return at_work(store, job_id).value_or(false);
}

bool is_over(store::Store& store, const std::string& job_id) {
  const auto working = at_work(store, job_id);
  return working && !*working;
}

}  // namespace s3m::workflow
