#include "transfer/scratch.hpp"

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "transfer/pages.hpp"

namespace s3m::transfer {
namespace {

constexpr auto purposes = std::to_array<std::string_view>({"pins-", "probe-", "marker-"});
constexpr std::size_t random_bytes = 8;

bool is_hex(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_scratch(std::string_view key, const History& history) noexcept {
  return history.beyond == 0 &&
         std::ranges::all_of(history.versions, [&](const aws::ObjectVersion& version) {
           return is_scratch(key, version.size);
         });
}

// `history`: null where only objects are listed.
KeyRemoval removal_of(const aws::ObjectEntry& object, const History* history) {
  if (history == nullptr) return {removable(object.key, object)};
  KeyRemoval all;
  for (const auto& version : history->versions)
    all.push_back(removable(object.key, version, &version == &history->versions.back()));
  return all;
}

// Told of each key below the reserved prefix and whether it is scratch, until it gives false.
template <class Visit>
net::Task<Result<void>> look_through(const Side& side, bool all_versions, Visit visit) {
  const auto pages = pages_of(side, {}, {.versions = all_versions});
  for (;;) {
    auto page = co_await pages->next();
    if (!page) co_return forward(page);
    for (std::size_t i = 0; i < page->objects.size(); ++i) {
      const auto& object = page->objects[i];
      const auto* const history = all_versions ? &page->histories[i] : nullptr;
      const bool scratch = history != nullptr ? all_scratch(object.key, *history)
                                              : is_scratch(object.key, object.size);
      if (!visit(object, history, scratch)) co_return ok;
    }
    if (!page->more) co_return ok;
  }
}

}  // namespace

std::string scratch_key(std::string_view purpose) {
  return std::string(reserved_prefix).append(purpose) + "-" + random_hex(random_bytes);
}

bool is_scratch(std::string_view key, std::uint64_t size) noexcept {
  if (!key.starts_with(reserved_prefix) || size > scratch_body.size()) return false;
  key.remove_prefix(reserved_prefix.size());
  return std::ranges::any_of(purposes, [key](std::string_view purpose) {
    return key.starts_with(purpose) && key.size() == purpose.size() + 2 * random_bytes &&
           is_hex(key.substr(purpose.size()));
  });
}

net::Task<Result<void>> clear_scratch(Context& context, Side side, bool all_versions,
                                      Removed& removed) {
  side.location.prefix = reserved_prefix;
  std::vector<KeyRemoval> keys;
  auto looked = co_await look_through(
      side, all_versions, [&](const auto& object, const History* history, bool scratch) {
        if (scratch) keys.push_back(removal_of(object, history));
        return true;
      });
  if (!looked || keys.empty()) co_return looked;
  co_return co_await remove_pinned(context, side, std::move(keys), {}, removed);
}

net::Task<Result<std::optional<std::string>>> not_scratch(Side side, bool all_versions) {
  side.location.prefix = reserved_prefix;
  std::optional<std::string> found;
  auto looked = co_await look_through(side, all_versions,
                                      [&](const auto& object, const History*, bool scratch) {
                                        if (!scratch) found = object.key;
                                        return scratch;
                                      });
  if (!looked) co_return forward(looked);
  co_return found;
}

}  // namespace s3m::transfer
