#include "store/row_writer.hpp"

#include <algorithm>
#include <limits>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/part_sizes.hpp"

namespace s3m::store {

void RowWriter::refuse(std::string_view why) {
  if (refused_.empty()) refused_ = why;
}

RowWriter& RowWriter::text(std::string_view value) {
  if (!valid_utf8(value)) refuse("the store holds no text that is not UTF-8");
  if (value.find('\0') != std::string_view::npos)
    refuse("the store holds no text with a NUL in it");
  values_.emplace_back(std::string(value));
  return *this;
}

RowWriter& RowWriter::bytes(std::string_view value) {
  values_.emplace_back(hex(value));
  return *this;
}

RowWriter& RowWriter::optional_bytes(const std::optional<std::string>& value) {
  if (value) return bytes(*value);
  values_.emplace_back(nullptr);
  return *this;
}

RowWriter& RowWriter::number(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<long long>::max())) {
    refuse("the store holds no number above 2^63 - 1");
  }
  values_.emplace_back(static_cast<long long>(value));
  return *this;
}

RowWriter& RowWriter::small_number(int value) {
  if (value < 0) refuse("the store holds no negative number here");
  values_.emplace_back(static_cast<long long>(value));
  return *this;
}

RowWriter& RowWriter::limit(std::size_t rows) {
  constexpr auto most = std::size_t{std::numeric_limits<std::int32_t>::max()};
  return number(std::min(rows, most));
}

RowWriter& RowWriter::optional_int(std::optional<int> value) {
  if (value) {
    values_.emplace_back(static_cast<long long>(*value));
  } else {
    values_.emplace_back(nullptr);
  }
  return *this;
}

RowWriter& RowWriter::time(WallTime value) {
  values_.emplace_back(static_cast<long long>(value.time_since_epoch().count()));
  return *this;
}

RowWriter& RowWriter::optional_time(std::optional<WallTime> value) {
  if (value) return time(*value);
  values_.emplace_back(nullptr);
  return *this;
}

RowWriter& RowWriter::part_sizes(const std::vector<std::uint64_t>& sizes) {
  if (sizes.size() > max_parts) refuse("an upload has at most 10,000 parts");
  values_.emplace_back(encode_part_sizes(sizes));
  return *this;
}

RowWriter& RowWriter::bucket(const BucketRef& bucket) {
  if (log::redact_url(bucket.endpoint) != bucket.endpoint) {
    refuse("the store holds no endpoint with a password in it");
  }
  return text(bucket.endpoint).text(bucket.bucket);
}

RowWriter& RowWriter::owner(const LockOwner& owner) {
  return text(owner.job_id).text(owner.process);
}

Result<std::vector<SqlValue>> RowWriter::values() const {
  if (!refused_.empty()) return fail(Errc::invalid_argument, refused_);
  return values_;
}

}  // namespace s3m::store
