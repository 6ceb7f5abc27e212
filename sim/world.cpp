#include "sim/world.hpp"

#include <utility>

#include <fmt/format.h>

namespace s3m::sim {
namespace {

std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
  return number ^ (number >> 31);
}

std::string letters_of(std::uint64_t number, std::size_t length) {
  constexpr std::string_view letters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
  std::string text(length, '0');
  for (char& letter : text) {
    letter = letters[number & 63];
    number = number >> 6 | number << 58;
  }
  return text;
}

}  // namespace

Bucket* World::bucket(std::string_view name) {
  const auto found = buckets.find(name);
  return found == buckets.end() ? nullptr : &found->second;
}

const Bucket* World::bucket(std::string_view name) const {
  const auto found = buckets.find(name);
  return found == buckets.end() ? nullptr : &found->second;
}

std::string World::new_token() {
  const std::uint64_t first = mixed(++serial_ * 0x9E3779B97F4A7C15u);
  return letters_of(first, 10) + letters_of(mixed(first), 11) + letters_of(serial_, 11);
}

std::string World::new_request_id() {
  return fmt::format("{:016X}", mixed(++serial_ * 0x9E3779B97F4A7C15u));
}

AttributesPtr World::share(Attributes attributes) {
  if (last_shared_ == nullptr || *last_shared_ != attributes) {
    last_shared_ = std::make_shared<const Attributes>(std::move(attributes));
  }
  return last_shared_;
}

}  // namespace s3m::sim
