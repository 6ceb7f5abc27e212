#include "workflow/liveness.hpp"

#include <optional>
#include <string_view>

#include "store/process_identity.hpp"
#include "workflow/copy_spec.hpp"

namespace s3m::workflow {
namespace {

// The part of a process's name that all processes here and now share: after number and start.
std::string_view surroundings(std::string_view process) {
  const auto after_pid = process.find(' ');
  if (after_pid == std::string_view::npos) return {};
  const auto after_start = process.find(' ', after_pid + 1);
  return after_start == std::string_view::npos ? std::string_view() : process.substr(after_start);
}

// The process of a job that has not ended by itself; nullopt when it has, or nobody knows it.
std::optional<std::string> running_process(store::Store& store, const std::string& job_id,
                                           bool& ended) {
  const auto job = store.find_job(job_id);
  ended = job && *job && (*job)->state != store::JobState::running;
  if (!job || !*job || ended) return std::nullopt;
  return process_of((*job)->spec);
}

}  // namespace

bool is_over(store::Store& store, const std::string& job_id) {
  bool ended = false;
  const auto process = running_process(store, job_id, ended);
  return ended || (process && store::surely_gone(*process));
}

bool runs_here(store::Store& store, const std::string& job_id) {
  bool ended = false;
  const auto process = running_process(store, job_id, ended);
  if (!process || store::surely_gone(*process)) return false;
  const auto us = store::this_process();
  const auto here = surroundings(us);
  return !here.empty() && surroundings(*process) == here;
}

}  // namespace s3m::workflow
