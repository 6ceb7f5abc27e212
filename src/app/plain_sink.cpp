#include <fmt/format.h>

#include "app/figures_text.hpp"
#include "app/line_text.hpp"
#include "app/say.hpp"
#include "app/sinks.hpp"

namespace s3m::app {
namespace {

constexpr std::chrono::seconds progress_gap{10};

class LineSink : public EventSink {
 public:
  explicit LineSink(std::FILE* out) : out_(out) {}

 protected:
  void write(const std::optional<std::string>& line) {
    if (!line) return;
    const auto time = iso8601_seconds(system_clock().now());
    say(out_, "{} {}\n", time, *line);
    std::fflush(out_);
  }

  std::FILE* out_;
};

class PlainSink final : public LineSink {
 public:
  using LineSink::LineSink;

  void emit(const Event& event) override { std::visit(*this, event); }

  void operator()(const ProgressEvent& event) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_progress_ < progress_gap) return;
    last_progress_ = now;
    write(plain_line(event));
  }
  void operator()(const StepEvent& event) {
    last_progress_ = std::chrono::steady_clock::now();
    write(step_line(event));
  }
  void operator()(const FailureEvent& event) { write(failures_.add(event)); }
  void operator()(const NoteEvent& event) { write(note_line(event)); }
  void operator()(const SummaryEvent&) {}
  void operator()(const PlanEvent&) {}
  void operator()(const MigrationPlanEvent&) {}
  void operator()(const AccessEvent& event) {
    for (auto& line : denied_lines(event))
      write(std::move(line));
  }

 private:
  SteadyTime last_progress_{};
  FailureLines failures_;
};

class QuietSink final : public LineSink {
 public:
  using LineSink::LineSink;

  void emit(const Event& event) override {
    if (const auto* note = std::get_if<NoteEvent>(&event)) {
      if (note->level >= NoteLevel::warning) write(note_line(*note));
    } else if (const auto* failure = std::get_if<FailureEvent>(&event)) {
      write(failures_.add(*failure));
    }
  }

 private:
  FailureLines failures_;
};

}  // namespace

std::unique_ptr<EventSink> plain_sink(std::FILE* out) {
  return std::make_unique<PlainSink>(out);
}

std::unique_ptr<EventSink> quiet_sink(std::FILE* out) {
  return std::make_unique<QuietSink>(out);
}

}  // namespace s3m::app
