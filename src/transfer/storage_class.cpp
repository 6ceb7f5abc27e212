#include "transfer/storage_class.hpp"

#include <algorithm>
#include <array>

namespace s3m::transfer {
namespace {

constexpr std::uint64_t small = 128 * 1024;

// The first is what empty and unknown names mean.
constexpr auto classes = std::to_array<StorageClass>({
    {"STANDARD"},
    {"REDUCED_REDUNDANCY"},
    {"INTELLIGENT_TIERING"},
    {"STANDARD_IA", false, 30, small},
    {"ONEZONE_IA", false, 30, small},
    {"GLACIER_IR", false, 90, small},
    {"GLACIER", true, 90, 0},
    {"DEEP_ARCHIVE", true, 180, 0},
});

}  // namespace

const StorageClass& storage_class(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(classes, name, &StorageClass::name);
  return found == classes.end() ? classes.front() : *found;
}

void ClassFigures::add(const StorageClass& of, std::uint64_t size, WallTime last_modified,
                       WallTime now, std::uint64_t writes_of_copy) {
  using Days = std::chrono::duration<double, std::chrono::days::period>;
  const auto billed = std::max(size, of.minimum_bytes);
  const double age = std::max(0.0, Days(now - last_modified).count());
  ++objects;
  bytes += size;
  billed_bytes += billed;
  early_byte_days += static_cast<double>(billed) * std::max(0.0, of.minimum_days - age);
  writes += writes_of_copy;
}

}  // namespace s3m::transfer
