// cli.hpp: the command line, read and explained.
//
// Layer   app. CLI11 stays behind cli.cpp and its option files.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/arguments.hpp"

namespace s3m::app {

// What to print instead of running: help on standard output with code 0, or one sentence and a
// hint on standard error with code 2.
struct Notice {
  std::string text;
  int exit_code = 0;
};

// `words` is argv, the program's name first.
std::variant<Arguments, Notice> parse_command_line(const std::vector<std::string>& words);

// What no option can see alone: options that contradict each other, limits, what a value needs.
// Errors: usage, one sentence.
Result<void> check_arguments(const Arguments& arguments, const std::vector<std::string>& given);

// The name among `known` that a mistyped one was probably meant to be; empty when none is near.
std::string nearest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace s3m::app
