#include "sim/bucket.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace s3m::sim {
namespace {

// How many there were.
std::size_t erase_versions(History& history, std::string_view id) {
  const std::size_t before = history.size();
  history.erase(std::remove_if(history.begin(), history.end(),
                               [id](const Version& version) { return version.id == id; }),
                history.end());
  return before - history.size();
}

}  // namespace

const Version* Bucket::current(std::string_view key) const {
  const auto found = objects.find(key);
  if (found == objects.end() || found->second.back().delete_marker) return nullptr;
  return &found->second.back();
}

const Version* Bucket::version(std::string_view key, std::string_view id) const {
  const auto found = objects.find(key);
  if (found == objects.end()) return nullptr;
  if (id.empty()) return &found->second.back();
  const auto version = std::find_if(found->second.begin(), found->second.end(),
                                    [id](const Version& v) { return v.id == id; });
  return version == found->second.end() ? nullptr : &*version;
}

Version* Bucket::version(std::string_view key, std::string_view id) {
  return const_cast<Version*>(std::as_const(*this).version(key, id));  // NOLINT: same lookup
}

const Version& Bucket::add(std::string_view key, Version version) {
  // Keys mostly come in order: then the place is the end.
  const bool is_last = !objects.empty() && std::prev(objects.end())->first < key;
  const auto found = is_last ? objects.end() : objects.lower_bound(key);
  const bool exists = found != objects.end() && found->first == key;
  History& history = exists ? found->second : objects.emplace_hint(found, key, History{})->second;
  if (version.id == "null") {
    erase_versions(history, "null");
  }
  history.push_back(std::move(version));
  return history.back();
}

bool Bucket::erase(std::string_view key, std::string_view id) {
  const auto found = objects.find(key);
  if (found == objects.end()) return false;
  const std::size_t erased = erase_versions(found->second, id);
  if (found->second.empty()) objects.erase(found);
  return erased > 0;
}

std::vector<const Upload*> Bucket::uploads_in_order() const {
  std::vector<const Upload*> ordered;
  ordered.reserve(uploads.size());
  for (const auto& [id, upload] : uploads)
    ordered.push_back(&upload);
  std::sort(ordered.begin(), ordered.end(), [](const Upload* a, const Upload* b) {
    return std::tie(a->key, a->initiated, a->id) < std::tie(b->key, b->initiated, b->id);
  });
  return ordered;
}

}  // namespace s3m::sim
