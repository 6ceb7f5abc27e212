#include "base/event_reader.hpp"

#include <concepts>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace s3m {
namespace {

namespace json = boost::json;

// What does not fit its field is as if it were missing.
void take(const json::value& value, std::string& field) {
  if (value.is_string()) field = value.get_string().c_str();
}

void take(const json::value& value, bool& field) {
  if (value.is_bool()) field = value.get_bool();
}

void take(const json::value& value, double& field) {
  json::error_code unfit;
  const auto number = value.to_number<double>(unfit);
  if (!unfit) field = number;
}

template <std::integral Number>
void take(const json::value& value, Number& field) {
  json::error_code unfit;
  const auto number = value.to_number<Number>(unfit);
  if (!unfit) field = number;
}

void take(const json::value& value, std::optional<double>& field) {
  double number = 0;
  if (!value.is_number()) return;
  take(value, number);
  field = number;
}

class Fields {
 public:
  explicit Fields(json::object object) : object_(std::move(object)) {}

  template <class Field>
  void operator()(std::string_view name, Field& field) const {
    if (const auto* const value = object_.if_contains(name)) take(*value, field);
  }

 private:
  json::object object_;
};

// Of an event of any type.
std::optional<Fields> fields_of(std::string_view line) {
  if (!line.starts_with('{')) return std::nullopt;
  json::error_code unreadable;
  auto parsed = json::parse(line, unreadable);
  auto* const object = parsed.if_object();
  if (unreadable || object == nullptr) return std::nullopt;
  Fields fields(std::move(*object));
  int version = 0;
  fields("v", version);
  if (version != event_schema_version) return std::nullopt;
  return fields;
}

std::optional<Fields> fields_of(std::string_view line, std::string_view type) {
  auto fields = fields_of(line);
  if (!fields) return std::nullopt;
  std::string found;
  (*fields)("type", found);
  if (found != type) return std::nullopt;
  return fields;
}

// As to_json_line() writes it.
std::optional<StepState> state_of(std::string_view word) {
  if (word == "started") return StepState::started;
  if (word == "done") return StepState::done;
  if (word == "skipped") return StepState::skipped;
  if (word == "failed") return StepState::failed;
  return std::nullopt;
}

}  // namespace

std::optional<StampedType> read_stamp(std::string_view line) {
  const auto fields = fields_of(line);
  if (!fields) return std::nullopt;
  StampedType read{.stamp = {.attempt = 0}};
  std::string time;
  (*fields)("type", read.type);
  (*fields)("job", read.stamp.job);
  (*fields)("attempt", read.stamp.attempt);
  (*fields)("seq", read.stamp.seq);
  (*fields)("time", time);
  const auto parsed = parse_iso8601(time);
  const bool whole = !read.type.empty() && !read.stamp.job.empty() && read.stamp.attempt > 0 &&
                     read.stamp.seq > 0 && parsed;
  if (!whole) return std::nullopt;
  read.stamp.time = *parsed;
  return read;
}

std::optional<StepEvent> read_step(std::string_view line) {
  const auto fields = fields_of(line, "step");
  if (!fields) return std::nullopt;
  StepEvent event;
  std::string state;
  (*fields)("step", event.step);
  (*fields)("step_number", event.step_number);
  (*fields)("step_count", event.step_count);
  (*fields)("percent", event.percent);
  (*fields)("state", state);
  (*fields)("message", event.message);
  event.state = state_of(state).value_or(StepState::started);
  return event;
}

std::optional<ProgressEvent> read_progress(std::string_view line) {
  const auto fields = fields_of(line, "progress");
  if (!fields) return std::nullopt;
  ProgressEvent event;
  (*fields)("step", event.step);
  (*fields)("step_number", event.step_number);
  (*fields)("step_count", event.step_count);
  (*fields)("percent", event.percent);
  (*fields)("objects_done", event.objects_done);
  (*fields)("bytes_done", event.bytes_done);
  (*fields)("objects_total", event.objects_total);
  (*fields)("bytes_total", event.bytes_total);
  (*fields)("totals_final", event.totals_final);
  (*fields)("totals_estimated", event.totals_estimated);
  (*fields)("copied", event.copied);
  (*fields)("skipped", event.skipped);
  (*fields)("failed", event.failed);
  (*fields)("retried", event.retried);
  (*fields)("throttled", event.throttled);
  (*fields)("requests", event.requests);
  (*fields)("in_flight", event.in_flight);
  (*fields)("budget", event.budget);
  (*fields)("rate_limit", event.rate_limit);
  (*fields)("elapsed_seconds", event.elapsed_seconds);
  (*fields)("objects_per_second", event.objects_per_second);
  (*fields)("bytes_per_second", event.bytes_per_second);
  (*fields)("bytes_per_second_average", event.bytes_per_second_average);
  (*fields)("eta_low_seconds", event.eta_low_seconds);
  (*fields)("eta_high_seconds", event.eta_high_seconds);
  (*fields)("activity", event.activity);
  (*fields)("waited_seconds", event.waited_seconds);
  (*fields)("wait_left_seconds", event.wait_left_seconds);
  (*fields)("attempts", event.attempts);
  return event;
}

std::optional<SummaryEvent> read_summary(std::string_view line) {
  const auto fields = fields_of(line, "summary");
  if (!fields) return std::nullopt;
  SummaryEvent event;
  (*fields)("outcome", event.outcome);
  (*fields)("exit_code", event.exit_code);
  (*fields)("objects", event.objects);
  (*fields)("bytes", event.bytes);
  (*fields)("copied", event.copied);
  (*fields)("copied_bytes", event.copied_bytes);
  (*fields)("skipped", event.skipped);
  (*fields)("deleted", event.deleted);
  (*fields)("failed", event.failed);
  (*fields)("same_strong", event.same_strong);
  (*fields)("same_weak", event.same_weak);
  (*fields)("mismatched", event.mismatched);
  (*fields)("missing", event.missing);
  (*fields)("extra", event.extra);
  (*fields)("all_versions", event.all_versions);
  (*fields)("version_keys", event.version_keys);
  (*fields)("delete_markers", event.delete_markers);
  (*fields)("copied_markers", event.copied_markers);
  (*fields)("requests", event.requests);
  (*fields)("retried", event.retried);
  (*fields)("throttled", event.throttled);
  (*fields)("elapsed_seconds", event.elapsed_seconds);
  (*fields)("not_carried", event.not_carried);
  (*fields)("not_looked_at", event.not_looked_at);
  (*fields)("digest", event.digest);
  (*fields)("message", event.message);
  (*fields)("bucket", event.bucket);
  (*fields)("temporary_bucket", event.temporary_bucket);
  (*fields)("awaits_confirmation", event.awaits_confirmation);
  (*fields)("exposure_seconds", event.exposure_seconds);
  (*fields)("exposure_spans_runs", event.exposure_spans_runs);
  (*fields)("settings_changed", event.settings_changed);
  (*fields)("settings_not_carried", event.settings_not_carried);
  (*fields)("go_on", event.go_on);
  (*fields)("take_back", event.take_back);
  return event;
}

}  // namespace s3m
