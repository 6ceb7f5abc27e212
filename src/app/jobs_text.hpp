// jobs_text.hpp: jobs in words, for a person, and as JSON lines, for a script.
//
// Layer  app; pure, and safe to show.
#pragma once

#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "workflow/job_story.hpp"

namespace s3m::app {

// A line for each job below a line of headings.
std::string jobs_table(const std::vector<workflow::JobView>& jobs);

// All of one job, with what can be done next. `arguments` name the store.
std::string story_text(const workflow::JobStory& story, const Arguments& arguments);

// "failed: CopyObject s3://b/k: ..."
std::string stored_failure_line(const store::FailureRecord& failure);

// One line of JSON each, without the newline. Times are ISO 8601; what is not known is null.
std::string job_line(const workflow::JobView& view);
std::string story_line(const workflow::JobStory& story);
std::string failure_json(const std::string& job_id, const store::FailureRecord& failure);

}  // namespace s3m::app
