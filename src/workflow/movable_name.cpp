#include "workflow/movable_name.hpp"

#include <algorithm>
#include <array>

namespace s3m::workflow {
namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

// "eu-central-1": words of letters, and a number at the end.
bool is_region(std::string_view text) noexcept {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || dash + 1 == text.size()) return false;
  return std::ranges::all_of(text.substr(dash + 1), is_digit) &&
         std::ranges::all_of(text.substr(0, dash), [](char c) { return is_lower(c) || c == '-'; });
}

// PREFIX-ACCOUNT-REGION-an, with an account of twelve digits.
bool is_account_regional(std::string_view name) noexcept {
  constexpr std::string_view suffix = "-an";
  constexpr std::size_t account = 12;
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  for (std::size_t at = name.find('-'); at != std::string_view::npos; at = name.find('-', at + 1)) {
    const auto rest = name.substr(at + 1);
    if (rest.size() > account + 1 && rest[account] == '-' &&
        std::ranges::all_of(rest.substr(0, account), is_digit) &&
        is_region(rest.substr(account + 1))) {
      return true;
    }
  }
  return false;
}

bool is_address(std::string_view name) noexcept {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return is_digit(c) || c == '.'; });
}

bool follows_todays_rules(std::string_view name) noexcept {
  const auto at_end = [](char c) { return is_lower(c) || is_digit(c); };
  return name.size() >= 3 && name.size() <= 63 && at_end(name.front()) && at_end(name.back()) &&
         std::ranges::all_of(name, [&](char c) { return at_end(c) || c == '-' || c == '.'; }) &&
         !name.contains("..") && !is_address(name);
}

bool begins_as_reserved(std::string_view name) noexcept {
  constexpr auto prefixes = std::to_array<std::string_view>({"xn--", "sthree-", "amzn-s3-demo-"});
  return std::ranges::any_of(prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::optional<NameProblem> problem_of_name(std::string_view bucket) noexcept {
  if (bucket.starts_with("arn:") || bucket.ends_with("-s3alias") || bucket.ends_with("--ol-s3") ||
      bucket.ends_with(".mrap")) {
    return NameProblem::access_point;
  }
  if (bucket.ends_with("--x-s3") || bucket.ends_with("--table-s3")) return NameProblem::other_kind;
  if (is_account_regional(bucket)) return NameProblem::account_regional;
  if (!follows_todays_rules(bucket)) return NameProblem::legacy;
  // Whether other names with this suffix can still be made anew is documented nowhere.
  if (begins_as_reserved(bucket) || bucket.ends_with("-an")) return NameProblem::reserved;
  return std::nullopt;
}

}  // namespace s3m::workflow
