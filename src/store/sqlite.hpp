// sqlite.hpp: opens the embedded database.
//
// Layer  store.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/error.hpp"
#include "store/sql_session.hpp"

namespace s3m::store {

// Who may use the file at the same time.
enum class Sharing : std::uint8_t {
  processes,  // of this machine, by a write-ahead log and the memory they share
  alone,  // one process, by a rollback journal and a lock that is kept: on a network file system
};

// What the file system of `path` allows.
Sharing sharing_at(const std::filesystem::path& path);

// Opens the database file, creating it (0600) and its directories (0700) when they are missing,
// durable to the last commit (fsync at every commit). A file that others could read is closed to
// them.
//
// Errors  config    `path` is a database of another program, or no database
//         io        the directory or the file cannot be used
//         conflict  (transient) other processes kept it locked for longer than `busy_timeout`
Result<SqlSession> open_sqlite(const std::filesystem::path& path,
                               std::chrono::milliseconds busy_timeout, Sharing sharing);

}  // namespace s3m::store
