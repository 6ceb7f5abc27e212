#include "workflow/report_page.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/report_html.hpp"

namespace s3m::workflow {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{0}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #16191f; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: .5rem; }} h2 {{ font-size: 1.1rem; margin: 2rem 0 .3rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #d5dbdb; overflow-wrap: anywhere; }}
thead th {{ overflow-wrap: normal; white-space: nowrap; color: #545b64; font-size: .85rem; }}
tbody th {{ width: 14rem; font-weight: 500; color: #545b64; overflow-wrap: normal; }}
td:first-child, td.short {{ white-space: nowrap; }}
ul {{ margin: .3rem 0; padding-left: 1.2rem; }} li {{ overflow-wrap: anywhere; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f5f5; padding: .6rem; }}
summary {{ cursor: pointer; }}
.outcome {{ font-size: 1.1rem; padding: .6rem .9rem; border-left: 4px solid; }}
.good {{ color: #1d8102; background: #f2f8f0; }} .bad {{ color: #b0084d; background: #fdf3f6; }}
.note {{ color: #545b64; }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 12px; }}
  tr {{ break-inside: avoid; }} h2 {{ break-after: avoid; }} }}
@media (max-width: 40rem) {{ td:first-child, td.short {{ white-space: normal; }}
  tbody th {{ width: 8rem; }} }}
</style>
</head>
<body>
<h1>{0}</h1>
)";

// Times, states and numbers stay on one line.
bool is_short(std::string_view text) {
  return text.size() <= 20;
}

}  // namespace

Page::Page(std::ostream& out, std::string_view title) : out_(out) {
  out_ << fmt::format(head, html_text(title));
}

void Page::close() {
  out_ << "</body>\n</html>\n";
}

void Page::heading(std::string_view title) {
  out_ << fmt::format("<h2>{}</h2>\n", html_text(title));
}

void Page::begin(std::string_view title) {
  heading(title);
  out_ << "<table>\n<tbody>\n";
}

void Page::begin(std::string_view title, std::initializer_list<std::string_view> columns) {
  heading(title);
  out_ << "<table>\n<thead><tr>";
  for (const auto column : columns)
    out_ << fmt::format("<th scope=\"col\">{}</th>", html_text(column));
  out_ << "</tr></thead>\n<tbody>\n";
}

void Page::end() {
  out_ << "</tbody>\n</table>\n";
}

void Page::row(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out_ << fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html_text(name),
                      html_text(value));
}

void Page::cells(std::initializer_list<std::string> values) {
  out_ << "<tr>";
  for (const auto& value : values) {
    out_ << fmt::format("<td{}>{}</td>", is_short(value) ? " class=\"short\"" : "",
                        html_text(value));
  }
  out_ << "</tr>\n";
}

void Page::paragraph(std::string_view style, std::string_view text) {
  out_ << fmt::format("<p class=\"{}\">{}</p>\n", style, html_text(text));
}

void Page::folded(std::string_view title, std::string_view text) {
  if (text.empty()) return;
  out_ << fmt::format("<details><summary>{}</summary>\n<pre>", html_text(title));
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out_ << html_text(text.substr(at, end - at)) << "\n";
    at = end + 1;
  }
  out_ << "</pre></details>\n";
}

void Page::begin_list() {
  out_ << "<ul>\n";
}

void Page::item_of_list(std::string_view text) {
  out_ << fmt::format("<li>{}</li>\n", html_text(text));
}

void Page::end_list() {
  out_ << "</ul>\n";
}

std::string step_duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.1f} s", seconds);
  return human_duration(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace s3m::workflow
