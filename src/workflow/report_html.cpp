#include "workflow/report_html.hpp"

#include <ostream>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/step_names.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{0}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #16191f; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #d5dbdb; overflow-wrap: anywhere; }}
tbody th {{ width: 14rem; font-weight: 500; color: #545b64; }}
.good {{ color: #1d8102; }} .bad {{ color: #b0084d; }}
.outcome {{ font-size: 1.1rem; }}
code {{ font: 13px/1.5 ui-monospace, monospace; }}
@media print {{ body {{ margin: 0; max-width: none; }} tr {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>{0}</h1>
)";

class Page {
 public:
  explicit Page(std::ostream& out) : out_(out) {}

  void begin(std::string_view title) {
    out_ << fmt::format("<h2>{}</h2>\n<table>\n<tbody>\n", html_text(title));
  }
  void begin(std::string_view title, std::initializer_list<std::string_view> columns) {
    out_ << fmt::format("<h2>{}</h2>\n<table>\n<thead><tr>", html_text(title));
    for (const auto column : columns)
      out_ << fmt::format("<th scope=\"col\">{}</th>", html_text(column));
    out_ << "</tr></thead>\n<tbody>\n";
  }
  void end() { out_ << "</tbody>\n</table>\n"; }

  void row(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_ << fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html_text(name),
                        html_text(value));
  }
  void cells(std::initializer_list<std::string> values) {
    out_ << "<tr>";
    for (const auto& value : values)
      out_ << fmt::format("<td>{}</td>", html_text(value));
    out_ << "</tr>\n";
  }
  void paragraph(std::string_view style, std::string_view text) {
    out_ << fmt::format("<p class=\"{}\">{}</p>\n", style, html_text(text));
  }

 private:
  std::ostream& out_;
};

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
  write_side(page, report, "source");
  write_side(page, report, "destination");
  page.end();
}

void write_totals(Page& page, const SummaryEvent& summary) {
  page.begin("Objects");
  page.row("in the source", objects_and_bytes(summary.objects, summary.bytes));
  page.row("copied", objects_and_bytes(summary.copied, summary.copied_bytes));
  page.row("the same already", human_count(summary.skipped));
  if (summary.all_versions) {
    page.row("keys", human_count(summary.version_keys));
    page.row("delete markers", fmt::format("{}, {} made", human_count(summary.delete_markers),
                                           human_count(summary.copied_markers)));
  }
  page.row("deleted", human_count(summary.deleted));
  page.row("failed", human_count(summary.failed));
  page.row("attributes not carried", human_count(summary.not_carried));
  page.row("requests", fmt::format("{}, {} retried, {} throttled", human_count(summary.requests),
                                   human_count(summary.retried), human_count(summary.throttled)));
  page.end();
}

void write_verification(Page& page, const SummaryEvent& summary) {
  page.begin("Verification");
  page.row("proven", fmt::format("{} by ETag or checksum, {} by size and time only",
                                 human_count(summary.same_strong), human_count(summary.same_weak)));
  page.row("differ", human_count(summary.mismatched));
  page.row("missing", human_count(summary.missing));
  page.row("only in the destination", human_count(summary.extra));
  page.row("digest of all pairs", summary.digest);
  page.end();
}

void write_steps(Page& page, const std::vector<StepRecord>& steps) {
  page.begin("Steps", {"step", "state", "begun", "seconds", "what was found or done"});
  for (const auto& step : steps) {
    page.cells({step.step, std::string(name(step.state)), iso8601_seconds(step.started),
                fmt::format("{:.1f}", step.seconds), step.message});
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
  out << fmt::format(head, html_text("S3 migrator: job " + report.job));
  Page page(out);
  page.paragraph(
      summary.exit_code == 0 ? "outcome good" : "outcome bad",
      fmt::format("{} (exit code {}): {}", summary.outcome, summary.exit_code, summary.message));
  write_job(page, report);
  write_totals(page, summary);
  write_verification(page, summary);
  write_steps(page, report.steps);
  auto listed = write_list(page, "Failures", failures);
  if (listed && losses != nullptr) listed = write_list(page, "Not carried", *losses);
  out << "</body>\n</html>\n";
  return listed;
}

}  // namespace s3m::workflow
