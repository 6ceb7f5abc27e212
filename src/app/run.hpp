// run.hpp: a command from its arguments to its exit code.
//
// Layer      app.
#pragma once

#include "app/arguments.hpp"
#include "aws/config.hpp"
#include "base/event.hpp"

namespace s3m::app {

// Exit code of a command line or configuration that cannot be used.
inline constexpr int exit_usage = 2;

int exit_code_of(const Error& error);

// How a command ended, and what it leaves on standard output for a person.
struct Outcome {
  SummaryEvent summary;
  std::string text;
};

// How a command ended that failed before it did anything, or was interrupted.
Outcome failed_outcome(const Error& error, bool interrupted);

class Engine;
// What the events of a command begin with: what it is, and which job.
NoteEvent opening_note(const Engine& engine, const Arguments& arguments);

// Runs copy, plan, verify or cleanup to its end, SIGINT and SIGTERM included. Prints nothing but
// what `events` prints; the summary is its last event. A copy is a job of that id, which is in the
// store already where `arguments.again` is set.
Outcome execute(const Arguments& arguments, const aws::Environment& environment, EventSink& events,
                std::string job_id);

// The same on an engine that the caller has made, and without an eye on signals: whoever has
// several of them stops them by their `cancel()`.
Outcome execute_in(Engine& engine, const Arguments& arguments);

// Prints what `execute` left, where the user wants it.
void show(const Outcome& outcome, const OutputArguments& output);

// "Copy  s3://a -> s3://b", safe to show.
std::string title_of(const Arguments& arguments);

// Any command, with all it prints. Never throws for what a user or a service does.
int run(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
