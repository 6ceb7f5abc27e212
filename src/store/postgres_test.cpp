// What is particular to the shared database: schemas, locks, lost connections.
#include "store/postgres.hpp"

#include <atomic>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "store/store_conformance.hpp"

namespace s3m::store {

std::string fresh_postgres_database() {
  std::ifstream file(S3M_POSTGRES_URL_FILE);
  std::string url;
  if (!std::getline(file, url) || url.empty()) return {};
  static std::atomic<int> made = 0;
  const auto name = fmt::format("s3m_{}_{}", ::getpid(), ++made);
  auto server = must(open_postgres(url, std::chrono::seconds(60)));
  must(server.execute("CREATE DATABASE " + name));
  return url.substr(0, url.rfind('/') + 1) + name;
}

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (url_.empty()) GTEST_SKIP() << "no PostgreSQL server here";
  }
  SqlSession session(std::chrono::milliseconds patience = 5s) {
    return must(open_postgres(url_, patience));
  }
  static std::string one(SqlSession& session, const std::string& sql) {
    return must(session.query(1, sql)).at(0).at(0).value_or("NULL");
  }

  std::string url_ = fresh_postgres_database();
};

TEST_F(Postgres, KeepsItsTablesInASchemaOfItsOwn) {
  must(open_store({.url = url_}));
  auto look = session();
  EXPECT_EQ(one(look, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  EXPECT_NE(one(look, "SELECT count(*) FROM pg_tables WHERE schemaname = 's3migrator'"), "0");
}

TEST_F(Postgres, WritersWaitForEachOtherAsLongAsTheyMay) {
  auto first = session(), second = session(100ms);
  must(first.transaction([&]() -> Result<void> {
    const auto waited = second.transaction([]() -> Result<void> { return ok; });
    EXPECT_FALSE(waited);
    EXPECT_EQ(waited.error().code(), Errc::conflict);
    EXPECT_EQ(waited.error().retry(), RetryClass::transient);
    return ok;
  }));
  must(second.transaction([]() -> Result<void> { return ok; }));
}

TEST_F(Postgres, ALostConnectionFailsOneCallAndIsMadeAnew) {
  auto ours = session(), other = session();
  const auto pid = one(ours, "SELECT pg_backend_pid()");
  one(other, "SELECT pg_terminate_backend(" + pid + ", 5000)");
  const auto failed = ours.query(1, "SELECT 1");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::io);
  EXPECT_EQ(one(ours, "SELECT 1"), "1");
  EXPECT_EQ(one(ours, "SHOW search_path"), "s3migrator") << "with its settings";
}

TEST_F(Postgres, ALostConnectionTakesItsTransactionWithIt) {
  auto ours = session(), other = session();
  must(ours.execute("CREATE TABLE t (n BIGINT)"));
  const auto pid = one(ours, "SELECT pg_backend_pid()");
  const auto done = ours.transaction([&]() -> Result<void> {
    must(ours.execute("INSERT INTO t VALUES (1)"));
    one(other, "SELECT pg_terminate_backend(" + pid + ", 5000)");
    auto inserted = ours.execute("INSERT INTO t VALUES (2)");
    if (!inserted) return forward(inserted);
    return ok;
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(one(ours, "SELECT count(*) FROM t"), "0");
}

TEST_F(Postgres, APasswordIsInNoMessage) {
  const auto at = url_.find("127.0.0.1");
  const auto refused = open_store({.url = "postgresql://ada:s3cr3t@127.0.0.1:1/none"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::io);
  EXPECT_THAT(refused.error().describe(), Not(HasSubstr("s3cr3t")));
  const auto absent = open_store(
      {.url = "postgresql://s3m:s3cr3t@" + url_.substr(at, url_.rfind('/') - at) + "/absent"});
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().describe(), HasSubstr("absent"));
  EXPECT_THAT(absent.error().describe(), Not(HasSubstr("s3cr3t")));
  const auto broken = open_store({.url = "postgresql://s3m:s3cr3t@[::/x"});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code(), Errc::config);
  EXPECT_THAT(broken.error().describe(), Not(HasSubstr("s3cr3t")));
}

}  // namespace
}  // namespace s3m::store
