#include "workflow/configuration/suspend.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/same_document.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> suspendable{"notification", "replication", "lifecycle"};
// What is eventually consistent may show again what was gone a moment ago.
constexpr int proofs = 3;
constexpr int attempts = 30;
constexpr std::chrono::milliseconds first_pause = 250ms;
constexpr std::chrono::milliseconds longest_pause = 5s;

constexpr std::string_view no_notifications =
    "<NotificationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>";

struct Target {
  aws::S3& owner;
  std::string bucket, expected_owner;
  Pause pause;
};

std::unexpected<Error> stopped() {
  return fail(Errc::cancelled, "stopped while a setting of the bucket was changed");
}

std::unexpected<Error> was_changed(const Target& target, std::string_view query,
                                   std::string_view what) {
  return fail(Errc::conflict,
              fmt::format("{} of bucket {} {}; look at it, and run the same command again", query,
                          printable(target.bucket), what));
}

Result<void> check(const std::vector<std::string>& queries) {
  for (const auto& query : queries)
    if (!can_be_suspended(query))
      return fail(Errc::invalid_argument,
                  fmt::format("\"{}\" of a bucket cannot be suspended", printable(query)));
  return ok;
}

// A service that does not know a setting has none.
net::Task<Result<std::optional<aws::SubResource>>> look(Target& target, std::string query) {
  auto found = co_await read_item(target.owner, target.bucket, query, {}, target.expected_owner);
  if (!found && found.error().code() == Errc::not_supported) co_return std::nullopt;
  co_return found;
}

// Reads until `saved` (null: nothing) has been shown `times` times running.
net::Task<Result<void>> wait_until_shown(Target& target, std::string query,
                                         const aws::SubResource* saved, int times) {
  auto wait = first_pause;
  for (int attempt = 1, shown = 0;; ++attempt) {
    auto found = co_await look(target, query);
    if (!found) co_return forward(found);
    const bool same = saved == nullptr ? !*found : *found && same_document(query, *saved, **found);
    shown = same ? shown + 1 : 0;
    if (shown == times) co_return ok;
    if (attempt == attempts)
      co_return fail(Errc::mismatch, fmt::format("{} of bucket {} was {}, and the service does not "
                                                 "show it; run the same command again",
                                                 query, printable(target.bucket),
                                                 saved == nullptr ? "removed" : "put back"));
    const bool slept = co_await target.pause(wait);
    if (!slept) co_return stopped();
    if (!same) wait = std::min(wait * 2, longest_pause);
  }
}

net::Task<Result<void>> remove(Target& target, std::string query) {
  if (query != "notification")
    co_return co_await target.owner.delete_sub_resource(target.bucket, query, {},
                                                        target.expected_owner);
  aws::SubResource nothing{.document = std::string(no_notifications), .headers = {}};
  co_return co_await target.owner.put_sub_resource(target.bucket, query, {}, std::move(nothing),
                                                   target.expected_owner);
}

net::Task<Result<void>> suspend_one(Target& target, std::string query,
                                    const ConfigurationItem* saved) {
  auto found = co_await look(target, query);
  if (!found) co_return forward(found);
  if (*found) {
    if (saved == nullptr) co_return was_changed(target, query, "was set after it was saved");
    if (!same_document(query, saved->value, **found))
      co_return was_changed(target, query, "was changed after it was saved");
    auto removed = co_await remove(target, query);
    if (!removed) {
      removed.error().context(
          fmt::format("{} of bucket {} could not be suspended", query, printable(target.bucket)));
      co_return removed;
    }
  }
  co_return co_await wait_until_shown(target, query, nullptr, proofs);
}

// Gives whether another one has been set meanwhile; that stays.
net::Task<Result<bool>> restore_one(Target& target, std::string query,
                                    const ConfigurationItem& saved) {
  auto found = co_await look(target, query);
  if (!found) co_return forward(found);
  if (*found) co_return !same_document(query, saved.value, **found);
  auto put = co_await target.owner.put_sub_resource(target.bucket, query, {}, saved.value,
                                                    target.expected_owner);
  if (!put) {
    put.error().context(
        fmt::format("{} of bucket {} could not be put back", query, printable(target.bucket)));
    co_return forward(put);
  }
  auto shown = co_await wait_until_shown(target, query, &saved.value, 1);
  if (!shown) co_return forward(shown);
  co_return false;
}

}  // namespace

bool can_be_suspended(std::string_view query) noexcept {
  return std::ranges::find(suspendable, query) != suspendable.end();
}

net::Task<Result<void>> suspend(aws::S3& owner, std::string bucket, std::string expected_owner,
                                Configuration saved, std::vector<std::string> queries,
                                Pause pause) {
  Target target{owner, std::move(bucket), std::move(expected_owner), std::move(pause)};
  auto valid = check(queries);
  if (!valid) co_return valid;
  for (const auto& query : queries) {
    auto done = co_await suspend_one(target, query, saved.find(query));
    if (!done) co_return done;
  }
  co_return ok;
}

net::Task<Result<std::vector<std::string>>> restore_suspended(aws::S3& owner, std::string bucket,
                                                              std::string expected_owner,
                                                              Configuration saved,
                                                              std::vector<std::string> queries,
                                                              Pause pause) {
  Target target{owner, std::move(bucket), std::move(expected_owner), std::move(pause)};
  auto outcome = check(queries);
  if (!outcome) co_return forward(outcome);
  std::vector<std::string> set_anew;
  for (const auto& query : queries) {
    const auto* item = saved.find(query);
    if (item == nullptr) continue;
    auto done = co_await restore_one(target, query, *item);
    if (!done && outcome) outcome = forward(done);
    if (done && *done) set_anew.push_back(query);
  }
  if (!outcome) co_return forward(outcome);
  co_return set_anew;
}

}  // namespace s3m::workflow
