// job_records.hpp: what the store remembers of jobs.
//
// Layer    store. What records.hpp says of secrets and text holds here too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "base/key.hpp"
#include "base/time.hpp"

namespace s3m::store {

enum class JobState : std::uint8_t {
  running,    // or killed: its claim tells
  paused,     // by the user; can be taken up again
  done,       // ended by itself; exit_code tells how well
  failed,     // a fatal error ended it
  cancelled,  // by the user, for good
};

// What another process wants of a running job, which looks every few seconds.
enum class JobRequest : std::uint8_t { none, pause, cancel };

struct JobRecord {
  std::string id;
  std::string kind;  // "copy"
  std::string spec;  // JSON; never with credentials
  JobState state = JobState::running;
  std::optional<int> exit_code;  // none while it runs
  int attempt = 1;               // how often it was begun
  JobRequest request = JobRequest::none;
  WallTime created_at;
  WallTime updated_at;  // of state and attempt
  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

// Which process runs a job. One at a time does.
struct JobClaim {
  bool ours = false;
  std::string process;  // this_process(), process_identity.hpp; ours, if it is ours
  WallTime expires_at;  // unless renewed
  friend bool operator==(const JobClaim&, const JobClaim&) = default;
};

struct JobStep {
  std::string job_id;
  std::string name;
  int number = 0;  // 1-based
  StepState state = StepState::started;
  std::string message;
  int percent = 0;  // of the job, as of this step
  WallTime started_at;
  std::optional<WallTime> ended_at;
  friend bool operator==(const JobStep&, const JobStep&) = default;
};

// Facts of a job: any bytes, by name.
using Facts = std::vector<std::pair<std::string, std::string>>;

// What is going to be done and cannot be found out by looking once it is done (guard G1).
struct Intent {
  std::string job_id;
  std::string name;
  std::string detail;
  WallTime created_at;
  friend bool operator==(const Intent&, const Intent&) = default;
};

enum class RangeState : std::uint8_t { open, done, deleting, deleted };

// A slice of the key space in one walk of a job (guard G23).
struct RangeRecord {
  std::string job_id;
  std::string walk;
  KeyRange range;
  std::string checkpoint;  // the last key that is settled; empty: none
  RangeState state = RangeState::open;
  std::string digest;  // of what was proven in it, hexadecimal; empty: not yet known
  std::uint64_t count = 0, bytes = 0;
  friend bool operator==(const RangeRecord&, const RangeRecord&) = default;
};

// One object that could not be settled.
struct FailureRecord {
  std::uint64_t number = 0;  // 1, 2, ... in its job
  WallTime time;
  std::string operation, bucket;
  std::string key, version;  // any bytes
  std::string code, service_code, request_id, message;
  int http_status = 0;
  friend bool operator==(const FailureRecord&, const FailureRecord&) = default;
};

// Where an event stands in the story of its job.
struct EventPosition {
  int attempt = 0;
  std::uint64_t seq = 0;
  friend auto operator<=>(const EventPosition&, const EventPosition&) = default;
};

struct EventRecord {
  EventPosition position;
  std::string line;  // as to_json_line() makes it
  friend bool operator==(const EventRecord&, const EventRecord&) = default;
};

}  // namespace s3m::store
