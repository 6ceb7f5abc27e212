// file_system.hpp: whether a file lies on this machine.
//
// Layer  store. Linux. Thread-safe.
#pragma once

#include <filesystem>

namespace s3m::store {

// True for the kinds of file system (statfs(2), f_type) whose files other machines may use at the
// same time, or whose shared memory and locks are not to be relied upon.
bool is_network_kind(long kind) noexcept;

// Of the nearest directory of `path` that is there. False when it cannot be told.
bool on_network(const std::filesystem::path& path);

}  // namespace s3m::store
