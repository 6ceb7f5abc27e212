// What is particular to the embedded database: its file, and files that are not its own.
#include "store/sqlite.hpp"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "store/schema.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace s3m::store {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class SqliteFile : public testing::Test {
 protected:
  SqliteFile() : path_(directory_.path() / "store.db") {}
  Result<std::unique_ptr<Store>> open() { return open_store({.url = path_.string()}); }
  SqlSession session() { return must(open_sqlite(path_, 5s, Sharing::processes)); }

  TemporaryDirectory directory_;
  fs::path path_;
};

unsigned mode_of(const fs::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) throw std::runtime_error("no " + path.string());
  return found.st_mode & 07777U;
}

std::string one(SqlSession& session, const std::string& sql) {
  return must(session.query(1, sql)).at(0).at(0).value_or("NULL");
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream(path) << text;
}

TEST_F(SqliteFile, only_its_owner_may_read_it) {
  const auto before = ::umask(0);
  path_ = directory_.path() / "state" / "s3migrator" / "store.db";
  const auto store = must(open());
  ::umask(before);
  EXPECT_EQ(mode_of(directory_.path() / "state"), 0700U);
  EXPECT_EQ(mode_of(directory_.path() / "state" / "s3migrator"), 0700U);
  EXPECT_EQ(mode_of(path_), 0600U);
  EXPECT_EQ(mode_of(path_.string() + "-wal"), 0600U);
  EXPECT_EQ(mode_of(path_.string() + "-shm"), 0600U);
}

TEST_F(SqliteFile, one_that_others_could_read_is_closed_to_them) {
  must(open());
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  must(open());
  EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(SqliteFile, every_commit_reaches_the_disk) {
  auto database = session();
  EXPECT_EQ(one(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(one(database, "PRAGMA synchronous"), "2");
  EXPECT_EQ(one(database, "PRAGMA busy_timeout"), "5000");
}

TEST_F(SqliteFile, may_have_spaces_and_signs_in_its_name) {
  for (const auto* const name :
       {"a b.db", " a  b .db", "a=b.db", "a'b;c.db", "gr\xC3\xBC\xC3\x9F.db", "%20.db",
        "timeout=1 x.db", "a?mode=ro.db", "#.db"}) {
    path_ = directory_.path() / name;
    must(must(open())->create_job("job", "copy", "{}"));
    EXPECT_TRUE(fs::exists(path_)) << name;
    EXPECT_TRUE(must(must(open())->find_job("job")).has_value()) << name;
  }
}

TEST_F(SqliteFile, may_be_given_as_a_url) {
  must(open_store({.url = "sqlite:" + path_.string()}));
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(SqliteFile, other_urls_are_refused_without_their_password) {
  for (const auto* const url : {"mysql://u:secret@host/db", "", "sqlite:"}) {
    const auto opened = open_store({.url = url});
    ASSERT_FALSE(opened.has_value()) << url;
    EXPECT_EQ(opened.error().code(), Errc::config) << url;
    EXPECT_EQ(opened.error().describe().find("secret"), std::string::npos);
  }
  path_ = directory_.path() / "a\"b.db";
  EXPECT_EQ(failure_of(open()), Errc::config);
}

TEST_F(SqliteFile, below_a_file_there_is_no_directory) {
  write_file(path_, "");
  path_ /= "below/store.db";
  const auto opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Errc::io);
  EXPECT_NE(opened.error().describe().find("Not a directory"), std::string::npos);
}

TEST_F(SqliteFile, a_directory_is_no_store) {
  fs::create_directory(path_);
  EXPECT_EQ(failure_of(open()), Errc::io);
}

// In a child that gives up root's rights, which would open any directory.
template <class Work>
int unprivileged(Work work) {
  return run_child([&] {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 98;
    return work();
  });
}

TEST_F(SqliteFile, an_unreadable_directory_is_said_plainly) {
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0), 0);
  EXPECT_EQ(unprivileged([&] {
              const auto opened = open();
              if (opened || opened.error().code() != Errc::io) return 1;
              const auto said = opened.error().describe();
              return said.find("Permission denied") != std::string::npos &&
                             said.find(path_.string()) != std::string::npos
                         ? 0
                         : 2;
            }),
            0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0700), 0);
}

