// retry_choice.hpp: some failures of a copy that are tried again, while the others stay as they
// are.
//
// Layer      workflow.
// Threading  on the store's thread, or where there is no other.
//
// Who chooses, chooses among the failures of a run that has come to its end: that one has met every
// object. They stay in the store below those of the new run, which count alone; so a run that goes
// on after a crash leaves the same objects alone, and tells each that it left as failed once more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"
#include "transfer/transfer.hpp"

namespace s3m::workflow {

// The fact of a job that holds the choice its run goes under; empty: none.
inline constexpr std::string_view retry_choice_fact = "retry-choice";

struct RetryChoice {
  std::uint64_t first = 0, last = 0;   // of the failures it was made among, by their numbers
  std::vector<std::uint64_t> numbers;  // of those that are tried again; ascending
  friend bool operator==(const RetryChoice&, const RetryChoice&) = default;
};
// What a run of such a job is told of it; both empty: all is tried.
struct ChosenFailures {
  std::vector<FailureEvent> tried, left;
};

std::string encode(const RetryChoice& choice);
// nullopt if it is not what encode() gave.
std::optional<RetryChoice> decode_choice(std::string_view text);

// Whether the job is one whose failures may be chosen among. Errors: refused, with what to do
// instead.
Result<void> may_choose(const store::JobRecord& job);

// The choice of these failures. Errors: refused as may_choose(), where not all failures are
// recorded, and where a number is none of a failure that counts now; else those of the store.
Result<RetryChoice> choose_failures(store::Store& store, const store::JobRecord& job,
                                    std::vector<std::uint64_t> numbers);

// That of the run that is to be gone on with. Errors: those of the store.
Result<std::optional<RetryChoice>> choice_of(store::Store& store, const std::string& id);

// The failures that it was made among. Errors: those of the store.
Result<ChosenFailures> chosen_failures(store::Store& store, const std::string& id,
                                       const RetryChoice& choice);

// Those of objects of which none is tried, by their keys after the prefix, the first of each. What
// lies in neither location is left out.
transfer::LeftFailures left_by_key(const ChosenFailures& failures, const transfer::Location& source,
                                   const transfer::Location& destination);

}  // namespace s3m::workflow
