// sql_session.hpp: one connection to a database: statements with bound values in, rows of text
// out, exceptions turned into Results. What differs between databases is in SqlDialect.
//
// Layer      store; SOCI stays behind the sources.
// Threading  one thread at a time.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace soci {
class session;
}

namespace s3m::store {

using SqlValue = std::variant<std::nullptr_t, long long, std::string>;
using SqlRow = std::vector<std::optional<std::string>>;  // nullopt: NULL

struct SqlDialect {
  std::vector<std::string> begin_write;  // begins a transaction that is going to write
  // What an exception of the driver means. Never sees values, only the driver's own words.
  Error (*classify)(const std::exception&);
  // True if the connection is gone, and another one may be had. Null: it cannot be lost.
  bool (*lost)(const std::exception&) = nullptr;
  std::string name;  // of the database, as it may stand in a message: no password in it
};

class SqlSession {
 public:
  SqlSession(std::unique_ptr<soci::session> connection, SqlDialect dialect);
  SqlSession(SqlSession&&) noexcept;
  SqlSession& operator=(SqlSession&&) noexcept;
  ~SqlSession();

  const std::string& name() const noexcept { return dialect_.name; }

  // Gives the number of rows changed. After a lost connection the next call outside a transaction
  // makes a new one; what failed is never repeated by itself. `values` stand for the :names of
  // `sql`, in their order.
  Result<std::int64_t> execute(const std::string& sql, const std::vector<SqlValue>& values = {});

  // Gives all rows of a SELECT of `columns` columns.
  Result<std::vector<SqlRow>> query(std::size_t columns, const std::string& sql,
                                    const std::vector<SqlValue>& values = {});

  // Runs `work` in one transaction: committed if it succeeds, rolled back if it fails. Not nested.
  Result<void> transaction(const std::function<Result<void>()>& work);

 private:
  Error understood(const std::exception& exception);
  void reconnect_if_lost();
  Result<void> begin();

  std::unique_ptr<soci::session> connection_;
  SqlDialect dialect_;
  bool lost_ = false, in_transaction_ = false;
};

}  // namespace s3m::store
