#include "workflow/migration_settings.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/refresh.hpp"
#include "workflow/configuration/suspend.hpp"
#include "workflow/migration_proof.hpp"

namespace s3m::workflow::acts {
namespace {

net::Task<Result<Configuration>> read_now(Migration& m) {
  auto owner = m.source_owner();
  co_return co_await read_configuration(owner, m.source.location.bucket,
                                        m.source_facts.expected_owner);
}

// What will be asked of the new bucket, with an id where there are several.
std::map<std::string, std::string> queries_of(const Configuration& configuration) {
  std::map<std::string, std::string> queries;
  for (const auto& item : configuration.items)
    queries.emplace(item.query, item.id);
  // Their absence is said in words there (rewrite.hpp).
  for (const auto* const query : {"publicAccessBlock", "ownershipControls"}) {
    if (std::ranges::find(configuration.absent, query) != configuration.absent.end())
      queries.emplace(query, "");
  }
  return queries;
}

net::Task<Result<std::vector<std::string>>> ask_there(Migration& m,
                                                      const Configuration& configuration) {
  auto owner = m.destination_owner();
  std::vector<std::string> unsupported;
  for (const auto& [query, id] : queries_of(configuration)) {
    auto read =
        co_await read_item(owner, m.temporary_name, query, id, m.destination_principal.account);
    if (read) continue;
    if (read.error().code() != Errc::not_supported) {
      read.error().context(
          fmt::format("{} of the new bucket will have to be read", item_name(query, id)));
      co_return forward(read);
    }
    unsupported.push_back(query);
  }
  co_return unsupported;
}

net::Task<Result<std::vector<std::string>>> held(Migration& m) {
  auto kept = co_await m.stored.kept(fact::held);
  if (!kept) co_return forward(kept);
  co_return lines_of(kept->value_or(""));
}

bool has_acls_off(const Configuration& configuration) {
  const auto* const item = configuration.find("ownershipControls");
  return item != nullptr && item->value.document.contains("BucketOwnerEnforced");
}

// How objects are copied and proven was settled by these at the preflight.
Result<void> can_follow(const Migration& m, const Configuration& now) {
  const auto appears = [&](std::string_view query) {
    return m.configuration.find(query) == nullptr && now.find(query) != nullptr;
  };
  std::string what;
  if (!m.all_versions && appears("versioning")) what = "versioning was switched on";
  if (appears("object-lock")) what = "Object Lock was switched on";
  if (!m.acl && has_acls_off(m.configuration) && !has_acls_off(now)) what = "ACLs were switched on";
  if (what.empty() || m.first_delete) return ok;
  return fail(Errc::refused,
              fmt::format("{} at s3://{} since the preflight, and its objects were copied without "
                          "regard to that; nothing of it may be deleted. Take the migration back, "
                          "and begin it anew: {}",
                          what, printable(m.source.location.bucket), m.context.undo_command));
}

net::Task<Result<void>> take_over(Migration& m, Refreshed fresh) {
  auto possible = can_follow(m, fresh.configuration);
  if (!possible) co_return possible;
  auto unsupported = co_await ask_there(m, fresh.configuration);
  if (!unsupported) co_return forward(unsupported);
  store::Facts facts{{fact::configuration, to_json(fresh.configuration)},
                     {fact::unsupported_there, in_lines(*unsupported)}};
  auto kept = co_await m.stored.keep(std::move(facts));
  if (!kept) co_return kept;
  m.configuration = std::move(fresh.configuration);
  auto confirmed = co_await m.stored.kept(fact::confirmed);
  if (!confirmed) co_return forward(confirmed);
  const bool since_then = *confirmed && **confirmed == m.digest;
  m.note(NoteLevel::warning,
         fmt::format("settings of s3://{} were changed by others after {}: {}. What is carried is "
                     "what they are now",
                     printable(m.source.location.bucket),
                     since_then ? "the confirmation" : "they were read",
                     fmt::join(fresh.changed, ", ")));
  co_return ok;
}

// Gives whether anything has changed.
net::Task<Result<bool>> refresh(Migration& m) {
  auto own = co_await held(m);
  if (!own) co_return forward(own);
  auto now = co_await read_now(m);
  if (!now && now.error().code() == Errc::no_such_bucket) co_return false;
  if (!now) co_return forward(now);
  auto fresh = refreshed(m.configuration, *now, *own);
  if (fresh.changed.empty()) co_return false;
  auto taken = co_await take_over(m, std::move(fresh));
  if (!taken) co_return forward(taken);
  co_return true;
}

net::Task<Result<void>> suspend_all(Migration& m, std::vector<std::string> queries) {
  auto owner = m.source_owner();
  co_return co_await suspend(owner, m.source.location.bucket, m.source_facts.expected_owner,
                             m.configuration, std::move(queries), m.pause());
}

}  // namespace

net::Task<Result<void>> keep_configuration(Migration& m) {
  auto kept = co_await m.stored.kept(fact::configuration);
  if (!kept) co_return forward(kept);
  if (*kept) co_return ok;
  auto read = co_await read_now(m);
  if (!read) co_return forward(read);
  m.configuration = *std::move(read);
  co_return co_await m.stored.keep(fact::configuration, to_json(m.configuration));
}

net::Task<Result<void>> look_again(Migration& m) {
  auto changed = co_await refresh(m);
  if (!changed) co_return forward(changed);
  // Of what hold() has taken over, too.
  auto told = co_await keep_configuration_story(m);
  if (!told || !*changed) co_return told;
  co_return co_await keep_record(m);
}

net::Task<Result<void>> hold(Migration& m, std::vector<std::string> queries) {
  auto own = co_await held(m);
  if (!own) co_return forward(own);
  const auto known = own->size();
  for (const auto& query : queries) {
    if (std::ranges::find(*own, query) == own->end()) own->push_back(query);
  }
  if (own->size() == known) co_return ok;
  auto fresh = co_await refresh(m);
  if (!fresh) co_return forward(fresh);
  auto kept = co_await m.stored.keep(fact::held, in_lines(*own));
  if (!kept) co_return kept;
  co_return co_await keep_record(m);
}

net::Task<Result<void>> switch_off(Migration& m, std::vector<std::string> queries) {
  auto held = co_await hold(m, queries);
  if (!held) co_return held;
  auto off = co_await suspend_all(m, queries);
  if (off || off.error().code() != Errc::conflict) co_return off;
  // Set anew by others while it was off: their last wish, as any setting.
  auto fresh = co_await refresh(m);
  if (!fresh) co_return forward(fresh);
  if (!*fresh) co_return off;
  auto recorded = co_await keep_record(m);
  if (!recorded) co_return recorded;
  co_return co_await suspend_all(m, std::move(queries));
}

net::Task<Result<bool>> switch_on_again(Migration& m) {
  auto own = co_await held(m);
  if (!own) co_return forward(own);
  std::erase_if(*own, [](const std::string& query) { return !can_be_suspended(query); });
  if (own->empty()) co_return false;
  auto owner = m.source_owner();
  auto restored =
      co_await restore_suspended(owner, m.source.location.bucket, m.source_facts.expected_owner,
                                 m.configuration, *std::move(own), m.pause());
  if (!restored) co_return forward(restored);
  if (!restored->empty()) {
    m.note(NoteLevel::warning,
           fmt::format("{} of s3://{} was set anew by others while this job had it off, and stays "
                       "as it is now",
                       fmt::join(*restored, ", "), printable(m.source.location.bucket)));
  }
  auto forgotten = co_await m.stored.keep(fact::held, "");
  if (!forgotten) co_return forward(forgotten);
  co_return true;
}

net::Task<Result<std::vector<std::string>>> unsupported_there(Migration& m) {
  auto kept = co_await m.stored.kept(fact::unsupported_there);
  if (!kept) co_return forward(kept);
  if (*kept) co_return lines_of(**kept);
  auto unsupported = co_await ask_there(m, m.configuration);
  if (!unsupported) co_return forward(unsupported);
  auto stored = co_await m.stored.keep(fact::unsupported_there, in_lines(*unsupported));
  if (!stored) co_return forward(stored);
  co_return unsupported;
}

}  // namespace s3m::workflow::acts
