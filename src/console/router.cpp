#include "console/router.hpp"

#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/text.hpp"

namespace s3m::console {
namespace {

constexpr std::string_view id_segment = "{id}";

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> out;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto end = std::min(pattern.find('/'), pattern.size());
    out.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return out;
}

// The text in the place of "{id}", which may be none; nullopt: another path.
std::optional<std::string> fits(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return std::nullopt;
  std::string id;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == id_segment) {
      id = segments[i];
    } else if (pattern[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return id;
}

}  // namespace

std::optional<std::size_t> Call::number(std::string_view name, std::size_t usual, std::size_t least,
                                        std::size_t most) const {
  const auto found = query.find(name);
  if (found == query.end()) return usual;
  const auto value = parse_u64(found->second);
  if (!value || *value < least || *value > most) return std::nullopt;
  return static_cast<std::size_t>(*value);
}

std::optional<boost::json::object> Call::body() const {
  boost::json::error_code unreadable;
  auto value = boost::json::parse(request.body, unreadable);
  if (unreadable || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

void Router::add(Route route) {
  patterns_.push_back(segments_of(route.pattern));
  routes_.push_back(std::move(route));
}

Router::Match Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
  Match match;
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto id = fits(patterns_[i], segments);
    if (!id) continue;
    const auto& route = routes_[i];
    match.allowed += (match.allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") match.allowed += ", HEAD";
    if (route.method != wanted) continue;
    match.route = &route;
    match.id = *std::move(id);
  }
  return match;
}

}  // namespace s3m::console
