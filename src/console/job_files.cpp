// job_files.cpp: the failures of a job, and its report.
#include <functional>
#include <sstream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "console/failure_hints.hpp"
#include "console/job_queries.hpp"
#include "console/report_csv.hpp"
#include "workflow/report_html.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

constexpr std::size_t page = 5000;

json::object failure_json(const store::FailureRecord& failure) {
  auto out = fields_of(workflow::event_of(failure));
  out["number"] = failure.number;
  out["time"] = iso8601(failure.time);
  return out;
}

// Each failure in its order, until `visit` gives false. Errors: not_found; those of the store.
Result<void> for_each_failure(store::Store& store, const std::string& id,
                              const std::function<bool(const store::FailureRecord&)>& visit) {
  auto view = workflow::view_job(store, id);
  if (!view) return forward(view);
  for (std::size_t offset = 0;; offset += page) {
    auto failures = workflow::failures_that_count(store, id, page, offset);
    if (!failures) return forward(failures);
    for (const auto& failure : *failures)
      if (!visit(failure)) return ok;
    if (failures->size() < page) return ok;
  }
}

// `lower_part`: of what is looked for.
bool matches(const store::FailureRecord& failure, const std::string& code,
             const std::string& lower_part) {
  if (!code.empty() && failure.code != code) return false;
  if (lower_part.empty()) return true;
  const auto holds = [&](const std::string& text) { return lower(text).contains(lower_part); };
  return holds(failure.key) || holds(failure.message) || holds(failure.code) ||
         holds(failure.service_code) || holds(failure.operation) || holds(failure.request_id);
}

// Report and failures of a job, for `write`, as one text.
template <class Write>
Answer<std::string> written(store::Store& store, const std::string& id, const std::string& program,
                            Write write) {
  auto story = workflow::read_story(store, id);
  if (!story) return refuse(story.error());
  auto report = workflow::report_of(*story, program);
  if (!report) return refuse(report.error());
  auto failures = workflow::read_failures(store, id);
  if (!failures) return refuse(failures.error());
  std::ostringstream out;
  auto done = write(out, *report, *failures);
  if (!done) return refuse(done.error());
  return std::move(out).str();
}

Answer<std::string> csv_of(store::Store& store, const std::string& id) {
  auto view = workflow::view_job(store, id);
  if (!view) return refuse(view.error());
  auto failures = workflow::read_failures(store, id);
  if (!failures) return refuse(failures.error());
  std::string out = std::string(workflow::FailureLog::csv_columns) + "\r\n";
  auto listed =
      failures->for_each_csv([&](std::string_view line) { out.append(line).append("\r\n"); });
  if (!listed) return refuse(listed.error());
  return out;
}

Answer<std::string> json_of(store::Store& store, const std::string& id) {
  std::string out = "[";
  auto listed = for_each_failure(store, id, [&](const store::FailureRecord& failure) {
    out += out.size() == 1 ? "\n" : ",\n";
    out += safe_json(json::serialize(failure_json(failure)));
    return true;
  });
  if (!listed) return refuse(listed.error());
  return out + "\n]\n";
}

// Without a filter nobody has to look through all of them.
Reply list_all(store::Store& store, const std::string& id, const FailureFilter& filter,
               FailureCounts& counts) {
  auto known = counts.of(store, id);
  if (!known) return refuse(known.error());
  auto failures = workflow::failures_that_count(store, id, filter.limit, filter.offset);
  if (!failures) return refuse(failures.error());
  json::array out;
  for (const auto& failure : *failures)
    out.push_back(failure_json(failure));
  return json_reply(200, json::object{{"failures", std::move(out)}, {"total", known->total}});
}

Reply as_file(Answer<std::string> text, std::string_view type, const std::string& name) {
  if (!text) return refuse(std::move(text.error()));
  return file_reply(type, name, *std::move(text));
}

}  // namespace

Reply list_failures(store::Store& store, const std::string& id, const FailureFilter& filter,
                    FailureCounts& counts) {
  if (filter.part.empty() && filter.code.empty()) return list_all(store, id, filter, counts);
  json::array out;
  std::size_t total = 0;
  const auto lower_part = lower(filter.part);
  auto listed = for_each_failure(store, id, [&](const store::FailureRecord& failure) {
    if (!matches(failure, filter.code, lower_part)) return true;
    if (total >= filter.offset && out.size() < filter.limit) out.push_back(failure_json(failure));
    ++total;
    return true;
  });
  if (!listed) return refuse(listed.error());
  return json_reply(200, json::object{{"failures", std::move(out)}, {"total", total}});
}

Reply group_failures(store::Store& store, const std::string& id, FailureCounts& counts) {
  auto known = counts.of(store, id);
  if (!known) return refuse(known.error());
  json::array out;
  for (const auto& group : known->groups) {
    out.push_back(json::object{{"code", printable(group.example.code)},
                               {"service_code", printable(group.example.service_code)},
                               {"operation", printable(group.example.operation)},
                               {"count", group.count},
                               {"hint", hint_for(group.example.code)},
                               {"example_key", printable(group.example.key)},
                               {"example_message", single_line(group.example.message)}});
  }
  return json_reply(200, json::object{{"groups", std::move(out)}});
}

Reply failures_file(store::Store& store, const std::string& id, std::string_view type) {
  const auto name = fmt::format("s3migrator-{}-failures.{}", id, type);
  if (type == "csv") return as_file(csv_of(store, id), "text/csv; charset=utf-8", name);
  return as_file(json_of(store, id), "application/json", name);
}

Reply report_file(store::Store& store, const std::string& id, std::string_view type,
                  const std::string& program) {
  const auto name = fmt::format("s3migrator-{}-report.{}", id, type);
  if (type == "html") {
    return as_file(written(store, id, program,
                           [](std::ostream& out, const auto& report, auto& failures) {
                             return workflow::write_html(out, report, failures, nullptr);
                           }),
                   "text/html; charset=utf-8", name);
  }
  if (type == "json") {
    return as_file(written(store, id, program,
                           [](std::ostream& out, const auto& report, auto& failures) {
                             return workflow::write_report_json(out, report, failures, nullptr);
                           }),
                   "application/json", name);
  }
  auto story = workflow::read_story(store, id);
  if (!story) return refuse(story.error());
  auto ended = workflow::report_of(*story, program);
  if (!ended) return refuse(ended.error());
  return file_reply("text/csv; charset=utf-8", name, report_csv(*ended));
}

}  // namespace s3m::console
