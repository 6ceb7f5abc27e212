// process_identity.hpp: names a process so that a later one can tell whether it still lives.
//
// Layer  store. Linux. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace s3m::store {

// This process: its number and start, its number space, and the boot of its machine.
std::string this_process();

// True only if `process` (from this_process()) is surely no more: it ran in this boot and number
// space, and its number is free or has been given to a later process. False when in doubt: another
// machine, another container, an unreadable name.
bool surely_gone(std::string_view process);

// True only if `process` surely lives, on this machine and in this number space. For what lives
// elsewhere neither this nor surely_gone() is true.
bool surely_lives(std::string_view process);

// "process 4711 on this machine", "process 4711 of another machine or container": for a message.
std::string process_words(std::string_view process);

}  // namespace s3m::store
