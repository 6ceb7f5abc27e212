// verdict.hpp: how a job ended: its outcome, exit code and the sentence on what to do next.
//
// Layer   workflow; pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/event.hpp"
#include "transfer/transfer.hpp"
#include "workflow/stop.hpp"

namespace s3m::workflow {

// What the exit code of the program says about a job (reference: console.md).
inline constexpr int exit_verified = 0;
inline constexpr int exit_fatal = 1;
inline constexpr int exit_failed_objects = 3;
inline constexpr int exit_mismatch = 4;
inline constexpr int exit_interrupted = 130;

// What is to be done where histories differ.
inline constexpr auto mend_histories =
    "What is missing is copied by the same command again; a history that differs, or is longer "
    "than "
    "the source's, is never changed: remove by their ids the versions that do not belong there";

struct Ending {
  const Error* fatal = nullptr;       // what stopped the job
  Stop stop = Stop::interrupted;      // with Errc::cancelled: by whom
  const Error* grant_left = nullptr;  // why the grant could not be taken away
  std::string granted_bucket;         // where it stands then
  std::uint64_t failed = 0;           // objects
  bool verified = false;              // a verification ran to its end
  transfer::Verification verification;
  transfer::VerifyMode mode = transfer::VerifyMode::listing;
  bool strict = false;
  bool reported = false;        // failures are in a report, not only on the screen
  std::string how_to_mend;      // what copies that which differs or is missing
  std::string cleanup_command;  // takes the grant out
  std::string resume_command;
  std::uint64_t not_carried = 0;  // attributes that copies lack
  std::uint64_t not_looked_at = 0;
  bool all_versions = false;
};

// "1 object", "3 versions and delete markers": what the figures of a job count.
std::string counted_objects(std::uint64_t count, bool all_versions);

// What is known of the attributes of objects that were there already.
std::string told_before(std::uint64_t objects);

// Fills outcome, exit_code and message. Cancelled comes before failed objects, those before
// mismatches: the message of each tells about the graver thing.
void judge(const Ending& ending, SummaryEvent& summary);

}  // namespace s3m::workflow
