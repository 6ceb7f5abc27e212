#include "console/metrics.hpp"

#include <iterator>
#include <map>

#include <fmt/format.h>

#include "base/event_reader.hpp"
#include "base/text.hpp"
#include "console/job_queries.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::console {
namespace {

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP s3migrator_{0} {2}\n# TYPE s3migrator_{0} {1}\n",
                 name, type, help);
}

// A label's value as the format has it; printable() has doubled its backslashes.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out;
}

struct Figure {
  std::string_view name, type, help;
  double (*of)(const ProgressEvent&);
};

template <auto Member>
double member(const ProgressEvent& progress) {
  return static_cast<double>(progress.*Member);
}

constexpr auto figures = std::to_array<Figure>(
    {{"job_percent", "gauge", "How far the job is.", member<&ProgressEvent::percent>},
     {"job_objects_done", "gauge", "Objects that are settled.",
      member<&ProgressEvent::objects_done>},
     {"job_bytes_done", "gauge", "Bytes that are settled.", member<&ProgressEvent::bytes_done>},
     {"job_failed_objects", "gauge", "Objects that failed.", member<&ProgressEvent::failed>},
     {"job_requests", "gauge", "Requests sent.", member<&ProgressEvent::requests>},
     {"job_throttled", "gauge", "Requests that the service throttled.",
      member<&ProgressEvent::throttled>},
     {"job_retried", "gauge", "Requests that were sent again.", member<&ProgressEvent::retried>},
     {"job_in_flight", "gauge", "Requests in flight.", member<&ProgressEvent::in_flight>},
     {"job_bytes_per_second", "gauge", "Recent rate.", member<&ProgressEvent::bytes_per_second>},
     {"job_objects_per_second", "gauge", "Recent rate.",
      member<&ProgressEvent::objects_per_second>}});

using Running = std::map<std::string, ProgressEvent>;

std::string running_metrics(const Running& running) {
  std::string out;
  for (const auto& figure : figures) {
    head(out, figure.name, figure.type, figure.help);
    for (const auto& [id, progress] : running)
      fmt::format_to(std::back_inserter(out), "s3migrator_{}{{job=\"{}\"}} {}\n", figure.name,
                     label(id), figure.of(progress));
  }
  return out;
}

}  // namespace

std::string server_metrics(const ServerCounters& counters) {
  std::string out;
  head(out, "console_replies_total", "counter", "Answers by the class of their status.");
  for (std::size_t digit = 2; digit < counters.replies.size(); ++digit)
    fmt::format_to(std::back_inserter(out),
                   "s3migrator_console_replies_total{{class=\"{}xx\"}} {}\n", digit,
                   counters.replies.at(digit));
  head(out, "console_refused_tokens_total", "counter", "Tokens that were wrong.");
  fmt::format_to(std::back_inserter(out), "s3migrator_console_refused_tokens_total {}\n",
                 counters.refused_tokens);
  head(out, "console_sessions", "gauge", "Sessions that are open.");
  fmt::format_to(std::back_inserter(out), "s3migrator_console_sessions {}\n", counters.sessions);
  head(out, "console_streams", "gauge", "Pages that watch.");
  fmt::format_to(std::back_inserter(out), "s3migrator_console_streams {}\n", counters.streams);
  return out;
}

Result<std::string> jobs_metrics(store::Store& store) {
  auto views = workflow::view_jobs(store, most_jobs_looked_through);
  if (!views) return forward(views);
  std::map<std::string, std::size_t> states;
  Running running;
  for (const auto& view : *views) {
    ++states[std::string(view.state())];
    if (!view.at_work) continue;
    auto line = store.fact(view.job.id, workflow::progress_fact);
    if (!line) return forward(line);
    if (const auto progress = *line ? read_progress(**line) : std::nullopt)
      running.emplace(view.job.id, *progress);
  }
  std::string out;
  head(out, "jobs", "gauge", "Jobs in the store by state, of the newest ten thousand.");
  for (const auto& [state, count] : states)
    fmt::format_to(std::back_inserter(out), "s3migrator_jobs{{state=\"{}\"}} {}\n", state, count);
  return out + running_metrics(running);
}

}  // namespace s3m::console
