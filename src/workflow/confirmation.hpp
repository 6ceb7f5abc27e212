// confirmation.hpp: what somebody should know who is to confirm that a source is deleted.
//
// Layer  workflow; a value, and its text in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "net/task.hpp"

namespace s3m::workflow {

// What stands at the confirmation, for whoever confirms.
struct ConfirmationQuestion {
  std::string bucket, temporary_bucket, digest;
  std::uint64_t objects = 0, bytes = 0, weak = 0;
  std::string uploads;       // a sentence on those that nobody finished; empty: there are none
  bool uploads_told = true;  // an earlier run told of each of them
  bool frozen = false;
  bool all_versions = false;
  std::uint64_t not_carried = 0;  // attributes of objects
  std::uint64_t settings_changed = 0, settings_not_carried = 0;
};
// True: the bucket's name was typed. False: not now.
using Confirm = std::function<net::Task<bool>(ConfirmationQuestion)>;

// One JSON object: all but `uploads_told`, and with them as "id" what no other question has.
// It guards against accident, not against an adversary.
std::string to_json(const ConfirmationQuestion& question);
// That id. Who confirms elsewhere says by it what was shown.
std::string id_of(const ConfirmationQuestion& question);

}  // namespace s3m::workflow
