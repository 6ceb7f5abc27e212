#include "workflow/percent_keeper.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::workflow {

Result<int> kept_percent(store::Store& store, const std::string& job_id) {
  auto kept = store.fact(job_id, percent_fact);
  if (!kept) return forward(kept);
  return static_cast<int>(parse_u64(kept->value_or("")).value_or(0));
}

PercentKeeper::PercentKeeper(EventSink& next, StoreThread& store, std::string job_id, int kept)
    : next_(next), store_(store), job_id_(std::move(job_id)), kept_(kept) {}

void PercentKeeper::emit(const Event& event) {
  if (const auto* progress = std::get_if<ProgressEvent>(&event)) keep(progress->percent);
  if (const auto* step = std::get_if<StepEvent>(&event)) keep(step->percent);
  next_.emit(event);
}

void PercentKeeper::keep(int percent) {
  if (percent <= kept_) return;
  auto set = store_.run_blocking([&](store::Store& store) {
    return store.set_fact(job_id_, percent_fact, std::to_string(percent));
  });
  if (!set) log::warning("the percentage is not in the store: {}", set.error().describe());
  kept_ = percent;
}

}  // namespace s3m::workflow
