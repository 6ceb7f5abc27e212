// process.hpp: running a program and reading what it prints (credential_process).
//
// Layer      net.
#pragma once

#include <chrono>
#include <string>

#include "net/task.hpp"

namespace s3m::net {

struct ProcessOutput {
  int exit_code = 0;  // 128 + signal when killed
  std::string standard_output;
  std::string standard_error;
};

// Runs `command_line` (split as the AWS CLI splits credential_process: quotes and backslashes,
// no shell) with no standard input. Output is kept up to 1 MiB a stream. Ends when the program has
// ended and its output is closed, by its own children as well.
//
// Errors  config when the line cannot be split; io when the program cannot be started; timeout
//         when it runs longer than `limit` (it is then killed); too_large when it prints more.
Task<Result<ProcessOutput>> run_process(std::string command_line, std::chrono::milliseconds limit);

}  // namespace s3m::net
