// copy_spec.hpp: what the user asked of a copy, apart from the two sides.
//
// Layer   workflow; a value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "transfer/transfer.hpp"
#include "workflow/access.hpp"

namespace s3m::workflow {

// Whether objects are looked at one by one for what no copy carries by itself.
enum class AttributeMode : std::uint8_t {
  automatic,  // where the buckets' configuration says that there may be something
  all,
  none,  // never; what is lost by that is said
};

struct CopySpec {
  // Unset: destination_policy, or none where both sides are one identity.
  std::optional<GrantMode> grant;
  std::optional<std::chrono::milliseconds> grant_timeout;
  transfer::CopyOptions copy;
  transfer::VerifyMode verify = transfer::VerifyMode::listing;
  bool count_first = false;  // also jobs that will take less than an hour
  // With copy.all_versions: how long versioning that is on for the first time may settle; unset: as
  // the service needs (versioning.hpp).
  std::optional<std::chrono::milliseconds> versioning_settle;
  bool strict = false;        // weak pairs are a mismatch
  bool delete_extra = false;  // --delete (guard G9)
  unsigned max_delete_percent = 10;
  std::string confirm_delete;  // the destination bucket's name lifts the limits of --delete
  std::string report;          // a file name; empty: none
  AttributeMode attributes = AttributeMode::automatic;
  transfer::KmsKeyMap kms_keys;
  // With copy.restore: how long restores are waited for in all, and the first pause between two
  // looks; it grows to a quarter of an hour.
  std::chrono::seconds restore_wait{std::chrono::hours(48)};
  std::chrono::seconds restore_poll{60};
};

// The grant of a copy: what was asked for, else none where one identity has both sides.
GrantMode grant_of(const CopySpec& spec, bool one_identity);

// The job's row in the store and its report: JSON, without credentials and external ids.
std::string to_json(const CopySpec& spec, const Access& source, const Access& destination);

// A field of "source" or "destination" of such a text: "location", "endpoint", "region" or
// "role_arn"; empty where it has none.
std::string spec_field(const std::string& spec, std::string_view side, std::string_view field);

// That two such texts are about the same two sides: a job that is taken up from another shell must
// not go to another server because that shell's environment names another one.
// Errors: refused, naming what differs.
Result<void> same_sides(const std::string& job_id, const std::string& before,
                        const std::string& now);

}  // namespace s3m::workflow
