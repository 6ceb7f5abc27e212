// preflight.hpp: what must be true before a job touches anything. Reads only.
//
// Layer      workflow.
// Threading  one loop.
//
// Every refusal is one sentence that names the bucket and says what to do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workflow/access.hpp"

namespace s3m::workflow {

struct BucketFacts {
  bool exists = true;
  std::string region;          // where the bucket is, or will be made
  std::string expected_owner;  // sent with every request; empty where the service knows no owner
};

struct Ground {
  Principal source_principal, destination_principal;
  BucketFacts source, destination;
  // The endpoints differ in name: whether they are one service must still be proven, by a marker
  // in the destination (same_service.hpp).
  bool same_service_unproven = false;
  std::vector<std::string> notes;  // for the user: nothing that stops the job
};

struct PreflightOptions {
  bool destination_may_be_missing = true;  // a copy makes it; verify does not
};

// Looks at both sides with their own identities.
//
// Errors  refused             overlap (G26), different partitions, a bucket in another region than
//                             the one given, a destination that belongs to another account
//         no_such_bucket      the source (or, for verify, the destination) is not there
//         access_denied, config, and what the way there says: with what to check.
net::Task<Result<Ground>> preflight(const Access& source, const Access& destination,
                                    aws::Runtime& runtime, aws::Admission& admission,
                                    PreflightOptions options);

// One bucket that must be there, alone (cleanup).
net::Task<Result<BucketFacts>> look_at_bucket(const Access& access, const Principal& principal,
                                              aws::Runtime& runtime, aws::Admission& admission,
                                              std::vector<std::string>& notes);

// Whether the locations overlap, as far as it can be told without asking anybody (G26).
Result<void> check_overlap(const Access& source, const Access& destination);

}  // namespace s3m::workflow
