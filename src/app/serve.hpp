// serve.hpp: the command `s3migrator serve`.
//
// Layer      app.
#pragma once

#include <functional>
#include <string>

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// A console that has begun to listen.
struct Listening {
  std::string url;    // "http://127.0.0.1:8080/"
  std::string token;  // a new one; empty: who started the server has it already
  // Ends the server as a signal does. Any thread; not after ServeSetting::ended() has returned.
  std::function<void()> stop;
};

// What another command that opens the console does otherwise.
struct ServeSetting {
  bool simulator = false;  // everything goes to a simulated cloud
  // Called before the first request is answered. Empty: url and token are printed.
  std::function<void(const Listening&)> announce;
  // Called when it has stopped, before run_serve() returns. May be empty.
  std::function<void()> ended;
};

// One line of JSON on standard output.
void print_listening(const Listening& listening);

// Runs the console until SIGINT, SIGTERM or Listening::stop(). Gives the exit code: 0, 1 where it
// cannot listen or the store cannot be opened, 2 as for any command.
int run_serve(const Arguments& arguments, const aws::Environment& environment,
              const ServeSetting& setting = {});

}  // namespace s3m::app
