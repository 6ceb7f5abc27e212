// serve_words.hpp: a job that was asked for in the console, as a command line, and back.
//
// Layer   app; pure, but for files that nobody but the operator names.
// Source  docs/adr/0020-jobs-in-the-console.md: what runs is what the command line would run.
#pragma once

#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "console/runner.hpp"

namespace s3m::app {

// The words that ask for the same, the program's name first. Each option is one word,
// "--name=value", so that no value can be taken for another option. Problems: 422 for an option
// that the console does not take (files of the server, output).
console::Answer<std::vector<std::string>> words_of(const console::JobRequest& request);

// Whether all roles, profiles and endpoints of a command may be named. Problems: 403.
console::Answer<void> may_use(const Arguments& arguments, const console::Allowed& allowed);

// The same, understood, and within what an operator may name.
// Problems: 422 with what the command line would say; 403.
console::Answer<Arguments> arguments_of(const console::JobRequest& request,
                                        const console::Allowed& allowed);

// Options that a migration may be given on its way, or when it is taken back, as words.
// Problems: 422 for all others.
console::Answer<std::vector<std::string>> more_words(
    const std::vector<console::JobRequest::Option>& options);
console::Answer<std::vector<std::string>> undo_words(
    const std::vector<console::JobRequest::Option>& options);

// A command line with more options, which take the place of those of the same name.
std::vector<std::string> with_more(std::vector<std::string> words,
                                   const std::vector<std::string>& more);

// The request that would give these words.
// Problems: 422 where they are no copy and no migration.
console::Answer<console::JobRequest> request_of(const std::vector<std::string>& words);

}  // namespace s3m::app