TEST_F(SqliteFile, a_file_that_cannot_be_written_is_an_io_error) {
  must(open());
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  EXPECT_EQ(unprivileged([&] { return failure_of(open()) == Errc::io ? 0 : 1; }), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0700), 0);
}

TEST_F(SqliteFile, another_programs_file_is_left_alone) {
  write_file(path_, std::string(4096, 'x'));
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(failure_of(open()), Errc::config);
  EXPECT_EQ(mode_of(path_), 0644U);
  EXPECT_EQ(fs::file_size(path_), 4096U);
}

TEST_F(SqliteFile, another_programs_database_is_left_alone) {
  {
    auto database = session();
    must(database.execute("PRAGMA application_id = 0"));
    must(database.execute("CREATE TABLE schema_version (theirs TEXT)"));
  }
  EXPECT_EQ(failure_of(open()), Errc::config);
  ASSERT_EQ(fs::remove(path_), true);
  {
    auto database = session();
    must(database.execute("PRAGMA application_id = 1"));
  }
  EXPECT_EQ(failure_of(open()), Errc::config);
}

TEST_F(SqliteFile, a_newer_programs_store_is_left_alone) {
  must(open());
  {
    auto database = session();
    must(database.execute("INSERT INTO schema_version VALUES (:v, 0)", {schema_version() + 1LL}));
  }
  const auto opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Errc::config);
  EXPECT_NE(opened.error().describe().find("newer version"), std::string::npos);
}

TEST_F(SqliteFile, the_schema_is_made_once) {
  must(open());
  must(open());
  auto database = session();
  EXPECT_EQ(one(database, "SELECT count(*) FROM schema_version"), std::to_string(schema_version()));
  EXPECT_EQ(one(database, "SELECT max(version) FROM schema_version"),
            std::to_string(schema_version()));
}

TEST_F(SqliteFile, a_migration_that_fails_leaves_no_half) {
  {
    auto database = session();
    must(database.execute("CREATE TABLE policy_locks (in_the_way TEXT)"));
  }
  EXPECT_FALSE(open().has_value());
  auto database = session();
  EXPECT_EQ(one(database, "SELECT count(*) FROM sqlite_master WHERE type = 'table'"), "1");
}

// The jobs of a store that version 1 wrote.
TEST_F(SqliteFile, an_older_store_is_brought_up_to_date_with_what_it_holds) {
  {
    auto database = session();
    for (const auto* const statement :
         {"CREATE TABLE schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)",
          "INSERT INTO schema_version VALUES (1, 0)",
          "CREATE TABLE jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, spec TEXT NOT NULL, "
          "state TEXT NOT NULL, exit_code BIGINT, created_at BIGINT NOT NULL, "
          "updated_at BIGINT NOT NULL)",
          "INSERT INTO jobs VALUES ('a', 'copy', '{}', 'interrupted', 130, 1, 2)",
          "INSERT INTO jobs VALUES ('b', 'copy', '{}', 'done', 0, 3, 4)"}) {
      must(database.execute(statement));
    }
  }
  const auto store = must(open());
  EXPECT_EQ(must(store->find_job("a"))->state, JobState::paused);
  EXPECT_EQ(must(store->find_job("b"))->state, JobState::done);
  EXPECT_EQ(must(store->find_job("b"))->attempt, 1);
  must(store->set_fact("a", "n", "v"));
}

TEST_F(SqliteFile, of_several_facts_all_are_kept_or_none) {
  const auto store = must(open());
  must(store->create_job("a", "copy", "{}"));
  auto database = session();
  must(
      database.execute("CREATE TRIGGER full BEFORE INSERT ON job_facts WHEN NEW.name = 'second' "
                       "BEGIN SELECT RAISE(ABORT, 'full'); END"));
  EXPECT_FALSE(store->set_facts("a", {{"first", "1"}, {"second", "2"}}));
  EXPECT_EQ(must(store->fact("a", "first")), std::nullopt);
  must(store->set_facts("a", {{"first", "1"}}));
  EXPECT_EQ(must(store->fact("a", "first")), "1");
}

