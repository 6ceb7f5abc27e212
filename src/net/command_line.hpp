// command_line.hpp: a command as one string, taken apart without a shell.
//
// Layer  net; pure and thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace s3m::net {

// Splits as a POSIX shell would words, and as the AWS CLI does credential_process: white space
// separates; '...' is literal; in "..." a backslash escapes only itself and the quote; elsewhere it
// escapes any character. Nothing is expanded.
// Errors  config: an open quote, a backslash at the end, or no word at all.
Result<std::vector<std::string>> split_command_line(std::string_view text);

}  // namespace s3m::net
