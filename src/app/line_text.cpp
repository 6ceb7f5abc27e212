#include "app/line_text.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::app {
namespace {

constexpr int most_failures_shown = 20;

}  // namespace

std::optional<std::string> step_line(const StepEvent& event) {
  const auto line = [&](std::string_view mark) {
    return fmt::format("[{}/{}] {}{}{}", event.step_number, event.step_count, event.step, mark,
                       event.message.empty() ? "" : ": " + single_line(event.message));
  };
  switch (event.state) {
    case StepState::started:
      return std::nullopt;
    case StepState::done:
      return line("");
    case StepState::skipped:
      return line(" skipped");
    case StepState::failed:
      return line(" FAILED");
  }
  return std::nullopt;
}

std::optional<std::string> note_line(const NoteEvent& event) {
  switch (event.level) {
    case NoteLevel::debug:
      return std::nullopt;
    case NoteLevel::info:
      return single_line(event.message);
    case NoteLevel::warning:
      return "warning: " + single_line(event.message);
    case NoteLevel::error:
      return "error: " + single_line(event.message);
  }
  return std::nullopt;
}

std::string failure_line(const FailureEvent& event) {
  auto line = fmt::format("failed: {} s3://{}/{}: {}", printable(event.operation),
                          printable(event.bucket), printable(event.key),
                          single_line(event.message.empty() ? event.code : event.message));
  std::string origin;
  const auto add = [&origin](std::string text) { origin += (origin.empty() ? "" : ", ") + text; };
  if (!event.service_code.empty()) add(printable(event.service_code));
  if (event.http_status != 0) add(fmt::format("HTTP {}", event.http_status));
  if (!event.request_id.empty()) add("request id " + printable(event.request_id));
  return origin.empty() ? line : line + " (" + origin + ")";
}

std::vector<std::string> denied_lines(const AccessEvent& event) {
  std::vector<std::string> lines;
  for (const auto& one : event.permissions) {
    if (one.state != "denied") continue;
    lines.push_back(fmt::format("denied: the {} identity may not {} on {}: {}", one.side,
                                printable(one.action), printable(one.resource),
                                single_line(one.how)));
  }
  if (lines.empty()) return lines;
  for (const auto& [side, policy] : {std::pair("source", &event.source_policy),
                                     std::pair("destination", &event.destination_policy)}) {
    if (!policy->empty())
      lines.push_back(fmt::format("to be sure, add to the policies of the {} identity: {}", side,
                                  single_line(*policy)));
  }
  return lines;
}

std::optional<std::string> FailureLines::add(const FailureEvent& event) {
  if (shown_ > most_failures_shown) return std::nullopt;
  if (shown_++ == most_failures_shown) {
    return "more failures follow; --report FILE lists them all";
  }
  return failure_line(event);
}

}  // namespace s3m::app
