#include "transfer/kms_key_map.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view any_other = "*";

bool names(std::string_view given, std::string_view arn) {
  if (given == arn) return true;
  const auto slash = arn.rfind('/');
  return slash != std::string_view::npos && arn.substr(slash + 1) == given;
}

}  // namespace

Result<void> KmsKeyMap::add(std::string_view pair) {
  const auto equals = pair.find('=');
  const auto source = trim(pair.substr(0, equals));
  const auto destination =
      equals == std::string_view::npos ? std::string_view() : trim(pair.substr(equals + 1));
  if (source.empty() || destination.empty() || destination.contains('=')) {
    return fail(Errc::invalid_argument,
                fmt::format("\"{}\" is not a pair of keys; one looks like "
                            "arn:aws:kms:eu-west-1:111122223333:key/ID=arn:aws:kms:...",
                            printable(pair)));
  }
  for (const auto& [known, other] : keys_) {
    if (known == source && other != destination) {
      return fail(Errc::invalid_argument,
                  fmt::format("the key {} is given two others", printable(source)));
    }
  }
  keys_.emplace_back(source, destination);
  return ok;
}

Result<void> KmsKeyMap::add_lines(std::string_view text) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    auto added = add(line);
    if (!added) {
      added.error().context(fmt::format("line {}", number));
      return added;
    }
  }
  return ok;
}

std::optional<std::string> KmsKeyMap::find(std::string_view source_key) const {
  const auto named =
      std::ranges::find_if(keys_, [&](const auto& pair) { return names(pair.first, source_key); });
  if (named != keys_.end()) return named->second;
  const auto other = std::ranges::find(
      keys_, any_other, [](const auto& pair) -> std::string_view { return pair.first; });
  return other == keys_.end() ? std::nullopt : std::optional(other->second);
}

}  // namespace s3m::transfer
