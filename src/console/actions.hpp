// actions.hpp: what people did with a job through the console, kept with the job.
//
// Layer      console.
// Threading  on the store's thread.
#pragma once

#include <string>

#include <boost/json/array.hpp>

#include "store/store.hpp"

namespace s3m::console {

struct Action {
  std::string what;  // "pause"
  std::string role, peer;
  std::string detail{};  // of what was asked for: limits, a digest
  std::string name{};    // of a person; empty: who has the token
};

// Beyond this many the oldest are forgotten.
inline constexpr std::size_t most_actions = 200;

// "operator at 127.0.0.1", "ann@example.org (operator) at 10.0.1.17"; and the line for the job's
// events, "In the console: resume, by operator at 127.0.0.1".
std::string who(const Action& action);
std::string note_of(const Action& action);

// Errors: those of the store.
Result<void> record_action(store::Store& store, const std::string& job_id, const Action& action);

// Whether the job was begun in a console. Errors: those of the store.
Result<bool> begun_here(store::Store& store, const std::string& job_id);

// Each with its time, the oldest first: {time, action, role, peer, detail}, and a name
// where a person is known by one.
Result<boost::json::array> actions_of(store::Store& store, const std::string& job_id);

}  // namespace s3m::console
