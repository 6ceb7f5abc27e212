// storage_class.hpp: what a storage class means for who copies and deletes its objects, and figures
// of a bucket by class.
//
// Layer   transfer; pure.
// Source  Amazon S3 user guide, "Understanding and managing Amazon S3 storage classes": the table
//         of minimum durations and minimum billable sizes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace s3m::transfer {

struct StorageClass {
  std::string_view name = {};
  bool needs_restore = false;       // cannot be read before a restore, however it is configured
  int minimum_days = 0;             // paid for, also of what is deleted before
  std::uint64_t minimum_bytes = 0;  // paid for, also of what is smaller
};

// Empty is STANDARD; a class that is not known is taken for one without any minimum.
const StorageClass& storage_class(std::string_view name) noexcept;

// What of a bucket is in one class.
struct ClassFigures {
  std::uint64_t objects = 0, bytes = 0;
  std::uint64_t billed_bytes = 0;  // small objects at the least that is charged for
  // Billed bytes, times the days that deleting them now would still cost. The age is that of the
  // object: one that a lifecycle rule moved here lately costs more.
  double early_byte_days = 0;
  std::uint64_t writes = 0;  // requests of the kind of PUT that a copy takes

  // `writes` is what a copy of this object takes.
  void add(const StorageClass& of, std::uint64_t size, WallTime last_modified, WallTime now,
           std::uint64_t writes);
};

// What of a class is to be copied.
struct CopyLoad {
  std::uint64_t objects = 0, bytes = 0;
  std::uint64_t writes = 0;  // requests of the kind of PUT that it takes
};

}  // namespace s3m::transfer
