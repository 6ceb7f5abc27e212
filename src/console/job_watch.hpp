// job_watch.hpp: what has changed in the store since it was last looked at, whoever runs the jobs.
//
// Layer      console.
// Threading  on the store's thread.
// Memory     a line for each of the newest `most_watched` jobs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "console/job_document.hpp"

namespace s3m::console {

struct Change {
  std::string kind;  // the name of the stream's event
  std::string data;  // {"job_id": ..., "event": ...}
};

class JobWatch {
 public:
  // The first call finds no changes: it is what later ones are compared with.
  // Errors: those of the store; then nothing is lost for the next call.
  Result<std::vector<Change>> look(store::Store& store, const Executor& executor);

  static constexpr std::size_t most_watched = 500;
  // Of a job, at one look.
  static constexpr std::size_t most_events = 100, most_failures = 5;

 private:
  struct Seen {
    store::JobRecord record;
    bool settled = false;  // nobody runs it
    std::string document;  // without its figures
    std::string progress;
    store::EventPosition position;
    std::uint64_t failures = 0;
  };
  Result<void> look_at(store::Store& store, const Executor& executor, const store::JobRecord& job,
                       std::vector<Change>& changes);
  static Result<void> catch_up(store::Store& store, Seen& seen, std::vector<Change>* changes);

  std::map<std::string, Seen> seen_;
  bool began_ = false;
};

}  // namespace s3m::console
