// schema.hpp: the tables of the store and how an older store becomes a newer one.
//
// Layer  store. The SQL is what SQLite and PostgreSQL have in common: BIGINT for numbers and for
//        times (milliseconds since 1970), TEXT for text, keys and other bytes as hexadecimal.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "store/sql_session.hpp"

namespace s3m::store {

// The version that this program reads and writes.
int schema_version() noexcept;

// Brings the database to schema_version(), in one transaction.
// Errors: config if a newer program wrote it; else those of SqlSession.
Result<void> migrate_schema(SqlSession& session, WallTime now);

}  // namespace s3m::store
