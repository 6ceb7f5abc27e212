// event.hpp: the one schema of events that every face speaks: `--json`, the log lines a log
// collector ships, the console's stream, the monitor.
//
// Layer      base.
// Threading  events are values; a sink says its own rule.
//
// The wire form is NDJSON: one object a line, raw bytes and seconds, {"v":1,"type":...}. Fields
// are only ever added; a change of meaning raises `event_schema_version`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace s3m {

inline constexpr int event_schema_version = 1;

// Figures of the running step. Objects and bytes count what this job has settled (copied, or
// proven the same); what a retry sends again never counts twice.
struct ProgressEvent {
  std::string step;     // "copy"
  int step_number = 0;  // 1-based
  int step_count = 0;
  int percent = 0;  // by objects, the highest so far, rounded down
  std::uint64_t objects_done = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t objects_total = 0;  // found so far, unless one of these holds:
  std::uint64_t bytes_total = 0;
  bool totals_final = false;      // all is listed
  bool totals_estimated = false;  // from what is listed so far
  std::uint64_t copied = 0;
  std::uint64_t skipped = 0;  // the same already
  std::uint64_t failed = 0;
  std::uint64_t retried = 0;
  std::uint64_t throttled = 0;
  std::uint64_t requests = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t budget = 0;  // of copies: how many may be in flight
  double rate_limit = 0;     // of copies, a second; 0: the service has not throttled
  double elapsed_seconds = 0;
  double objects_per_second = 0;  // recent
  double bytes_per_second = 0;    // recent
  double bytes_per_second_average = 0;
  // Seconds to the end as a range; absent while there is no honest estimate.
  std::optional<double> eta_low_seconds, eta_high_seconds;
  std::string activity{};  // "pass 2, copying"; empty: what the step's name says
  // Of a step that waits: for how long so far, and how long until it goes on or asks again.
  std::optional<double> waited_seconds{}, wait_left_seconds{};
  std::uint32_t attempts = 0;  // how often it asked
};

enum class StepState : std::uint8_t { started, done, skipped, failed };

struct StepEvent {
  std::string step;
  int step_number = 0;
  int step_count = 0;
  int percent = 0;  // of the article's table, when the step begins or has ended
  StepState state = StepState::started;
  std::string message;  // what was found or done, a sentence
};

// One object that could not be settled, or a finding of verification.
struct FailureEvent {
  std::string operation;  // "CopyObject", "verify"
  std::string bucket, key, version;
  std::string code;  // name(Errc)
  std::string service_code, request_id, message;
  int http_status = 0;
};

enum class NoteLevel : std::uint8_t { debug, info, warning, error };

// Something a person should know that is not tied to one object.
struct NoteEvent {
  NoteLevel level = NoteLevel::info;
  std::string message;
};

struct SummaryEvent {
  std::string
      outcome;  // "verified", "copied", "failed-objects", "mismatch", "fatal", "interrupted"
  int exit_code = 0;
  std::uint64_t objects = 0, bytes = 0;  // of the source walk
  std::uint64_t copied = 0, copied_bytes = 0, skipped = 0, deleted = 0, failed = 0;
  std::uint64_t same_strong = 0, same_weak = 0, mismatched = 0, missing = 0, extra = 0;
  std::uint64_t requests = 0, retried = 0, throttled = 0;
  // With --versions all the objects are versions and delete markers: of so many keys, and how many
  // of them, and of those copied, are delete markers.
  bool all_versions = false;
  std::uint64_t version_keys = 0, delete_markers = 0, copied_markers = 0;
  double elapsed_seconds = 0;
  std::uint64_t not_carried = 0;  // attributes that copies lack; the report lists them
  // Objects that were the same already, where objects are looked at: what their copies lack was
  // told by the run that made them, not by this one.
  std::uint64_t not_looked_at = 0;
  std::string digest;   // hexadecimal; empty when nothing was verified
  std::string message;  // what to do next
  // Of a migration.
  std::string bucket{}, temporary_bucket{};  // its new name; where everything is meanwhile
  bool awaits_confirmation = false;          // then go_on is the command that confirms
  // How long the name was nobody's, at most; and whether the time is in it in which no process ran.
  std::optional<double> exposure_seconds{};
  bool exposure_spans_runs = false;
  std::uint64_t settings_changed = 0, settings_not_carried = 0;  // of the bucket's configuration
  std::string go_on{}, take_back{};  // commands, where a job that did not end well has them
};

