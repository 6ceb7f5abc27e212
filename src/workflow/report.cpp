#include "workflow/report.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "workflow/report_html.hpp"
#include "workflow/step_names.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

json::array steps_json(const std::vector<StepRecord>& steps) {
  json::array out;
  for (const auto& step : steps) {
    out.push_back(json::object{{"step", step.step},
                               {"state", name(step.state)},
                               {"started", iso8601(step.started)},
                               {"seconds", step.seconds},
                               {"message", printable(step.message)}});
  }
  return out;
}

json::object totals_json(const SummaryEvent& summary) {
  return {{"objects", summary.objects},
          {"bytes", summary.bytes},
          {"copied", summary.copied},
          {"copied_bytes", summary.copied_bytes},
          {"skipped", summary.skipped},
          {"deleted", summary.deleted},
          {"failed", summary.failed},
          {"not_carried", summary.not_carried},
          {"not_looked_at", summary.not_looked_at},
          {"requests", summary.requests},
          {"retried", summary.retried},
          {"throttled", summary.throttled},
          {"seconds", summary.elapsed_seconds},
          {"exposure_seconds", summary.exposure_seconds ? json::value(*summary.exposure_seconds)
                                                        : json::value(nullptr)}};
}

// What AWS does not let anybody carry is said where the versions are counted.
json::value versions_json(const SummaryEvent& summary) {
  if (!summary.all_versions) return nullptr;
  return json::object{{"keys", summary.version_keys},
                      {"objects", summary.objects},
                      {"delete_markers", summary.delete_markers},
                      {"copied_delete_markers", summary.copied_markers},
                      {"not_kept", json::array{"version ids", "LastModified"}}};
}

json::object verification_json(const SummaryEvent& summary) {
  return {{"same_strong", summary.same_strong},
          {"same_weak", summary.same_weak},
          {"mismatched", summary.mismatched},
          {"missing", summary.missing},
          {"extra", summary.extra},
          {"digest", summary.digest}};
}

json::array groups_json(const FailureLog& failures) {
  json::array out;
  for (const auto& group : failures.groups()) {
    out.push_back(json::object{{"count", group.count},
                               {"operation", group.example.operation},
                               {"code", group.example.code},
                               {"service_code", printable(group.example.service_code)},
                               {"http_status", group.example.http_status},
                               {"example_key", printable(group.example.key)},
                               {"example_message", printable(group.example.message)}});
  }
  return out;
}

json::value migration_json(const Report& report) {
  if (!report.migration) return nullptr;
  json::error_code unreadable;
  return json::parse(to_json(*report.migration), unreadable);
}

// A migration takes what its bucket has, which nobody knew when it was begun.
json::value spec_json(const Report& report) {
  json::error_code unreadable;
  auto spec = json::parse(report.spec, unreadable);
  if (unreadable) return nullptr;
  if (report.migration && spec.is_object())
    spec.get_object()["versions"] = report.migration->all_versions ? "all" : "latest";
  return spec;
}

// Everything but the list of failures, which is streamed behind it.
json::object head_json(const Report& report, const FailureLog& failures, const FailureLog* losses) {
  return {{"version", 1},
          {"program", report.program},
          {"job", report.job},
          {"started", iso8601(report.started)},
          {"ended", iso8601(report.ended)},
          {"outcome", report.summary.outcome},
          {"exit_code", report.summary.exit_code},
          {"message", printable(report.summary.message)},
          {"spec", spec_json(report)},
          {"steps", steps_json(report.steps)},
          {"totals", totals_json(report.summary)},
          {"earlier_runs",
           report.earlier.runs > 0 ? json::value(to_json(report.earlier)) : json::value(nullptr)},
          {"versions", versions_json(report.summary)},
          {"verification", verification_json(report.summary)},
          {"failure_groups", groups_json(failures)},
          {"not_carried_groups", losses == nullptr ? json::array() : groups_json(*losses)},
          {"migration", migration_json(report)}};
}

std::unexpected<Error> cannot_write(const std::string& file) {
  return fail(Errc::io, fmt::format("the report {} cannot be written: {}", printable(file),
                                    std::strerror(errno)));
}

