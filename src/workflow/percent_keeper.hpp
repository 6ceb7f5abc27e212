// percent_keeper.hpp: a job's percentage that never falls, also over the runs of a killed job.
//
// Layer      workflow.
// Threading  one loop.
//
// A percentage is in the store before anybody is told of it: at most a hundred small writes in the
// life of a job.
#pragma once

#include <string>

#include "base/event.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::workflow {

inline const std::string percent_fact = "percent";

// What earlier runs of a job told; 0 where nothing is kept. On the store's thread.
Result<int> kept_percent(store::Store& store, const std::string& job_id);

class PercentKeeper final : public EventSink {
 public:
  // `next` and `store` outlive it. `kept`: kept_percent() of the job.
  PercentKeeper(EventSink& next, StoreThread& store, std::string job_id, int kept);

  // Passes every event on. What cannot be stored is told all the same.
  void emit(const Event& event) override;

 private:
  void keep(int percent);

  EventSink& next_;
  StoreThread& store_;
  std::string job_id_;
  int kept_;
};

}  // namespace s3m::workflow
