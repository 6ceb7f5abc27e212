#include "workflow/outside_notes.hpp"

#include <utility>

namespace s3m::workflow {

void OutsideNotes::say(std::string message) {
  if (events_ != nullptr) {
    events_->emit(NoteEvent{NoteLevel::info, std::move(message)});
  } else if (!ended_) {
    waiting_.push_back(std::move(message));
  }
}

void OutsideNotes::attach(EventSink& events) {
  events_ = &events;
  for (auto& message : std::exchange(waiting_, {}))
    say(std::move(message));
}

void OutsideNotes::detach() noexcept {
  events_ = nullptr;
  ended_ = true;
}

}  // namespace s3m::workflow
