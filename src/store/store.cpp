#include "store/store.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/postgres.hpp"
#include "store/schema.hpp"
#include "store/sql_store.hpp"
#include "store/sqlite.hpp"

namespace s3m::store {
namespace {

bool is_postgres(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

// The path in "sqlite:PATH" or in a bare path; a URL of anything else is not understood.
Result<std::filesystem::path> sqlite_path(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  const bool named = url.starts_with(scheme);
  const auto path = named ? url.substr(scheme.size()) : url;
  if (path.empty() || (!named && path.find("://") != std::string_view::npos)) {
    return fail(Errc::config,
                fmt::format("no store at \"{}\": name a file, sqlite:FILE or postgresql://...",
                            printable(log::redact_url(url))));
  }
  return std::filesystem::path(path);
}

std::filesystem::path absolute_from(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr) return {};
  std::filesystem::path path(value);
  return path.is_absolute() ? path : std::filesystem::path();
}

Result<SqlSession> open_session(const StoreOptions& options) {
  if (is_postgres(options.url)) return open_postgres(options.url, options.busy_timeout);
  auto path = sqlite_path(options.url);
  if (!path) return forward(path);
  return open_sqlite(*path, options.busy_timeout, sharing_at(*path));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
  auto session = open_session(options);
  if (!session) return forward(session);
  auto migrated = migrate_schema(*session, options.clock->now());
  if (!migrated) return forward(migrated);
  return std::make_unique<SqlStore>(std::move(*session), *options.clock);
}

// XDG Base Directory Specification 0.8: relative paths in its variables are to be ignored.
Result<std::filesystem::path> default_store_path() {
  auto state = absolute_from("XDG_STATE_HOME");
  if (state.empty()) {
    const auto home = absolute_from("HOME");
    if (home.empty()) {
      return fail(Errc::config, "neither XDG_STATE_HOME nor HOME says where the store belongs");
    }
    state = home / ".local" / "state";
  }
  return state / "s3migrator" / "store.db";
}

}  // namespace s3m::store
