#include <cstdlib>
#include <unistd.h>

#include "app/sinks.hpp"

namespace s3m::app {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool can_redraw() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Faces::Faces(const OutputArguments& output, std::string title, std::string job, int attempt) {
  if (output.json) sinks_.push_back(json_sink(stdout, std::move(job), attempt));
  const auto progress =
      output.progress.value_or(output.json || output.quiet ? Progress::none : Progress::automatic);
  if (progress == Progress::none) {
    if (!output.json) sinks_.push_back(quiet_sink(stderr));
  } else if (progress == Progress::automatic && can_redraw()) {
    sinks_.push_back(terminal_sink(stderr, std::move(title), !is_set("NO_COLOR")));
  } else {
    sinks_.push_back(plain_sink(stderr));
  }
}

void Faces::emit(const Event& event) {
  for (const auto& sink : sinks_)
    sink->emit(event);
}

}  // namespace s3m::app
