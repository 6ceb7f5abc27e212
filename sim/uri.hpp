// uri.hpp: the simulator's own percent encoding and queries. Written apart from the client's on
// purpose: a codec that is wrong on both sides would agree with itself.
//
// Layer  sim; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::sim {

enum class Plus : bool { stays, is_space };

// nullopt where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

// SigV4's encoding: A-Z a-z 0-9 - _ . ~ stay, the rest is %XX in upper case; `keep_slash` for
// paths.
std::string percent_encode(std::string_view text, bool keep_slash);

// What S3 does for encoding-type=url: as a Java URLEncoder, so a space is '+', '*' stays, '~' does
// not; and '/' stays.
std::string listing_encode(std::string_view text);

struct QueryParameter {
  std::string name, value;  // decoded
};

// The part of a request target behind the '?', or a form in a body.
class Query {
 public:
  Query() = default;
  // nullopt for a malformed escape.
  static std::optional<Query> parse(std::string_view raw);

  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  // Empty when absent or without a value.
  std::string_view get(std::string_view name) const noexcept;
  // Null when absent.
  const std::string* find(std::string_view name) const noexcept;
  bool empty() const noexcept { return parameters_.empty(); }
  const std::vector<QueryParameter>& parameters() const noexcept { return parameters_; }

  // As SigV4 wants it: encoded anew, sorted by encoded name, then value; `name=` without a value.
  std::string canonical() const;

 private:
  std::vector<QueryParameter> parameters_;
};

}  // namespace s3m::sim
