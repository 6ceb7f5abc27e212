// job_command.hpp: what runs a job again: the words of its command line, and where they were said.
//
// Layer    app; values.
// Secrets  a command line has no place for credentials. A word with a password in a URL is never
//          kept; then the job has no command. An external id is no secret (IAM user guide, "The
//          confused deputy problem") and is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::app {

struct JobCommand {
  std::string directory;           // names of files in the words are relative to it
  std::vector<std::string> words;  // the program's name first
  friend bool operator==(const JobCommand&, const JobCommand&) = default;
};

// Empty if a word holds a password.
std::string encode(const JobCommand& command);
// nullopt if it is not what encode() gave.
std::optional<JobCommand> decode_command(std::string_view text);

}  // namespace s3m::app
