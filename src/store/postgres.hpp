// postgres.hpp: opens the shared database.
//
// Layer  store.
#pragma once

#include <chrono>
#include <string>

#include "base/error.hpp"
#include "store/sql_session.hpp"

namespace s3m::store {

// Connects to the database that a URL (postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?...],
// PostgreSQL manual, 34.1.1.2) names; what it leaves out comes from PGUSER, PGPASSFILE and their
// like. The tables stand in a schema of their own, `s3migrator`, made if it is missing.
//
// Transactions that write are serialised by one lock, which is waited for as long as
// `busy_timeout`, as SQLite does it. A connection that was lost is made anew for the next call.
//
// Errors  config    the URL is none, or the server knows no such user, password or database
//         io        no server answers, or it has a trouble of its own
//         conflict  (transient) others kept the lock for longer than `busy_timeout`
Result<SqlSession> open_postgres(const std::string& url, std::chrono::milliseconds busy_timeout);

}  // namespace s3m::store
