// job_document.hpp: one job as the console tells it: schemas Job and JobDetail of openapi.json.
//
// Layer      console.
// Threading  on the store's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "console/job_limits.hpp"
#include "workflow/job_story.hpp"

namespace s3m::console {

// What only who runs jobs can tell.
struct Executor {
  // Whether jobs can be begun and taken up here at all.
  bool runs_jobs = false;
  // Whether this process runs that job now; called on the store's thread.
  std::function<bool(const std::string& id)> runs;
  // The limits that a job has which this process runs; called there, too.
  std::function<std::optional<JobLimits>(const std::string& id)> limits;
  // The words of a command line, out of workflow::command_fact.
  std::function<std::vector<std::string>(std::string_view fact)> words;
};

// Schema Job. Errors: those of the store.
Result<boost::json::object> job_document(store::Store& store, const workflow::JobView& view,
                                         const Executor& executor);

// Schema JobDetail. Errors: not_found; those of the store.
Result<boost::json::object> job_detail(store::Store& store, const std::string& id,
                                       const Executor& executor);

// What the job waits to be confirmed: the part `confirmation` of the same; null where it does not.
// Errors: not_found; those of the store.
Result<boost::json::value> confirmation_of(store::Store& store, const std::string& id,
                                           const Executor& executor);

}  // namespace s3m::console
