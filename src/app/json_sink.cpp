#include "app/sinks.hpp"

namespace s3m::app {
namespace {

constexpr std::chrono::seconds progress_gap{1};

class JsonSink final : public EventSink {
 public:
  JsonSink(std::FILE* out, std::string job) : out_(out) { stamp_.job = std::move(job); }

  void emit(const Event& event) override {
    if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
      const auto now = std::chrono::steady_clock::now();
      if (now - last_progress_ < progress_gap) {
        held_ = *progress;
        return;
      }
      last_progress_ = now;
      held_.reset();
    } else if (held_) {
      write(*std::exchange(held_, std::nullopt));  // the last figures before the step ends
    }
    write(event);
  }

 private:
  void write(const Event& event) {
    stamp_.seq++;
    stamp_.time = system_clock().now();
    const auto line = to_json_line(stamp_, event) + "\n";
    std::fwrite(line.data(), 1, line.size(), out_);
    std::fflush(out_);
  }

  std::FILE* out_;
  EventStamp stamp_;
  std::optional<ProgressEvent> held_;
  SteadyTime last_progress_{};
};

}  // namespace

std::unique_ptr<EventSink> json_sink(std::FILE* out, std::string job) {
  return std::make_unique<JsonSink>(out, std::move(job));
}

}  // namespace s3m::app
