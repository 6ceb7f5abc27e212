#include <utility>

#include "app/sinks.hpp"

namespace s3m::app {
namespace {

constexpr std::chrono::seconds progress_gap{1};

class JsonSink final : public EventSink {
 public:
  JsonSink(std::FILE* out, std::string job, int attempt) : out_(out) {
    stamp_.job = std::move(job);
    stamp_.attempt = attempt;
  }

  void emit(const Event& event) override {
    stamp_.seq++;
    stamp_.time = system_clock().now();
    if (std::holds_alternative<ProgressEvent>(event)) {
      const auto now = std::chrono::steady_clock::now();
      if (now - last_progress_ < progress_gap) {
        held_ = to_json_line(stamp_, event);
        return;
      }
      last_progress_ = now;
      held_.clear();
    } else if (!held_.empty()) {
      write(std::exchange(held_, {}));  // the last figures before the step ends
    }
    write(to_json_line(stamp_, event));
  }

 private:
  void write(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), out_);
    std::fputc('\n', out_);
    std::fflush(out_);
  }

  std::FILE* out_;
  EventStamp stamp_;
  std::string held_;  // a line of figures that came too soon
  SteadyTime last_progress_{};
};

}  // namespace

std::unique_ptr<EventSink> json_sink(std::FILE* out, std::string job, int attempt) {
  return std::make_unique<JsonSink>(out, std::move(job), attempt);
}

}  // namespace s3m::app
