#include "workflow/steps.hpp"

#include <algorithm>

namespace s3m::workflow {

Steps::Steps(EventSink& events, std::vector<std::string> names)
    : events_(events), names_(std::move(names)) {}

void Steps::emit(StepState state, std::string message) {
  StepEvent event{.step = name(),
                  .step_number = number(),
                  .step_count = count(),
                  .percent = percent_.value(),
                  .state = state,
                  .message = std::move(message)};
  events_.emit(event);
}

double Steps::since_begin() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void Steps::begin(std::string_view name, int percent) {
  const auto found = std::ranges::find(names_, name);
  current_ = static_cast<std::size_t>(found - names_.begin());
  open_ = true;
  began_ = std::chrono::steady_clock::now();
  percent_.raise(percent);
  records_.push_back({.step = names_.at(current_), .started = system_clock().now()});
  emit(StepState::started, {});
}

void Steps::end(StepState state, int percent, std::string message) {
  open_ = false;
  percent_.raise(percent);
  auto& record = records_.back();
  record.state = state;
  record.message = message;
  record.seconds = since_begin();
  emit(state, std::move(message));
}

void Steps::skip(std::string_view name, std::string message) {
  const auto found = std::ranges::find(names_, name);
  current_ = static_cast<std::size_t>(found - names_.begin());
  records_.push_back({.step = names_.at(current_),
                      .state = StepState::skipped,
                      .started = system_clock().now(),
                      .message = message});
  emit(StepState::skipped, std::move(message));
}

void Steps::leave_open(std::string message) {
  if (!open_) return;
  open_ = false;
  records_.back().message = std::move(message);
  records_.back().seconds = since_begin();
}

void Steps::fail_open(std::string message) {
  if (open_) end(StepState::failed, percent_.value(), std::move(message));
}

}  // namespace s3m::workflow
