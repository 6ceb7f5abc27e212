#include "workflow/configuration/refresh.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "workflow/configuration/same_document.hpp"
#include "workflow/configuration/suspend.hpp"

namespace s3m::workflow {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

// Both have been read; what either says alone is a difference.
bool same(const ConfigurationItem& one, const ConfigurationItem& other) {
  return same_document(one.query, one.value, other.value) &&
         same_document(one.query, other.value, one.value);
}

}  // namespace

Refreshed refreshed(const Configuration& kept, const Configuration& now,
                    const std::vector<std::string>& held) {
  Refreshed out;
  const auto stays = [&](const std::string& query) {
    return contains(held, query) && !(can_be_suspended(query) && now.find(query) != nullptr);
  };
  const auto tell = [&out](const ConfigurationItem& item, std::string_view how) {
    out.changed.push_back(fmt::format("{} ({})", item_name(item.query, item.id), how));
  };
  auto& result = out.configuration;
  for (const auto& item : now.items) {
    if (stays(item.query)) continue;
    const auto* const before = kept.find(item.query, item.id);
    const bool as_before = before != nullptr && same(*before, item);
    result.items.push_back(as_before ? *before : item);
    if (!as_before) tell(item, before == nullptr ? "set" : "changed");
  }
  for (const auto& item : kept.items) {
    if (stays(item.query)) {
      result.items.push_back(item);
    } else if (now.find(item.query, item.id) == nullptr) {
      tell(item, "removed");
    }
  }
  for (const auto& query : now.absent) {
    if (!stays(query) || kept.find(query) == nullptr) result.absent.push_back(query);
  }
  result.unsupported = now.unsupported;
  if (out.changed.empty()) result = kept;
  return out;
}

}  // namespace s3m::workflow
