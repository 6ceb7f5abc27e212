// runner.hpp: what runs jobs for the console; the composition root gives it.
//
// Layer      console.
// Threading  any thread; no call waits for a service. Those that begin a job or take one up wait
//            for the store: they are made on its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/job_limits.hpp"
#include "console/job_request.hpp"
#include "workflow/job_control.hpp"

namespace s3m::console {

// What an operator may name. Empty: nothing but what the server's own environment gives.
struct Allowed {
  std::vector<std::string> endpoints, profiles, roles;  // "*" as a role: any
};

// Who asks for something to be done with a job.
struct Person {
  std::string who;   // "operator at 127.0.0.1"
  std::string note;  // what they did, for the job's events
};

// What became of a job that is begun or taken up: nothing yet; it runs (or has ended by now); or it
// was refused before it began.
struct Beginning {
  bool decided = false;
  std::optional<Problem> refused;
};

class JobRunner {
 public:
  virtual ~JobRunner() = default;

  virtual Allowed allowed() const = 0;

  // Begins a job; gives its id. It is in the store once beginning() is decided.
  // Problems: 422 with the fields, 403 for what is not allowed, 429 where too many run, 409 where
  // another job moves the bucket.
  virtual Answer<std::string> begin(const JobRequest& request, const Person& person) = 0;
  // Takes a job up again under the command it was begun with, but for what that says of deleting
  // (--confirm-delete), which does not count here; and from now on with `more` options,
  // of which only those are taken that a migration may ask for on its way (422 otherwise).
  // Problems: 404; 403, 429 as begin(); 409 where its state forbids it.
  virtual Answer<void> resume(const std::string& id, workflow::Again again,
                              const std::vector<JobRequest::Option>& more,
                              const Person& person) = 0;
  // As resume by Again::retry, of these failures alone, by their numbers. Problems: likewise.
  virtual Answer<void> retry_some(const std::string& id, std::vector<std::uint64_t> failures,
                                  const Person& person) = 0;
  // As resume, and answers its question: only where `name` is the bucket's and the job then asks
  // the question `asked` (workflow::id_of), the source is deleted.
  virtual Answer<void> confirm(const std::string& id, std::string name, std::string asked,
                               const Person& person) = 0;
  virtual Answer<void> undo(const std::string& id, const std::vector<JobRequest::Option>& more,
                            const Person& person) = 0;
  // Other limits for a job that runs here, from now on, and said in its events; those of the others
  // follow where they share them. Problems: 409 where it does not run here.
  virtual Answer<void> limit(const std::string& id, const JobLimits& limits,
                             const std::string& note) = 0;
  // Of a job that runs here.
  virtual std::optional<JobLimits> limits(const std::string& id) const = 0;
  // Into the events of a job that runs here; nothing where none does.
  virtual void tell(const std::string& id, std::string note) = 0;

  virtual bool runs(const std::string& id) const = 0;
  virtual Beginning beginning(const std::string& id) const = 0;

  // While it is held a job is not begun here. False: it runs here.
  virtual bool hold(const std::string& id) = 0;
  virtual void let_go(const std::string& id) = 0;

  // The request that would give the words of a workflow::command_fact.
  // Problems: 422 where that cannot be said.
  virtual Answer<JobRequest> request_of(std::string_view command_fact) const = 0;
};

}  // namespace s3m::console
