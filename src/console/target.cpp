#include "console/target.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace s3m::console {
namespace {

enum class Plus : bool { stays, is_space };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      const auto byte = unhex(text.substr(at + 1, 2));
      if (!byte || byte->size() != 1) return std::nullopt;
      out += *byte;
      at += 2;
    } else {
      out += text[at] == '+' && plus == Plus::is_space ? ' ' : text[at];
    }
  }
  return out;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool acceptable(const std::string& segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  return std::ranges::none_of(segment,
                              [](char c) { return is_control(c) || c == '/' || c == '\\'; });
}

bool add_query(Target& out, std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals), Plus::is_space);
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::is_space);
    if (!name || !value || !valid_utf8(*value)) return false;
    out.query.emplace(*std::move(name), *std::move(value));
  }
  return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  if (!target.starts_with('/') || target.contains('#')) return std::nullopt;
  const auto mark = std::min(target.find('?'), target.size());
  auto path = target.substr(1, mark - 1);
  Target out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    auto segment = decoded(path.substr(0, end), Plus::stays);
    if (!segment || !acceptable(*segment)) return std::nullopt;
    out.segments.push_back(*std::move(segment));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (mark < target.size() && !add_query(out, target.substr(mark + 1))) return std::nullopt;
  return out;
}

std::string_view cookie(std::string_view field, std::string_view name) noexcept {
  while (!field.empty()) {
    const auto end = std::min(field.find(';'), field.size());
    const auto pair = trim(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return {};
}

}  // namespace s3m::console
