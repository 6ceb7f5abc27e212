#include "sim/page.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "sim/uri.hpp"

namespace s3m::sim {
namespace {

using Objects = std::map<std::string, History, std::less<>>;

Objects::const_iterator begin_of(const Objects& objects, const PageQuery& query) {
  if (!query.after) return objects.lower_bound(query.prefix);
  if (query.after->common_prefix) {
    const auto next = behind_prefix(query.after->key);
    if (!next) return objects.end();
    return objects.lower_bound(std::max(std::string_view(*next), query.prefix));
  }
  if (std::string_view(query.after->key) < query.prefix) return objects.lower_bound(query.prefix);
  return objects.upper_bound(query.after->key);
}

// The common prefix a key folds into; empty when it stands for itself.
std::string folded(const std::string& key, const PageQuery& query) {
  if (query.delimiter.empty()) return {};
  const std::size_t at = key.find(query.delimiter, query.prefix.size());
  return at == std::string::npos ? std::string() : key.substr(0, at + query.delimiter.size());
}

// A service without order: the hash of a key decides. For small buckets.
Page list_by_hash(const Bucket& bucket, const PageQuery& query) {
  std::vector<const Objects::value_type*> found;
  for (const auto& object : bucket.objects) {
    if (object.first.starts_with(query.prefix) && !object.second.back().delete_marker) {
      found.push_back(&object);
    }
  }
  const auto rank = [](const std::string& key) { return std::hash<std::string>()(key); };
  std::sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
    return std::pair(rank(a->first), a->first) < std::pair(rank(b->first), b->first);
  });
  Page page;
  const std::size_t after = query.after ? rank(query.after->key) : 0;
  for (const auto* object : found) {
    if (query.after && rank(object->first) <= after) continue;
    if (page.entries.size() == query.most) {
      page.truncated = true;
      break;
    }
    page.entries.push_back({&object->first, &object->second.back(), true, {}});
  }
  return page;
}

}  // namespace

std::optional<std::string> behind_prefix(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && next.back() == '\xFF')
    next.pop_back();
  if (next.empty()) return std::nullopt;
  next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

Page list_current(const Bucket& bucket, const PageQuery& query) {
  if (query.by_hash) return list_by_hash(bucket, query);
  Page page;
  page.entries.reserve(std::min<std::size_t>(query.most, 1000));
  auto object = begin_of(bucket.objects, query);
  while (object != bucket.objects.end() && object->first.starts_with(query.prefix)) {
    if (object->second.back().delete_marker) {
      ++object;
      continue;
    }
    if (page.entries.size() == query.most) {
      page.truncated = query.most > 0;
      break;
    }
    std::string common = folded(object->first, query);
    if (common.empty()) {
      page.entries.push_back({&object->first, &object->second.back(), true, {}});
      ++object;
    } else {
      const auto next = behind_prefix(common);
      object = next ? bucket.objects.lower_bound(*next) : bucket.objects.end();
      page.entries.push_back({nullptr, nullptr, false, std::move(common)});
    }
  }
  return page;
}

std::expected<std::size_t, ApiError> page_size(const World& world, const Call& call,
                                               std::string_view parameter) {
  const std::size_t most = std::min<std::size_t>(1000, world.switches.listing_page);
  const std::string* asked = call.query.find(parameter);
  if (asked == nullptr || asked->empty()) return most;
  const auto number = parse_u64(*asked);
  if (!number || *number > 2'147'483'647) {
    return refuse(api_error("InvalidArgument", "Provided " + std::string(parameter) +
                                                   " not an integer or within integer range")
                      .with("ArgumentName", std::string(parameter))
                      .with("ArgumentValue", *asked));
  }
  return std::min<std::size_t>(most, *number);
}

std::string PageWriter::text(std::string_view key) const {
  return encoded_ ? listing_encode(key) : std::string(key);
}

}  // namespace s3m::sim
