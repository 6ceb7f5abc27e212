// options.hpp: every option of every command as data: name, help, and how its value is understood.
//
// Layer  app; pure. What registers them with the command line's parser is cli.cpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.hpp"

namespace s3m::app {

struct OptionSpec {
  std::string name;         // "--grant"
  std::string placeholder;  // "MODE"; empty: a flag
  std::string group;        // heading in the help text
  std::string help;
  // Errors: usage, a sentence without the option's name.
  std::function<Result<void>(Arguments& arguments, const std::string& value)> set;
  bool repeatable = false;
};

struct CommandSpec {
  Verb verb;
  std::string name;
  std::string summary;                   // a line in the list of commands
  std::string description;               // the head of its help text
  std::vector<std::string> positionals;  // placeholders
  std::string examples;                  // the foot of its help text
  std::string group{};                   // the command it belongs to: "jobs"; empty: none

  // As it is typed: "copy", "jobs list".
  std::string full_name() const { return group.empty() ? name : group + " " + name; }
};

// A command whose own commands are in commands().
struct CommandGroup {
  std::string name, summary;
};

const std::vector<CommandSpec>& commands();
const std::vector<CommandGroup>& command_groups();
std::vector<OptionSpec> options_of(Verb verb);
// Whether the option makes a migration what it is, whoever goes on with it.
bool belongs_to_the_job(std::string_view option);

}  // namespace s3m::app
