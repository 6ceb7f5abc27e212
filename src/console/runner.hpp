// runner.hpp: what runs jobs for the console; the composition root gives it.
//
// Layer      console.
// Threading  any thread; no call waits for a service.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/job_request.hpp"
#include "workflow/job_control.hpp"

namespace s3m::console {

// What an operator may name. Empty: nothing but what the server's own environment gives.
struct Allowed {
  std::vector<std::string> endpoints, profiles, roles;  // "*" as a role: any
};

class JobRunner {
 public:
  virtual ~JobRunner() = default;

  virtual Allowed allowed() const = 0;

  // Begins a job; gives its id. It is in the store a moment later, unless why_not() says otherwise.
  // Problems: 422 with the fields, 403 for what is not allowed, 429 where too many run.
  virtual Answer<std::string> begin(const JobRequest& request) = 0;
  // Takes a job up again under the command it was begun with.
  // Problems: as begin(); 409 where its state forbids it.
  virtual Answer<void> resume(const std::string& id, workflow::Again again) = 0;
  // As resume, and answers its question: `name` and `digest` must be those that are asked about.
  virtual Answer<void> confirm(const std::string& id, std::string name, std::string digest) = 0;
  virtual Answer<void> undo(const std::string& id) = 0;

  virtual bool runs(const std::string& id) const = 0;
  // Why a job of this process ended before it got into the store; nullopt: it did not.
  virtual std::optional<std::string> why_not(const std::string& id) const = 0;

  // The words of workflow::command_fact, and the request that would give them.
  virtual std::vector<std::string> words(std::string_view command_fact) const = 0;
  virtual Answer<JobRequest> request_of(std::string_view command_fact) const = 0;
};

}  // namespace s3m::console