// Writes through `fill` into a new file that then takes the place of `file`.
template <class Fill>
Result<void> replace_file(const std::string& file, Fill fill) {
  const auto draft = file + "." + random_hex(4) + ".tmp";
  std::ofstream out(draft, std::ios::binary);
  Result<void> filled = out ? fill(out) : Result<void>(cannot_write(file));
  out.close();
  if (filled && !out) filled = cannot_write(file);
  std::error_code failure;
  if (filled) std::filesystem::rename(draft, file, failure);
  if (filled && failure) {
    errno = failure.value();
    filled = cannot_write(file);
  }
  if (!filled) std::filesystem::remove(draft, failure);
  return filled;
}

Result<void> write_list(std::ostream& out, std::string_view name, FailureLog& log) {
  out << ",\"" << name << "\":[";
  bool first = true;
  auto listed = log.for_each_json([&](std::string_view entry) {
    out << (first ? "\n" : ",\n") << entry;
    first = false;
  });
  out << "\n]";
  return listed;
}

void write_finding(std::ostream& out, const FailureEvent& finding) {
  out << FailureLog::csv_line(finding) << "\r\n";
}

// What the copies of a migration lack, the first of each kind, and what became of the settings: in
// the columns of failures, so that one table holds all that somebody has to look at.
void write_migration(std::ostream& out, const MigrationStory& story) {
  for (const auto& group : story.losses.groups()) {
    for (const auto& lost : group.first) {
      FailureEvent loss{.operation = "carry", .bucket = lost.bucket, .key = lost.key};
      loss.version = lost.version;
      loss.code = group.attribute;
      loss.message = group.why;
      write_finding(out, loss);
    }
  }
  FailureEvent setting{.operation = "configuration", .bucket = story.destination.bucket};
  for (const auto& [name, where, from, to] : story.configuration.changed) {
    setting.key = name;
    setting.code = "rewritten";
    setting.message = fmt::format("{}: {} -> {}", where, from, to);
    write_finding(out, setting);
  }
  setting.key.clear();
  setting.code = "not-carried";
  for (const auto& sentence : story.configuration.not_carried) {
    setting.message = sentence;
    write_finding(out, setting);
  }
}

}  // namespace

ReportFiles report_files(const std::string& file) {
  if (file.empty()) return {};
  if (file.ends_with(".json")) return {.json = file, .csv = {}, .html = {}};
  if (file.ends_with(".csv")) return {.json = {}, .csv = file, .html = {}};
  if (file.ends_with(".html")) return {.json = {}, .csv = {}, .html = file};
  return {.json = file + ".json", .csv = file + ".csv", .html = file + ".html"};
}

Result<void> check_writable(const ReportFiles& files) {
  for (const auto& file : {files.json, files.csv, files.html}) {
    if (file.empty()) continue;
    if (std::filesystem::is_directory(file)) {
      errno = EISDIR;
      return cannot_write(file);
    }
    const auto trial = file + "." + random_hex(4) + ".tmp";
    if (!std::ofstream(trial)) return cannot_write(file);
    std::error_code ignored;
    std::filesystem::remove(trial, ignored);
  }
  return ok;
}

Result<void> write_report_json(std::ostream& out, const Report& report, FailureLog& failures,
                               FailureLog* losses) {
  auto head = json::serialize(head_json(report, failures, losses));
  head.pop_back();  // the closing brace: the lists come in front of it
  out << head;
  auto listed = write_list(out, "failures", failures);
  if (listed && losses != nullptr) listed = write_list(out, "not_carried", *losses);
  out << "}\n";
  return listed;
}

Result<void> write_report_csv(std::ostream& out, const Report& report, FailureLog& failures,
                              FailureLog* losses) {
  out << FailureLog::csv_columns << "\r\n";
  const auto write = [&](std::string_view line) { out << line << "\r\n"; };
  auto written = failures.for_each_csv(write);
  if (written && losses != nullptr) written = losses->for_each_csv(write);
  if (written && report.migration) write_migration(out, *report.migration);
  return written;
}

Result<void> write_report(const ReportFiles& files, const Report& report, FailureLog& failures,
                          FailureLog* losses) {
  if (!files.json.empty()) {
    auto written = replace_file(files.json, [&](std::ostream& out) {
      return write_report_json(out, report, failures, losses);
    });
    if (!written) return written;
  }
  if (!files.html.empty()) {
    auto written = replace_file(
        files.html, [&](std::ostream& out) { return write_html(out, report, failures, losses); });
    if (!written) return written;
  }
  if (files.csv.empty()) return ok;
  return replace_file(files.csv, [&](std::ostream& out) {
    return write_report_csv(out, report, failures, losses);
  });
}

}  // namespace s3m::workflow
