#include "store/sqlite.hpp"

#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/text.hpp"
#include "store/file_system.hpp"

namespace s3m::store {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view alone_words =
    "the store lies on a network file system, where one process at a time can use it, and another "
    "one does; name a local file or a PostgreSQL database with --store";

// "S3mg", kept in the file's header so that no other program's database is taken for ours.
constexpr long long application_id = 0x53336D67;

std::unexpected<Error> system_failure(std::string_view doing, const fs::path& path) {
  const auto reason = std::generic_category().message(errno);
  return fail(Errc::io, fmt::format("{} {}: {}", doing, printable(path.native()), reason));
}

// What SQLite's result codes mean (sqlite.org/rescode.html).
Error classify(const std::exception& exception) {
  const auto* const failure = dynamic_cast<const soci::sqlite3_soci_error*>(&exception);
  const auto message = failure ? failure->get_error_message() : std::string(exception.what());
  switch (failure ? failure->result() & 0xFF : SQLITE_ERROR) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Errc::conflict, message, RetryClass::transient);
    case SQLITE_CONSTRAINT:
      return Error(Errc::conflict, message);
    case SQLITE_NOTADB:
      return Error(Errc::config, message);
    default:
      return Error(Errc::io, message);
  }
}

Result<void> make_directories(const fs::path& directory) {
  struct stat found{};
  if (directory.empty() || ::stat(directory.c_str(), &found) == 0) return ok;
  if (auto above = make_directories(directory.parent_path()); !above) return above;
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return ok;
  return system_failure("cannot create the store's directory", directory);
}

// Makes an empty file that only its owner may read; SQLite gives its -wal and -shm the same mode.
// mknod, not open: closing a descriptor would drop the locks that another connection of this
// process holds on the file (POSIX, fcntl).
Result<void> make_file(const fs::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISREG(found.st_mode)) return ok;
    return fail(Errc::io, fmt::format("the store {} is not a file", printable(path.native())));
  }
  if (errno != ENOENT) return system_failure("cannot use the store", path);
  if (::mknod(path.c_str(), S_IFREG | 0600, 0) == 0 || errno == EEXIST) return ok;
  return system_failure("cannot create the store", path);
}

Result<SqlSession> connect(const fs::path& path) try {
  auto connection = std::make_unique<soci::session>(
      soci::sqlite3, fmt::format("nocreate=true db=\"{}\"", path.native()));
  return SqlSession(
      std::move(connection),
      {.begin_write = {"BEGIN IMMEDIATE"}, .classify = classify, .name = printable(path.native())});
} catch (const std::exception& exception) {
  auto error = classify(exception);
  error.context("cannot open the store " + printable(path.native()));
  return fail(std::move(error));
}

// Alone, the lock comes before the journal: a file that was used with a write-ahead log is then
// read without the shared memory that a network file system does not have (sqlite.org/wal.html,
// section 6). What takes the lock for good is the first transaction (sqlite.org/pragma.html,
// locking_mode).
Result<void> set_up(SqlSession& session, milliseconds busy_timeout, Sharing sharing) {
  std::vector<std::string> statements{
      fmt::format("PRAGMA busy_timeout = {}", busy_timeout.count())};
  if (sharing == Sharing::alone) {
    statements.insert(statements.end(), {"PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE",
                                         "COMMIT", "PRAGMA journal_mode = DELETE"});
  } else {
    statements.emplace_back("PRAGMA journal_mode = WAL");
  }
  statements.insert(statements.end(), {"PRAGMA synchronous = FULL", "PRAGMA trusted_schema = OFF"});
  for (const auto& statement : statements) {
    if (auto done = session.execute(statement); !done) return forward(done);
  }
  return ok;
}

Result<std::string> single_value(SqlSession& session, const std::string& sql) {
  auto rows = session.query(1, sql);
  if (!rows) return forward(rows);
  return rows->empty() ? std::string() : rows->front().front().value_or("");
}

// Marks an empty database as ours; refuses one that is somebody else's.
Result<void> claim(SqlSession& session) {
  auto id = single_value(session, "PRAGMA application_id");
  if (!id) return forward(id);
  if (*id == std::to_string(application_id)) return ok;
  return session.transaction([&]() -> Result<void> {
    auto owner = single_value(session, "PRAGMA application_id");
    auto tables = single_value(session, "SELECT count(*) FROM sqlite_master");
    if (!owner) return forward(owner);
    if (!tables) return forward(tables);
    if (*owner == std::to_string(application_id)) return ok;
    if (*owner != "0" || *tables != "0") {
      return fail(Errc::config, fmt::format("{} is a database of another program", session.name()));
    }
    auto marked = session.execute(fmt::format("PRAGMA application_id = {}", application_id));
    if (!marked) return forward(marked);
    return ok;
  });
}

// Best effort: the file may belong to somebody else who lets us write.
void close_to_others(const fs::path& path) {
  for (const auto* const suffix : {"", "-wal", "-shm"}) {
    const auto file = path.native() + suffix;
    struct stat found{};
    if (::stat(file.c_str(), &found) == 0 && (found.st_mode & 0077U) != 0) {
      static_cast<void>(::chmod(file.c_str(), 0600));
    }
  }
}

Result<SqlSession> open_once(const fs::path& path, milliseconds busy_timeout, Sharing sharing) {
  auto session = connect(path);
  if (!session) return session;
  if (auto set = set_up(*session, busy_timeout, sharing); !set) return forward(set);
  if (auto claimed = claim(*session); !claimed) return forward(claimed);
  close_to_others(path);
  return session;
}

}  // namespace

Sharing sharing_at(const fs::path& path) {
  return on_network(path) ? Sharing::alone : Sharing::processes;
}

Result<SqlSession> open_sqlite(const fs::path& path, milliseconds busy_timeout, Sharing sharing) {
  if (path.native().find_first_of(std::string_view("\"\0", 2)) != std::string::npos) {
    return fail(Errc::config, fmt::format("the store's path {} has a quote or a NUL in it",
                                          printable(path.native())));
  }
  if (auto made = make_directories(path.parent_path()); !made) return forward(made);
  if (auto made = make_file(path); !made) return forward(made);
  // SQLite does not wait by itself where two connections switch a new file to WAL.
  const auto deadline = steady_clock::now() + busy_timeout;
  for (;;) {
    auto session = open_once(path, busy_timeout, sharing);
    if (session || session.error().retry() != RetryClass::transient) return session;
    if (steady_clock::now() >= deadline) {
      if (sharing == Sharing::alone) session.error().context(alone_words);
      return session;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

}  // namespace s3m::store
