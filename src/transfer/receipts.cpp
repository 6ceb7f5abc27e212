#include "transfer/receipts.hpp"

#include <cstring>
#include <string>

#include "base/hash.hpp"

namespace s3m::transfer {
namespace {

std::uint64_t fingerprint(std::string_view text) {
  const Sha256 hash = sha256(text);
  std::uint64_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

std::uint64_t fingerprint(std::string_view key, const aws::ObjectEntry& source,
                          std::string_view copy_etag) {
  std::string text;
  for (const auto field : {key, std::string_view(source.etag), copy_etag}) {
    text.append(std::to_string(field.size())).append(":").append(field);
  }
  text.append(std::to_string(source.size)).append("@");
  // Listings show milliseconds, HEADs whole seconds.
  const auto modified = std::chrono::floor<std::chrono::seconds>(source.last_modified);
  text.append(std::to_string(modified.time_since_epoch().count()));
  return fingerprint(text);
}

}  // namespace

void Receipts::add(std::string_view key, const aws::ObjectEntry& source,
                   std::string_view copy_etag) {
  if (fingerprints_.size() < most_receipts) {
    fingerprints_.insert(fingerprint(key, source, copy_etag));
  }
}

bool Receipts::holds(std::string_view key, const aws::ObjectEntry& source,
                     const aws::ObjectEntry& copy) const {
  return source.size == copy.size && !fingerprints_.empty() &&
         fingerprints_.contains(fingerprint(key, source, copy.etag));
}

void Receipts::add_failure(std::string_view key) {
  if (failures_.size() < most_receipts) failures_.insert(fingerprint(key));
}

bool Receipts::failed(std::string_view key) const {
  return !failures_.empty() && failures_.contains(fingerprint(key));
}

}  // namespace s3m::transfer