// A part of what a plan estimates, in seconds or dollars.
struct PlanRange {
  std::string what;
  double low = 0, high = 0;
};

// What a copy would do (`plan`, `--dry-run`).
struct PlanEvent {
  std::uint64_t objects = 0, bytes = 0;  // of the source
  std::uint64_t same = 0, same_weak = 0;
  std::uint64_t to_copy = 0, to_copy_bytes = 0;
  std::uint64_t multipart = 0, requests = 0;
  std::uint64_t looks = 0;  // of the requests: for attributes that no copy carries by itself
  std::uint64_t destination_objects = 0, destination_only = 0, archived = 0;
  bool deletes = false;  // destination_only would be deleted (--delete)
  // As in SummaryEvent; and keys that the destination has another history of.
  bool all_versions = false;
  std::uint64_t version_keys = 0, delete_markers = 0, markers_to_copy = 0, other_histories = 0;
  std::string first_key, last_key;  // that match
  bool destination_exists = true;
  std::string destination_region;
  // As in MigrationPlanEvent.
  std::vector<PlanRange> prices{};
  double low_dollars = 0, high_dollars = 0;
  std::string prices_as_of{};
  std::vector<PlanRange> times{};
  double low_seconds = 0, high_seconds = 0;
  std::vector<std::string> warnings{};
};

// What a migration would do, what it would cost, and what stands against it.
struct MigrationPlanEvent {
  using Range = PlanRange;
  struct Refusal {
    std::string code;  // stable: "account-regional-name"
    std::string reason, way_out;
  };
  struct Permission {
    std::string side;  // "source", "destination": whose identity needs it
    std::string action, resource;
    std::string state;  // "proven", "inferred", "unproven", "denied"
    std::string how;
  };
  std::string bucket, source_region, destination_region;
  std::uint64_t objects = 0, bytes = 0;
  // As in SummaryEvent.
  bool all_versions = false;
  std::uint64_t version_keys = 0, delete_markers = 0;
  std::uint64_t multipart = 0, requests = 0;  // of both hops and all proofs
  std::string first_key, last_key;
  std::vector<Range> prices;  // empty where nothing is known of prices
  double low_dollars = 0, high_dollars = 0;
  std::string prices_as_of;
  std::vector<Range> times;
  double low_seconds = 0, high_seconds = 0;
  std::vector<Refusal> refusals;  // any of them: the migration does not begin
  std::vector<std::string> warnings;
  std::vector<Permission> permissions;
  // JSON: what to add to the policies of each side's identity; empty: nothing.
  std::string source_policy, destination_policy;
  std::string advice;
};

// Which rights a plan found, and what to add where they are not: of a copy before it is listed, and
// of a migration whose plan came to no end because something was denied.
struct AccessEvent {
  std::vector<MigrationPlanEvent::Permission> permissions;
  std::string source_policy, destination_policy;  // as in MigrationPlanEvent
};

using Event = std::variant<ProgressEvent, StepEvent, FailureEvent, NoteEvent, SummaryEvent,
                           PlanEvent, MigrationPlanEvent, AccessEvent>;

// What the sink adds to each event: (job, attempt, seq) names an event uniquely.
struct EventStamp {
  std::string job;
  int attempt = 1;
  std::uint64_t seq = 0;
  WallTime time;
};

// One line of NDJSON without the newline.
std::string to_json_line(const EventStamp& stamp, const Event& event);

class EventSink {
 public:
  virtual ~EventSink() = default;
  // Called on the job's event loop. Must not block for long and must not throw.
  virtual void emit(const Event& event) = 0;
};

}  // namespace s3m
