#include "workflow/step_names.hpp"

namespace s3m::workflow {

std::string_view name(StepState state) noexcept {
  switch (state) {
    case StepState::started:
      return "started";
    case StepState::done:
      return "done";
    case StepState::skipped:
      return "skipped";
    case StepState::failed:
      return "failed";
  }
  return "";
}

}  // namespace s3m::workflow
