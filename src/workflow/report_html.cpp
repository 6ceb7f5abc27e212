#include "workflow/report_html.hpp"

#include <ostream>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/report_page.hpp"
#include "workflow/step_names.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

std::string objects_and_bytes(std::uint64_t objects, std::uint64_t bytes) {
  return fmt::format("{} objects, {}", human_count(objects), human_bytes(bytes));
}

void write_side(Page& page, const Report& report, std::string_view side) {
  page.row(side, spec_field(report.spec, side, "location"));
  for (const auto* const field : {"endpoint", "region", "role_arn"})
    page.row(fmt::format("{} {}", side, field == std::string_view("role_arn") ? "role" : field),
             spec_field(report.spec, side, field));
}

void write_job(Page& page, const Report& report) {
  page.begin("Job");
  page.row("job", report.job);
  page.row("program", report.program);
  page.row("begun", iso8601_seconds(report.started));
  page.row("ended", iso8601_seconds(report.ended));
  if (report.earlier.runs > 0) {
    const auto all = report.earlier.seconds + report.summary.elapsed_seconds;
    page.row("runs",
             fmt::format("{}, {} in all; {} copied before the last, whose figures follow",
                         report.earlier.runs + 1,
                         human_duration(std::chrono::seconds(static_cast<std::int64_t>(all))),
                         human_count(report.earlier.copied)));
  }
  write_side(page, report, "source");
  write_side(page, report, "destination");
  page.end();
}

// Of a migration the figures of what was proven are the job's, the others those of its last run.
void write_totals(Page& page, const Report& report) {
  const auto& summary = report.summary;
  page.begin(report.migration ? "The last run" : "Objects");
  if (!report.migration) {
    page.row("in the source", objects_and_bytes(summary.objects, summary.bytes));
  }
  page.row(report.migration ? "copied, both ways" : "copied",
           objects_and_bytes(summary.copied, summary.copied_bytes));
  if (!report.migration) page.row("the same already", human_count(summary.skipped));
  if (summary.all_versions && !report.migration) {
    page.row("keys", human_count(summary.version_keys));
    page.row("delete markers", fmt::format("{}, {} made", human_count(summary.delete_markers),
                                           human_count(summary.copied_markers)));
  }
  page.row("deleted", human_count(summary.deleted));
  page.row("failed", human_count(summary.failed));
  if (!report.migration) page.row("attributes not carried", human_count(summary.not_carried));
  page.row("requests", fmt::format("{}, {} retried, {} throttled", human_count(summary.requests),
                                   human_count(summary.retried), human_count(summary.throttled)));
  page.end();
}

void write_verification(Page& page, const Report& report) {
  const auto& summary = report.summary;
  const bool moved = report.migration && summary.exit_code == 0;
  page.begin(moved ? "Verification of the new bucket" : "Verification");
  page.row("proven", fmt::format("{} by ETag or checksum, {} by size and time only",
                                 human_count(summary.same_strong), human_count(summary.same_weak)));
  page.row("differ", human_count(summary.mismatched));
  page.row("missing", human_count(summary.missing));
  page.row("only in the destination", human_count(summary.extra));
  page.row("digest of all pairs", summary.digest);
  page.end();
}

void write_steps(Page& page, const std::vector<StepRecord>& steps) {
  page.begin("Steps", {"step", "state", "begun", "took", "what was found or done"});
  for (const auto& step : steps) {
    const bool open = step.state == StepState::started;
    page.cells({step.step, open ? "not ended" : std::string(name(step.state)),
                iso8601_seconds(step.started), open ? "" : step_duration(step.seconds),
                step.message});
  }
  page.end();
}

std::string field(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get_string().c_str();
  return value->is_int64() && value->get_int64() != 0 ? std::to_string(value->get_int64()) : "";
}

void write_failure(Page& page, std::string_view line) {
  json::error_code unreadable;
  const auto parsed = json::parse(line, unreadable);
  const auto* const failure = parsed.if_object();
  if (failure == nullptr) return;
  page.cells({field(*failure, "operation"), field(*failure, "key"), field(*failure, "version"),
              field(*failure, "message"),
              fmt::format("{} {}", field(*failure, "service_code"), field(*failure, "http_status")),
              field(*failure, "request_id")});
}

Result<void> write_list(Page& page, std::string_view title, FailureLog& log) {
  if (log.count() == 0) return ok;
  page.begin(fmt::format("{}: {}", title, human_count(log.count())),
             {"operation", "key", "version", "what happened", "code", "request id"});
  std::uint64_t shown = 0;
  auto listed = log.for_each_json([&](std::string_view line) {
    if (shown++ < most_failures_on_page) write_failure(page, line);
  });
  page.end();
  if (log.count() > most_failures_on_page) {
    page.paragraph("", fmt::format("The first {} are shown; the JSON and the CSV list them all.",
                                   human_count(most_failures_on_page)));
  }
  return listed;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : single_line(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Result<void> write_html(std::ostream& out, const Report& report, FailureLog& failures,
                        FailureLog* losses) {
  const auto& summary = report.summary;
  Page page(out,
            fmt::format("S3 migrator: {} {}", report.migration ? "migration" : "job", report.job));
  page.paragraph(
      summary.exit_code == 0 ? "outcome good" : "outcome bad",
      fmt::format("{} (exit code {}): {}", summary.outcome, summary.exit_code, summary.message));
  if (report.migration) write_migration(page, *report.migration, summary.exit_code == 0);
  write_job(page, report);
  write_totals(page, report);
  write_verification(page, report);
  write_steps(page, report.steps);
  auto listed = write_list(page, "Failures", failures);
  if (listed && losses != nullptr) listed = write_list(page, "Not carried", *losses);
  page.close();
  return listed;
}

}  // namespace s3m::workflow
