// faults.hpp: scripted misbehaviour, by operation, bucket, key and occurrence.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace boost::json {
class object;
}

namespace s3m::sim {

enum class FaultEffect : std::uint8_t {
  error,              // `status` and `code` instead of the answer
  error_in_200,       // 200, `blanks` spaces, then an <Error> of `code`
  trickle,            // `blanks` spaces, `blank_gap` apart, then the real answer
  delay,              // only `delay` and `jitter`
  reset_before_head,  // the connection ends without a byte
  reset_mid_head,
  reset_mid_body,      // of a body with Content-Length
  truncated_body,      // of a chunked body
  close,               // Connection: close after the real answer
  expire_session,      // the signer's session ends now, and the answer says so
  page_out_of_order,   // listings: the last two entries trade places
  page_without_token,  // IsTruncated true, no token and no marker
  page_empty,          // no entries, IsTruncated true, a token that goes on where it stands
  page_repeats_token,  // the answer's token is the one that was sent
  page_goes_back,      // the entries are those of the listing's beginning
  overwrite_object,    // the key gets other bytes before the operation (for a copy: the source)
  delete_object,       // the key goes before the operation (for a copy: the source)
  names_another_key,   // DeleteObjects: the answer has another key in place of the first
  first_key_fails,     // DeleteObjects: InternalError for the first key, which stays
};

// Which requests, which of those, and what happens to them.
struct FaultRule {
  // Globs with * and ?, over the whole text. Of a copy, `bucket` and `key` are the destination.
  std::string operation = "*";  // "CopyObject", "AssumeRole", "List*"
  std::string bucket = "*";
  std::string key = "*";
  std::string signer = "*";  // ARN; "anonymous" when unsigned

  std::uint64_t first = 1;   // the first matching request to be hit, counted from 1
  std::uint64_t count = 1;   // how many from there on; 0: all
  double probability = 1.0;  // of each of those; drawn from a generator with a fixed seed

  FaultEffect effect = FaultEffect::error;
  int status = 503;
  std::string code = "SlowDown";
  std::string message;                                   // empty: AWS's sentence for the code
  std::optional<std::chrono::milliseconds> retry_after;  // x-amz-retry-after
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};  // 0 to this much more, uniformly
  std::size_t blanks = 0;
  std::chrono::milliseconds blank_gap{0};
  // Whether the operation takes place although the client is told otherwise: the lost reply.
  // Matters for error, error_in_200 and the resets.
  bool applied = false;
};

// What is known of a request when rules are looked up.
struct FaultSubject {
  std::string_view operation, bucket, key, signer;
};

// Holds the rules in the order added. A request is hit by the first rule that fires; every rule
// that matches counts it.
class Faults {
 public:
  // Gives the rule's number, for fired() and remove().
  std::size_t add(FaultRule rule);
  void remove(std::size_t number);
  void clear();
  bool empty() const noexcept { return entries_.empty(); }

  // The rule that hits this request, or null. Valid until the rules change.
  const FaultRule* match(const FaultSubject& subject);
  // How often the rule has hit; 0 for an unknown number.
  std::uint64_t fired(std::size_t number) const;
  std::uint64_t fired_in_all() const noexcept { return fired_in_all_; }

  // Uniform in [0, most].
  std::chrono::microseconds jitter(std::chrono::microseconds most);

 private:
  struct Entry {
    std::size_t number;
    FaultRule rule;
    std::uint64_t seen = 0, fired = 0;
  };
  bool hits(Entry& entry);
  std::vector<Entry> entries_;
  std::size_t next_number_ = 1;
  std::uint64_t fired_in_all_ = 0;
  std::mt19937_64 random_{20261122};
};

// "error_in_200"; nullopt for another name.
std::optional<FaultEffect> parse_effect(std::string_view name);

// A rule as scenarios and POST /_sim/fault write it (docs/simulator.md).
// Errors: config, with the member that is wrong.
Result<FaultRule> parse_fault(const boost::json::object& json);

// Globs of fault rules and of IAM: * is any run of characters, ? any one.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;
bool glob_match_ignoring_case(std::string_view pattern, std::string_view text) noexcept;

}  // namespace s3m::sim
