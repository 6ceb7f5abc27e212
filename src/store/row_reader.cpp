#include "store/row_reader.hpp"

#include <charconv>
#include <limits>

#include "base/text.hpp"
#include "store/part_sizes.hpp"

namespace s3m::store {
namespace {

std::optional<std::int64_t> parse_i64(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto* const end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

const std::optional<std::string>& RowReader::next() {
  return row_.at(at_++);
}

template <class T>
T RowReader::require(std::optional<T> value) {
  if (!value) failed_ = true;
  return value ? std::move(*value) : T{};
}

std::string RowReader::text() {
  return require(next());
}

std::string RowReader::bytes() {
  return require(optional_bytes());
}

std::optional<std::string> RowReader::optional_bytes() {
  const auto& digits = next();
  if (!digits) return std::nullopt;
  return require(unhex(*digits));
}

std::uint64_t RowReader::number() {
  const auto value = require(parse_i64(next()));
  if (value < 0) failed_ = true;
  return static_cast<std::uint64_t>(value);
}

int RowReader::small_number() {
  const auto value = number();
  if (value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) failed_ = true;
  return static_cast<int>(value);
}

std::optional<int> RowReader::optional_int() {
  const auto& digits = next();
  if (!digits) return std::nullopt;
  const auto value = require(parse_i64(digits));
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    failed_ = true;
  }
  return static_cast<int>(value);
}

WallTime RowReader::time() {
  return WallTime(std::chrono::milliseconds(require(parse_i64(next()))));
}

std::optional<WallTime> RowReader::optional_time() {
  const auto& digits = next();
  if (!digits) return std::nullopt;
  return WallTime(std::chrono::milliseconds(require(parse_i64(digits))));
}

std::vector<std::uint64_t> RowReader::part_sizes() {
  return require(decode_part_sizes(require(next())));
}

}  // namespace s3m::store
