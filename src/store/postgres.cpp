#include "store/postgres.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>
#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::store {
namespace {

constexpr std::string_view schema_name = "s3migrator";
// The same number for all programs of this name in a database; SQLite's application_id.
constexpr long long write_lock = 0x53336D67;

// By classes and codes of PostgreSQL's appendix A.
Error classify(const std::exception& exception) {
  const auto* const failure = dynamic_cast<const soci::postgresql_soci_error*>(&exception);
  const auto state = failure ? failure->sqlstate() : std::string();
  const auto message = failure ? failure->get_error_message() : std::string(exception.what());
  if (state == "40001" || state == "40P01" || state == "55P03") {
    return Error(Errc::conflict, message, RetryClass::transient);
  }
  if (state.starts_with("23")) return Error(Errc::conflict, message);
  if (state.starts_with("28") || state == "3D000" || state == "42501") {
    return Error(Errc::config, message);
  }
  return Error(Errc::io, message);
}

// The server has ended the session, or cannot be reached.
bool lost(const std::exception& exception) {
  const auto* const failure = dynamic_cast<const soci::postgresql_soci_error*>(&exception);
  if (failure == nullptr) return true;
  const auto state = failure->sqlstate();
  return state.starts_with("08") || state.starts_with("57P") ||
         state.find_first_not_of(' ') == std::string::npos;
}

// libpq wants every character but the unreserved ones encoded. What the user has set stays.
void append(boost::urls::url& url, std::string_view name, std::string_view value) {
  if (url.params().contains(name)) return;
  url.encoded_params().append({name, boost::urls::encode(value, boost::urls::unreserved_chars)});
}

// What a connection must have whenever it is made: as part of the URL it survives a reconnection.
Result<std::string> with_settings(const std::string& url, std::chrono::milliseconds busy_timeout) {
  auto parsed = boost::urls::parse_uri(url);
  if (!parsed) {
    return fail(Errc::config, fmt::format("no store at \"{}\": the URL is not one",
                                          printable(log::redact_url(url))));
  }
  boost::urls::url full(*parsed);
  auto options = fmt::format("-c search_path={} -c lock_timeout={} -c client_min_messages=warning",
                             schema_name, busy_timeout.count());
  if (const auto given = full.params().find("options"); given != full.params().end()) {
    options = (*given).value + " " + options;
    full.params().erase(given);
  }
  append(full, "options", options);
  append(full, "application_name", schema_name);
  append(full, "connect_timeout", "10");
  return std::string(full.buffer());
}

Result<SqlSession> connect(const std::string& url, const std::string& full) try {
  auto connection = std::make_unique<soci::session>(soci::postgresql, full);
  return SqlSession(
      std::move(connection),
      {.begin_write = {"BEGIN", fmt::format("SELECT pg_advisory_xact_lock({})", write_lock)},
       .classify = classify,
       .lost = lost,
       .name = printable(log::redact_url(url))});
} catch (const std::exception& exception) {
  auto error = classify(exception);
  error.context("cannot open the store " + printable(log::redact_url(url)));
  return fail(std::move(error));
}

}  // namespace

Result<SqlSession> open_postgres(const std::string& url, std::chrono::milliseconds busy_timeout) {
  auto full = with_settings(url, busy_timeout);
  if (!full) return forward(full);
  auto session = connect(url, *full);
  if (!session) return session;
  auto made = session->transaction([&]() -> Result<void> {
    auto created = session->execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", schema_name));
    if (!created) return forward(created);
    return ok;
  });
  if (!made) return forward(made);
  return session;
}

}  // namespace s3m::store