TEST_F(SqliteFile, a_damaged_record_is_an_error_not_a_guess) {
  const auto store = must(open());
  must(store->create_job("job", "copy", "{}"));
  auto database = session();
  for (const auto* const damage : {"state = 'gone'", "created_at = 'soon'", "exit_code = 'x'",
                                   "attempt = -1", "request = 'x'"}) {
    must(database.execute("DELETE FROM jobs"));
    must(store->create_job("job", "copy", "{}"));
    must(database.execute(std::string("UPDATE jobs SET ") + damage));
    EXPECT_EQ(failure_of(store->find_job("job")), Errc::io) << damage;
  }
}

TEST_F(SqliteFile, a_lock_that_stays_is_a_conflict_worth_another_try) {
  const auto store = must(open_store({.url = path_.string(), .busy_timeout = 20ms}));
  auto database = session();
  must(database.execute("BEGIN IMMEDIATE"));
  const auto refused = store->create_job("job", "copy", "{}");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::conflict);
  EXPECT_EQ(refused.error().retry(), RetryClass::transient);
  must(database.execute("ROLLBACK"));
  must(store->create_job("job", "copy", "{}"));
}

// As on a network file system, where write-ahead logs do not work.
TEST_F(SqliteFile, alone_it_is_kept_by_one_process_with_a_rollback_journal) {
  must(open());
  {
    auto database = must(open_sqlite(path_, 5s, Sharing::alone));
    EXPECT_EQ(one(database, "PRAGMA journal_mode"), "delete");
    EXPECT_EQ(one(database, "PRAGMA synchronous"), "2");
    EXPECT_EQ(one(database, "SELECT count(*) FROM jobs"), "0");
    const auto second = open_sqlite(path_, 20ms, Sharing::alone);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), Errc::conflict);
    EXPECT_NE(second.error().describe().find("network file system"), std::string::npos);
  }
  must(open_sqlite(path_, 20ms, Sharing::alone));
  must(open());
  auto database = session();
  EXPECT_EQ(one(database, "PRAGMA journal_mode"), "wal");
}

class DefaultPath : public testing::Test {
 protected:
  // `value` of null: not set.
  static void set(const char* name, const char* value) {
    if (value == nullptr) {
      ::unsetenv(name);
    } else {
      ::setenv(name, value, 1);
    }
  }
  static std::string path(const char* state, const char* home) {
    std::string out;
    // In a child, so that the other tests keep their environment.
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) return "no pipe";
    const auto code = run_child([&] {
      set("XDG_STATE_HOME", state);
      set("HOME", home);
      const auto found = default_store_path();
      const auto text = found ? found->string() : std::string(name(found.error().code()));
      return ::write(pipe_ends[1], text.data(), text.size()) < 0 ? 1 : 0;
    });
    ::close(pipe_ends[1]);
    if (code == 0) {
      out.resize(4096);
      const auto got = ::read(pipe_ends[0], out.data(), out.size());
      out.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    ::close(pipe_ends[0]);
    return out;
  }
};

TEST_F(DefaultPath, follows_the_xdg_specification) {
  EXPECT_EQ(path("/state", "/home/me"), "/state/s3migrator/store.db");
  EXPECT_EQ(path(nullptr, "/home/me"), "/home/me/.local/state/s3migrator/store.db");
  EXPECT_EQ(path("", "/home/me"), "/home/me/.local/state/s3migrator/store.db");
  EXPECT_EQ(path("relative", "/home/me"), "/home/me/.local/state/s3migrator/store.db");
  EXPECT_EQ(path(nullptr, nullptr), "config");
  EXPECT_EQ(path(nullptr, "relative"), "config");
}

}  // namespace
}  // namespace s3m::store
