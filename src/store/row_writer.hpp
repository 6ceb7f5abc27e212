// row_writer.hpp: gathers the values of a statement, refusing those that a database or this store
// must not hold.
//
// Layer  store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "store/records.hpp"
#include "store/sql_session.hpp"

namespace s3m::store {

class RowWriter {
 public:
  RowWriter& text(std::string_view value);
  RowWriter& bytes(std::string_view value);  // as hexadecimal
  RowWriter& optional_bytes(const std::optional<std::string>& value);
  RowWriter& number(std::uint64_t value);
  RowWriter& small_number(int value);  // not negative
  RowWriter& limit(std::size_t rows);  // the most that a database knows, if it is more
  RowWriter& optional_int(std::optional<int> value);
  RowWriter& time(WallTime value);
  RowWriter& optional_time(std::optional<WallTime> value);
  RowWriter& part_sizes(const std::vector<std::uint64_t>& sizes);
  RowWriter& bucket(const BucketRef& bucket);  // endpoint and bucket
  RowWriter& owner(const LockOwner& owner);    // job and process

  // All values in order. Errors: invalid_argument if one was refused.
  Result<std::vector<SqlValue>> values() const;

 private:
  void refuse(std::string_view why);

  std::vector<SqlValue> values_;
  std::string refused_;  // why; empty while nothing was
};

}  // namespace s3m::store
