#include "store/sql_session.hpp"

#include <limits>
#include <signal.h>

#include <gtest/gtest.h>

#include "store/sqlite.hpp"
#include "store/store_test_support.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;

class Session : public testing::Test {
 protected:
  Session() : session_(open()) { must(session_.execute("CREATE TABLE t (n BIGINT, s TEXT)")); }
  SqlSession open() {
    return must(open_sqlite(directory_.path() / "test.db", 10s, Sharing::processes));
  }
  std::string count() { return must(session_.query(1, "SELECT count(*) FROM t"))[0][0].value(); }

  TemporaryDirectory directory_;
  SqlSession session_;
};

TEST_F(Session, values_come_back_as_text) {
  constexpr auto most = std::numeric_limits<long long>::max();
  constexpr auto least = std::numeric_limits<long long>::min();
  const std::string odd = "it's \"odd\" :n ? % \\ \xF0\x9F\x98\x80";
  EXPECT_EQ(must(session_.execute("INSERT INTO t VALUES (:n, :s)", {most, odd})), 1);
  must(session_.execute("INSERT INTO t VALUES (:n, :s)", {least, ""}));
  must(session_.execute("INSERT INTO t VALUES (:n, :s)", {nullptr, nullptr}));
  const std::vector<SqlRow> expected = {
      {std::to_string(most), odd}, {std::to_string(least), ""}, {std::nullopt, std::nullopt}};
  EXPECT_EQ(must(session_.query(2, "SELECT n, s FROM t ORDER BY rowid")), expected);
}

TEST_F(Session, tells_how_many_rows_changed) {
  for (long long n = 0; n < 3; ++n)
    must(session_.execute("INSERT INTO t (n) VALUES (:n)", {n}));
  EXPECT_EQ(must(session_.execute("UPDATE t SET n = n + 1 WHERE n > :n", {0LL})), 2);
  EXPECT_EQ(must(session_.execute("UPDATE t SET n = 0 WHERE n > :n", {9LL})), 0);
  EXPECT_EQ(must(session_.execute("DELETE FROM t")), 3);
}

TEST_F(Session, no_rows_are_no_error) {
  EXPECT_TRUE(must(session_.query(1, "SELECT n FROM t")).empty());
}

TEST_F(Session, failures_name_the_database_and_not_the_values) {
  must(session_.execute("CREATE UNIQUE INDEX once ON t (s)"));
  must(session_.execute("INSERT INTO t VALUES (1, :s)", {"private words"}));
  const auto again = session_.execute("INSERT INTO t VALUES (1, :s)", {"private words"});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), Errc::conflict);
  EXPECT_EQ(again.error().retry(), RetryClass::never);
  EXPECT_NE(again.error().message().find("test.db"), std::string::npos);
  EXPECT_EQ(again.error().message().find("private"), std::string::npos);
  EXPECT_EQ(failure_of(session_.query(1, "SELECT nothing FROM nowhere")), Errc::io);
}

TEST_F(Session, a_transaction_that_fails_leaves_nothing) {
  const auto failed = session_.transaction([&]() -> Result<void> {
    must(session_.execute("INSERT INTO t VALUES (1, 'a')"));
    return fail(Errc::refused, "not now");
  });
  EXPECT_EQ(failure_of(failed), Errc::refused);
  EXPECT_EQ(count(), "0");
  must(session_.transaction([&]() -> Result<void> {
    must(session_.execute("INSERT INTO t VALUES (1, 'a')"));
    return ok;
  }));
  EXPECT_EQ(count(), "1");
}

TEST_F(Session, a_transaction_that_is_killed_leaves_nothing) {
  const auto status = run_child([this] {
    auto own = open();
    must(own.execute("INSERT INTO t VALUES (1, 'kept')"));
    must(own.transaction([&]() -> Result<void> {
      must(own.execute("INSERT INTO t VALUES (2, 'lost')"));
      must(own.execute("DELETE FROM t WHERE n = 1"));
      ::raise(SIGKILL);
      return ok;
    }));
    return 0;
  });
  ASSERT_EQ(status, 128 + SIGKILL);
  EXPECT_EQ(must(session_.query(1, "SELECT s FROM t")), (std::vector<SqlRow>{{"kept"}}));
}

}  // namespace
}  // namespace s3m::store
