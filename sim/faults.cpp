#include "sim/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "base/text.hpp"

namespace s3m::sim {
namespace {

template <class Same>
bool glob(std::string_view pattern, std::string_view text, Same same) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last * seen, and the text it covers from
  std::size_t covered = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      covered = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct EffectName {
  std::string_view name;
  FaultEffect effect;
};

constexpr std::array<EffectName, 19> effect_names{{
    {"error", FaultEffect::error},
    {"error_in_200", FaultEffect::error_in_200},
    {"trickle", FaultEffect::trickle},
    {"delay", FaultEffect::delay},
    {"reset_before_head", FaultEffect::reset_before_head},
    {"reset_mid_head", FaultEffect::reset_mid_head},
    {"reset_mid_body", FaultEffect::reset_mid_body},
    {"truncated_body", FaultEffect::truncated_body},
    {"close", FaultEffect::close},
    {"expire_session", FaultEffect::expire_session},
    {"page_out_of_order", FaultEffect::page_out_of_order},
    {"page_without_token", FaultEffect::page_without_token},
    {"page_empty", FaultEffect::page_empty},
    {"page_repeats_token", FaultEffect::page_repeats_token},
    {"page_goes_back", FaultEffect::page_goes_back},
    {"names_another_key", FaultEffect::names_another_key},
    {"first_key_fails", FaultEffect::first_key_fails},
    {"overwrite_object", FaultEffect::overwrite_object},
    {"delete_object", FaultEffect::delete_object},
}};

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) noexcept {
  return glob(pattern, text, [](char a, char b) { return a == b; });
}

bool glob_match_ignoring_case(std::string_view pattern, std::string_view text) noexcept {
  return glob(pattern, text, [](char a, char b) { return lower_letter(a) == lower_letter(b); });
}

std::size_t Faults::add(FaultRule rule) {
  entries_.push_back({next_number_, std::move(rule)});
  return next_number_++;
}

void Faults::remove(std::size_t number) {
  std::erase_if(entries_, [number](const Entry& entry) { return entry.number == number; });
}

void Faults::clear() {
  entries_.clear();
}

bool Faults::hits(Entry& entry) {
  const FaultRule& rule = entry.rule;
  ++entry.seen;
  if (entry.seen < rule.first) return false;
  if (rule.count != 0 && entry.seen >= rule.first + rule.count) return false;
  return rule.probability >= 1.0 ||
         std::uniform_real_distribution<double>(0, 1)(random_) < rule.probability;
}

const FaultRule* Faults::match(const FaultSubject& subject) {
  Entry* hit = nullptr;
  for (Entry& entry : entries_) {
    const FaultRule& rule = entry.rule;
    const bool matches =
        glob_match(rule.operation, subject.operation) && glob_match(rule.bucket, subject.bucket) &&
        glob_match(rule.key, subject.key) && glob_match(rule.signer, subject.signer);
    if (matches && hits(entry) && hit == nullptr) hit = &entry;
  }
  if (hit == nullptr) return nullptr;
  ++hit->fired;
  ++fired_in_all_;
  return &hit->rule;
}

std::uint64_t Faults::fired(std::size_t number) const {
  for (const Entry& entry : entries_) {
    if (entry.number == number) return entry.fired;
  }
  return 0;
}

std::chrono::microseconds Faults::jitter(std::chrono::microseconds most) {
  if (most.count() <= 0) return {};
  return std::chrono::microseconds(
      std::uniform_int_distribution<std::chrono::microseconds::rep>(0, most.count())(random_));
}

std::optional<FaultEffect> parse_effect(std::string_view text) {
  for (const auto& [name, effect] : effect_names) {
    if (name == text) return effect;
  }
  return std::nullopt;
}

}  // namespace s3m::sim
