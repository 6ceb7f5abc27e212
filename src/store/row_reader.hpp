// row_reader.hpp: takes the columns of a row one after another, remembering what did not fit.
//
// Layer  store.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/sql_session.hpp"

namespace s3m::store {

class RowReader {
 public:
  explicit RowReader(const SqlRow& row) : row_(row) {}

  std::string text();
  std::string bytes();  // of a hexadecimal column
  std::optional<std::string> optional_bytes();
  std::uint64_t number();
  int small_number();  // not negative
  std::optional<int> optional_int();
  WallTime time();
  std::optional<WallTime> optional_time();
  // One of the names of an enumeration, in its order.
  template <class Enum, std::size_t count>
  Enum one_of(const std::array<std::string_view, count>& names) {
    const auto* const found = std::ranges::find(names, text());
    if (found == names.end()) failed_ = true;
    return found == names.end() ? Enum{} : static_cast<Enum>(found - names.begin());
  }
  std::vector<std::uint64_t> part_sizes();

  // True if a column was NULL or no such value. Then what was read is not to be used: the database
  // was damaged or written by hand.
  bool failed() const noexcept { return failed_; }
  void fail() noexcept { failed_ = true; }

 private:
  const std::optional<std::string>& next();
  template <class T>
  T require(std::optional<T> value);

  const SqlRow& row_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace s3m::store
