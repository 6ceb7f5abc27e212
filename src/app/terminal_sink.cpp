#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/figures_text.hpp"
#include "app/line_text.hpp"
#include "app/sinks.hpp"
#include "app/text_width.hpp"

namespace s3m::app {
namespace {

constexpr std::chrono::milliseconds redraw_gap{200};
constexpr std::size_t fallback_width = 80;

// The four lines stand at the bottom; whatever is written as a line goes above them.
class TerminalSink final : public EventSink {
 public:
  TerminalSink(std::FILE* out, std::string title, bool colour)
      : out_(out), title_(std::move(title)), colour_(colour) {}

  void emit(const Event& event) override { std::visit(*this, event); }

  void operator()(const ProgressEvent& event) {
    const auto now = std::chrono::steady_clock::now();
    last_ = event;
    if (drawn_ && now - last_draw_ < redraw_gap) return;
    last_draw_ = now;
    print(erasure() + picture());
    drawn_ = true;
  }

  void operator()(const StepEvent& event) {
    const auto line = step_line(event);
    if (!line) return;
    const bool failed = event.state == StepState::failed;
    // The step's last figures have been told by its line: the display begins anew.
    print(erasure() + painted(failed ? "31" : "32", fitted(*line)) + "\n");
    drawn_ = false;
  }

  void operator()(const FailureEvent& event) { above(failures_.add(event), "31"); }
  void operator()(const NoteEvent& event) {
    above(note_line(event), event.level >= NoteLevel::warning ? "33" : "");
  }
  void operator()(const SummaryEvent&) { clear(); }
  void operator()(const PlanEvent&) { clear(); }
  void operator()(const MigrationPlanEvent&) { clear(); }
  void operator()(const AccessEvent& event) {
    for (const auto& line : denied_lines(event))
      above(line, "33");
  }

 private:
  std::string painted(const char* code, const std::string& text) const {
    if (!colour_ || *code == '\0') return text;
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }

  std::string fitted(const std::string& line) const {
    constexpr std::size_t indent = 4;
    return wrapped(line, width_of(out_) - 1, indent);
  }

  std::string erasure() const { return drawn_ ? "\x1b[4A\r\x1b[J" : ""; }

  std::string picture() const {
    // One column less than there are: a full line would wrap on some terminals.
    const auto lines = display_lines(title_, last_, width_of(out_) - 1);
    return painted("1", lines.title) + "\n" + painted("36", lines.bar) + "\n" + lines.rates + "\n" +
           painted(last_.failed > 0 ? "31" : "", lines.counts) + "\n";
  }

  void above(const std::optional<std::string>& line, const char* code) {
    if (!line) return;
    print(erasure() + painted(code, fitted(*line)) + "\n" + (drawn_ ? picture() : ""));
  }

  void clear() {
    print(erasure());
    drawn_ = false;
  }

  void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }

  std::FILE* out_;
  std::string title_;
  bool colour_;
  ProgressEvent last_;
  bool drawn_ = false;
  SteadyTime last_draw_{};
  FailureLines failures_;
};

}  // namespace

std::size_t width_of(std::FILE* terminal) {
  winsize size{};
  if (::ioctl(::fileno(terminal), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return fallback_width;
  }
  return size.ws_col;
}

std::unique_ptr<EventSink> terminal_sink(std::FILE* out, std::string title, bool colour) {
  return std::make_unique<TerminalSink>(out, std::move(title), colour);
}

}  // namespace s3m::app
