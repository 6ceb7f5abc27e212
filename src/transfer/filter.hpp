// filter.hpp: --include and --exclude.
//
// Layer   transfer; pure.
// Source  the AWS CLI's rule: patterns are tried in the order given, the last match decides,
//         everything is included at first. '*' any run, '?' one character, [abc] [!abc] one of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace s3m::transfer {

struct FilterRule {
  bool include;
  std::string pattern;
  friend bool operator==(const FilterRule&, const FilterRule&) = default;
};

class Filter {
 public:
  Filter() = default;
  explicit Filter(std::vector<FilterRule> rules) : rules_(std::move(rules)) {}
  bool empty() const noexcept { return rules_.empty(); }
  // `key` is relative to the location's prefix.
  bool matches(std::string_view key) const noexcept;

 private:
  std::vector<FilterRule> rules_;
};

}  // namespace s3m::transfer
