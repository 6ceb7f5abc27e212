// kms_key_map.hpp: which key takes the place of which.
//
// Layer   transfer; a value.
//
// A KMS key belongs to one account and region, so a copy that goes elsewhere needs another one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace s3m::transfer {

class KmsKeyMap {
 public:
  bool empty() const noexcept { return keys_.empty(); }
  const std::vector<std::pair<std::string, std::string>>& keys() const noexcept { return keys_; }

  // "SOURCE=DESTINATION". SOURCE is the key's ARN, its id, or * for every other key.
  // Errors: invalid_argument for a line that is no such pair, or that contradicts an earlier one.
  Result<void> add(std::string_view pair);
  // A pair a line; empty lines and those that begin with # are left out.
  // Errors: as add(), naming the line.
  Result<void> add_lines(std::string_view text);

  // The key for objects under `source_key`, which is an ARN as S3 tells it. nullopt: none is given.
  std::optional<std::string> find(std::string_view source_key) const;

 private:
  std::vector<std::pair<std::string, std::string>> keys_;
};

}  // namespace s3m::transfer
