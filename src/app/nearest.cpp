#include <algorithm>
#include <numeric>

#include "app/cli.hpp"

namespace s3m::app {
namespace {

// How many single letters must be put in, taken out or changed.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      const auto changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view typed, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = 1 + typed.size() / 4;
  for (const auto& name : known) {
    const auto distance = name.starts_with(typed) && typed.size() > 4 ? 0 : edits(typed, name);
    if (distance > least || (distance == least && !best.empty())) continue;
    best = name;
    least = distance;
  }
  return best;
}

}  // namespace s3m::app
