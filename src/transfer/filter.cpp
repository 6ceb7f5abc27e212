#include "transfer/filter.hpp"

#include <cstddef>

#include "base/utf8.hpp"

namespace s3m::transfer {
namespace {

// The first character of `text`; a byte that begins no UTF-8 is one by itself.
Utf8Scalar first_character(std::string_view text) noexcept {
  if (const auto scalar = first_scalar(text)) return *scalar;
  return {static_cast<unsigned char>(text.front()), 1};
}

// The length of the [set] at the beginning of `pattern`; 0 if it is not closed and so a plain
// bracket. A ] that comes first is a member.
std::size_t set_length(std::string_view pattern) noexcept {
  const std::size_t first = pattern.substr(1).starts_with('!') ? 2 : 1;
  const auto end = pattern.find(']', first + 1);
  return end == pattern.npos ? 0 : end + 1;
}

bool in_set(std::string_view set, char32_t wanted) noexcept {
  auto members = set.substr(1, set.size() - 2);
  const bool negated = members.starts_with('!');
  if (negated) members.remove_prefix(1);
  bool found = false;
  while (!members.empty() && !found) {
    const auto low = first_character(members);
    members.remove_prefix(low.length);
    auto high = low;
    if (members.size() > 1 && members.front() == '-') {
      high = first_character(members.substr(1));
      members.remove_prefix(1 + high.length);
    }
    found = low.value <= wanted && wanted <= high.value;
  }
  return found != negated;
}

struct Step {
  std::size_t pattern = 0;  // bytes of the pattern that stand for one character
  bool matches = false;
};

// Matches what stands first in `pattern`, which is not '*', against one character.
Step match_one(std::string_view pattern, char32_t character) noexcept {
  if (pattern.front() == '?') return {1, true};
  if (pattern.front() == '[') {
    if (const auto length = set_length(pattern)) {
      return {length, in_set(pattern.substr(0, length), character)};
    }
  }
  const auto literal = first_character(pattern);
  return {literal.length, literal.value == character};
}

// Only the last '*' is ever tried again, so the time is at most the product of both lengths.
bool glob(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      retry = t;
      continue;
    }
    const auto character = first_character(text.substr(t));
    const Step step = p < pattern.size() ? match_one(pattern.substr(p), character.value) : Step{};
    if (step.matches) {
      p += step.pattern;
      t += character.length;
    } else if (star != std::string_view::npos) {
      p = star;
      retry += first_character(text.substr(retry)).length;
      t = retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool Filter::matches(std::string_view key) const noexcept {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (glob(rule->pattern, key)) return rule->include;
  }
  return true;
}

}  // namespace s3m::transfer
