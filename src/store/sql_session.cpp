#include "store/sql_session.hpp"

#include <fmt/format.h>
#include <soci/soci.h>

namespace s3m::store {
namespace {

// The values of a statement in the shape that SOCI binds by address.
class Bound {
 public:
  explicit Bound(const std::vector<SqlValue>& values) : values_(values) {}

  void exchange(soci::statement& statement) {
    for (const auto& value : values_) {
      if (const auto* number = std::get_if<long long>(&value)) {
        statement.exchange(soci::use(*number));
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        statement.exchange(soci::use(*text));
      } else {
        statement.exchange(soci::use(nothing_, null_));
      }
    }
  }

 private:
  const std::vector<SqlValue>& values_;
  const std::string nothing_;
  soci::indicator null_ = soci::i_null;
};

class Columns {
 public:
  explicit Columns(std::size_t count) : texts_(count), indicators_(count) {}

  void exchange(soci::statement& statement) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      statement.exchange(soci::into(texts_[i], indicators_[i]));
    }
  }

  SqlRow row() const {
    SqlRow out(texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (indicators_[i] != soci::i_null) out[i] = texts_[i];
    }
    return out;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<soci::indicator> indicators_;
};

}  // namespace

SqlSession::SqlSession(std::unique_ptr<soci::session> connection, SqlDialect dialect)
    : connection_(std::move(connection)), dialect_(std::move(dialect)) {}
SqlSession::SqlSession(SqlSession&&) noexcept = default;
SqlSession& SqlSession::operator=(SqlSession&&) noexcept = default;
SqlSession::~SqlSession() = default;

void SqlSession::reconnect_if_lost() {
  if (!lost_ || in_transaction_) return;
  connection_->reconnect();
  lost_ = false;
}

Error SqlSession::understood(const std::exception& exception) {
  if (dialect_.lost != nullptr && dialect_.lost(exception)) lost_ = true;
  auto error = dialect_.classify(exception);
  error.context("store " + dialect_.name);
  return error;
}

Result<std::int64_t> SqlSession::execute(const std::string& sql,
                                         const std::vector<SqlValue>& values) try {
  reconnect_if_lost();
  Bound bound(values);
  soci::statement statement(*connection_);
  bound.exchange(statement);
  statement.alloc();
  statement.prepare(sql);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
} catch (const std::exception& exception) {
  return fail(understood(exception));
}

Result<std::vector<SqlRow>> SqlSession::query(std::size_t columns, const std::string& sql,
                                              const std::vector<SqlValue>& values) try {
  reconnect_if_lost();
  Bound bound(values);
  Columns cells(columns);
  soci::statement statement(*connection_);
  bound.exchange(statement);
  cells.exchange(statement);
  statement.alloc();
  statement.prepare(sql);
  statement.define_and_bind();
  std::vector<SqlRow> rows;
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    rows.push_back(cells.row());
  }
  return rows;
} catch (const std::exception& exception) {
  return fail(understood(exception));
}

Result<void> SqlSession::transaction(const std::function<Result<void>()>& work) {
  auto done = begin();
  if (done) done = work();
  if (done) {
    auto committed = execute("COMMIT");
    if (!committed) done = forward(committed);
  }
  // What failed first is worth telling; a rollback that fails too means the connection is gone,
  // and with it the transaction.
  if (!done) static_cast<void>(execute("ROLLBACK"));
  in_transaction_ = false;
  return done;
}

Result<void> SqlSession::begin() {
  for (const auto& statement : dialect_.begin_write) {
    if (auto begun = execute(statement); !begun) return forward(begun);
    in_transaction_ = true;
  }
  return ok;
}

}  // namespace s3m::store
