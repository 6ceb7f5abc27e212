#include "store/part_sizes.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::store {

std::string encode_part_sizes(const std::vector<std::uint64_t>& sizes) {
  std::string out;
  for (auto run = sizes.begin(); run != sizes.end();) {
    const auto end = std::find_if(run, sizes.end(), [run](auto size) { return size != *run; });
    fmt::format_to(std::back_inserter(out), "{}{}x{}", out.empty() ? "" : ",", end - run, *run);
    run = end;
  }
  return out;
}

std::optional<std::vector<std::uint64_t>> decode_part_sizes(std::string_view text) {
  std::vector<std::uint64_t> sizes;
  for (auto rest = text; !rest.empty();) {
    const auto run = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(run.size() + 1, rest.size()));
    const auto times = run.find('x');
    if (times == std::string_view::npos) return std::nullopt;
    const auto count = parse_u64(run.substr(0, times));
    const auto size = parse_u64(run.substr(times + 1));
    if (!count || !size || *count > max_parts - sizes.size()) return std::nullopt;
    sizes.insert(sizes.end(), *count, *size);
  }
  // Also refuses what another writer might mean by "0x5", "1x5,1x5" or a comma at the end.
  if (encode_part_sizes(sizes) != text) return std::nullopt;
  return sizes;
}

}  // namespace s3m::store
