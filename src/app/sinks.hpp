// sinks.hpp: where a job's events go: standard output as NDJSON, standard error as lines or as a
// live display.
//
// Layer      app.
// Threading  one loop.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "base/event.hpp"

namespace s3m::app {

// NDJSON, one object a line: every event, progress at most once a second and when it ends. Those
// that are left out are counted, so that the numbers are those of the job's record.
std::unique_ptr<EventSink> json_sink(std::FILE* out, std::string job, int attempt);

// A full line every ten seconds and at each step change; notes and failures as they come.
std::unique_ptr<EventSink> plain_sink(std::FILE* out);

// Four fixed lines, redrawn at most five times a second, notes and failures above them. `out` is a
// terminal. Colours unless NO_COLOR is set.
std::unique_ptr<EventSink> terminal_sink(std::FILE* out, std::string title, bool colour);

// Only what went wrong: warnings, errors, and the message of a summary that is not 0.
std::unique_ptr<EventSink> quiet_sink(std::FILE* out);

// How many columns a terminal has; 80 where it does not say.
std::size_t width_of(std::FILE* terminal);

// The ones that `output` asks for. `title` is safe to show.
class Faces final : public EventSink {
 public:
  Faces(const OutputArguments& output, std::string title, std::string job, int attempt);
  void emit(const Event& event) override;

 private:
  std::vector<std::unique_ptr<EventSink>> sinks_;
};

}  // namespace s3m::app
