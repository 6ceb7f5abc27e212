// line_text.hpp: steps, notes and failures as lines, shared by the plain and the live display.
//
// Layer  app; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"

namespace s3m::app {

// "[4/7] copy: 2,004 copied"; nullopt for a step's beginning.
std::optional<std::string> step_line(const StepEvent& event);
std::optional<std::string> note_line(const NoteEvent& event);
// "failed: CopyObject s3://b/k: Access Denied (AccessDenied, HTTP 403, request id ...)"
std::string failure_line(const FailureEvent& event);
// A line for each right that was denied, and then what to add; none where none was.
std::vector<std::string> denied_lines(const AccessEvent& event);

// Shows the first failures and then says once that the rest is in the report.
class FailureLines {
 public:
  std::optional<std::string> add(const FailureEvent& event);

 private:
  int shown_ = 0;
};

}  // namespace s3m::app
