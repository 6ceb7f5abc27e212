#include "base/event.hpp"

#include <array>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace s3m {
namespace {

namespace json = boost::json;

// `text` as UTF-8, each foreign byte replaced by U+FFFD: JSON has no other strings.
std::string readable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    if (scalar) {
      out += text.substr(0, scalar->length);
    } else {
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(scalar ? scalar->length : 1);
  }
  return out;
}

// JSON has no infinity and no NaN either.
json::value number(double value) {
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

// Writes a key so that nothing of it is lost: bytes that are not UTF-8 stand in NAME_base64 too.
void add_key(json::object& out, std::string_view name, std::string_view key) {
  out[name] = readable(key);
  if (!valid_utf8(key)) out[std::string(name) + "_base64"] = base64(key);
}

std::string_view name(StepState state) {
  constexpr std::array names =
      std::to_array<std::string_view>({"started", "done", "skipped", "failed"});
  return names.at(static_cast<std::size_t>(state));
}

std::string_view name(NoteLevel level) {
  constexpr std::array names =
      std::to_array<std::string_view>({"debug", "info", "warning", "error"});
  return names.at(static_cast<std::size_t>(level));
}

std::string_view type_of(const Event& event) {
  constexpr std::array names = std::to_array<std::string_view>(
      {"progress", "step", "failure", "note", "summary", "plan", "migration-plan", "access"});
  static_assert(names.size() == std::variant_size_v<Event>);
  return names.at(event.index());
}

void add_fields(json::object& out, const ProgressEvent& event) {
  out["step"] = readable(event.step);
  out["step_number"] = event.step_number;
  out["step_count"] = event.step_count;
  out["percent"] = event.percent;
  out["objects_done"] = event.objects_done;
  out["bytes_done"] = event.bytes_done;
  out["objects_total"] = event.objects_total;
  out["bytes_total"] = event.bytes_total;
  out["totals_final"] = event.totals_final;
  out["totals_estimated"] = event.totals_estimated;
  out["copied"] = event.copied;
  out["skipped"] = event.skipped;
  out["failed"] = event.failed;
  out["retried"] = event.retried;
  out["throttled"] = event.throttled;
  out["requests"] = event.requests;
  out["in_flight"] = event.in_flight;
  out["budget"] = event.budget;
  out["rate_limit"] = event.rate_limit;
  out["elapsed_seconds"] = number(event.elapsed_seconds);
  out["objects_per_second"] = number(event.objects_per_second);
  out["bytes_per_second"] = number(event.bytes_per_second);
  out["bytes_per_second_average"] = number(event.bytes_per_second_average);
  if (event.eta_low_seconds) out["eta_low_seconds"] = number(*event.eta_low_seconds);
  if (event.eta_high_seconds) out["eta_high_seconds"] = number(*event.eta_high_seconds);
  if (!event.activity.empty()) out["activity"] = readable(event.activity);
  if (event.waited_seconds) out["waited_seconds"] = number(*event.waited_seconds);
  if (event.wait_left_seconds) out["wait_left_seconds"] = number(*event.wait_left_seconds);
  if (event.attempts > 0) out["attempts"] = event.attempts;
}

void add_fields(json::object& out, const StepEvent& event) {
  out["step"] = readable(event.step);
  out["step_number"] = event.step_number;
  out["step_count"] = event.step_count;
  out["percent"] = event.percent;
  out["state"] = name(event.state);
  out["message"] = readable(event.message);
}

void add_fields(json::object& out, const FailureEvent& event) {
  out["operation"] = readable(event.operation);
  out["bucket"] = readable(event.bucket);
  add_key(out, "key", event.key);
  out["version"] = readable(event.version);
  out["code"] = readable(event.code);
  out["service_code"] = readable(event.service_code);
  out["http_status"] = event.http_status;
  out["request_id"] = readable(event.request_id);
  out["message"] = readable(event.message);
}

void add_fields(json::object& out, const NoteEvent& event) {
  out["level"] = name(event.level);
  out["message"] = readable(event.message);
}

void add_migration(json::object& out, const SummaryEvent& event) {
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"bucket", &event.bucket},
      {"temporary_bucket", &event.temporary_bucket},
      {"go_on", &event.go_on},
      {"take_back", &event.take_back}};
  for (const auto& [name, text] : texts)
    if (!text->empty()) out[name] = readable(*text);
  if (event.bucket.empty()) return;
  out["awaits_confirmation"] = event.awaits_confirmation;
  out["settings_changed"] = event.settings_changed;
  out["settings_not_carried"] = event.settings_not_carried;
  if (!event.exposure_seconds) return;
  out["exposure_seconds"] = number(*event.exposure_seconds);
  out["exposure_spans_runs"] = event.exposure_spans_runs;
}

void add_fields(json::object& out, const SummaryEvent& event) {
  out["outcome"] = readable(event.outcome);
  out["exit_code"] = event.exit_code;
  out["objects"] = event.objects;
  out["bytes"] = event.bytes;
  out["copied"] = event.copied;
  out["copied_bytes"] = event.copied_bytes;
  out["skipped"] = event.skipped;
  out["deleted"] = event.deleted;
  out["failed"] = event.failed;
  out["same_strong"] = event.same_strong;
  out["same_weak"] = event.same_weak;
  out["mismatched"] = event.mismatched;
  out["missing"] = event.missing;
  out["extra"] = event.extra;
  out["all_versions"] = event.all_versions;
  out["version_keys"] = event.version_keys;
  out["delete_markers"] = event.delete_markers;
  out["copied_markers"] = event.copied_markers;
  out["requests"] = event.requests;
  out["retried"] = event.retried;
  out["throttled"] = event.throttled;
  out["elapsed_seconds"] = number(event.elapsed_seconds);
  out["not_carried"] = event.not_carried;
  out["not_looked_at"] = event.not_looked_at;
  out["digest"] = readable(event.digest);
  out["message"] = readable(event.message);
  add_migration(out, event);
}

json::array ranges(const std::vector<MigrationPlanEvent::Range>& all) {
  json::array out;
  for (const auto& [what, low, high] : all) {
    out.push_back(
        json::object{{"what", readable(what)}, {"low", number(low)}, {"high", number(high)}});
  }
  return out;
}

// What it would take, by what is known.
template <class Plan>
void add_estimate(json::object& out, const Plan& event) {
  out["prices"] = ranges(event.prices);
  out["low_dollars"] = number(event.low_dollars);
  out["high_dollars"] = number(event.high_dollars);
  out["prices_as_of"] = readable(event.prices_as_of);
  out["times"] = ranges(event.times);
  out["low_seconds"] = number(event.low_seconds);
  out["high_seconds"] = number(event.high_seconds);
  json::array warnings;
  for (const auto& warning : event.warnings)
    warnings.emplace_back(readable(warning));
  out["warnings"] = std::move(warnings);
}

void add_fields(json::object& out, const PlanEvent& event) {
  out["objects"] = event.objects;
  out["bytes"] = event.bytes;
  out["same"] = event.same;
  out["same_weak"] = event.same_weak;
  out["to_copy"] = event.to_copy;
  out["to_copy_bytes"] = event.to_copy_bytes;
  out["multipart"] = event.multipart;
  out["requests"] = event.requests;
  out["looks"] = event.looks;
  out["destination_objects"] = event.destination_objects;
  out["destination_only"] = event.destination_only;
  out["deletes"] = event.deletes;
  out["archived"] = event.archived;
  add_key(out, "first_key", event.first_key);
  add_key(out, "last_key", event.last_key);
  out["all_versions"] = event.all_versions;
  out["version_keys"] = event.version_keys;
  out["delete_markers"] = event.delete_markers;
  out["markers_to_copy"] = event.markers_to_copy;
  out["other_histories"] = event.other_histories;
  out["destination_exists"] = event.destination_exists;
  out["destination_region"] = readable(event.destination_region);
  add_estimate(out, event);
}

json::array refusals(const MigrationPlanEvent& event) {
  json::array out;
  for (const auto& refusal : event.refusals) {
    out.push_back(json::object{{"code", readable(refusal.code)},
                               {"reason", readable(refusal.reason)},
                               {"way_out", readable(refusal.way_out)}});
  }
  return out;
}

json::array permissions(const std::vector<MigrationPlanEvent::Permission>& all) {
  json::array out;
  for (const auto& permission : all) {
    out.push_back(json::object{{"side", readable(permission.side)},
                               {"action", readable(permission.action)},
                               {"resource", readable(permission.resource)},
                               {"state", readable(permission.state)},
                               {"how", readable(permission.how)}});
  }
  return out;
}

void add_fields(json::object& out, const MigrationPlanEvent& event) {
  out["bucket"] = readable(event.bucket);
  out["source_region"] = readable(event.source_region);
  out["destination_region"] = readable(event.destination_region);
  out["objects"] = event.objects;
  out["bytes"] = event.bytes;
  out["all_versions"] = event.all_versions;
  out["version_keys"] = event.version_keys;
  out["delete_markers"] = event.delete_markers;
  out["multipart"] = event.multipart;
  out["requests"] = event.requests;
  add_key(out, "first_key", event.first_key);
  add_key(out, "last_key", event.last_key);
  add_estimate(out, event);
  out["refusals"] = refusals(event);
  out["permissions"] = permissions(event.permissions);
  out["source_policy"] = readable(event.source_policy);
  out["destination_policy"] = readable(event.destination_policy);
  out["advice"] = readable(event.advice);
}

void add_fields(json::object& out, const AccessEvent& event) {
  out["permissions"] = permissions(event.permissions);
  out["source_policy"] = readable(event.source_policy);
  out["destination_policy"] = readable(event.destination_policy);
}

}  // namespace

std::string to_json_line(const EventStamp& stamp, const Event& event) {
  json::object out;
  out["v"] = event_schema_version;
  out["type"] = type_of(event);
  out["job"] = readable(stamp.job);
  out["attempt"] = stamp.attempt;
  out["seq"] = stamp.seq;
  out["time"] = iso8601(stamp.time);
  std::visit([&out](const auto& fields) { add_fields(out, fields); }, event);
  return safe_json(json::serialize(out));
}

}  // namespace s3m
