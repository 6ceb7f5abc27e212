// apply.hpp: a rewritten configuration put into the new bucket, in an order that harms nothing.
//
// Layer      workflow.
// Threading  one loop.
// Source     docs/what-is-carried.md has the order and its reasons.
//
// Each setting is looked at before it is put: what is there already is left alone, and a service
// that does not know a setting is never sent it (it might take the PUT for CreateBucket). Nothing
// here sends a DELETE, but finish() for tags that it has just read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workflow/configuration/configuration.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

enum class Phase : std::uint8_t {
  before_data,  // what objects must find when they come: public access, ownership, encryption,
                // versioning (Enabled, even if it is to be Suspended), Object Lock without its
                // default, tags, CORS, acceleration, ACL
  after_data,   // website, logging, payer, inventory, analytics, metrics, tiering; Suspended
  last,         // policy, notification, Object Lock's default, lifecycle, replication
};

// Whether this process may still write to the bucket. Errors: why not.
using StillOurs = std::function<net::Task<Result<void>>()>;

// What of an item is to be in place once `phase` is over; nullopt: nothing yet.
std::optional<aws::SubResource> wanted_in(const ConfigurationItem& item, Phase phase);

// Puts what is to be in place once `phase` is over, that of the phases before it included. Tags of
// ours in the bucket stay beside those of the configuration, statements of ours in its policy
// beside the policy's. `policy` edits that of the bucket, so that nobody else's edit and this one
// undo each other (guard G21); it outlives the task. `still_ours` is asked before each write
// (guard G25): who slept meanwhile must not put back what the bucket's owner has changed since.
//
// Gives   ok when every item of it was there or was taken by the service; differences()
//         proves it. A repetition sends only what is missing.
// Errors  not_supported: the service does not know a setting that the configuration has.
//         too_large: the policy with our statements is above 20 KB. What the service says else,
//         with the setting's name. cancelled. What `still_ours` says.
// Doubt   a bucket that was just made may not be known everywhere: no_such_bucket is asked again
//         for two minutes.
net::Task<Result<void>> apply(aws::S3& owner, std::string bucket, std::string expected_owner,
                              Configuration configuration, Phase phase, PolicyEditor& policy,
                              StillOurs still_ours, Pause pause);

// Compares all that apply() has put in the phases up to `upto` with what the bucket has, as XML or
// JSON. Reads again for a while where there are differences, as a setting may take time to show.
//
// Gives   a sentence for each difference that stays.
// Errors  what the reading fails with; cancelled.
net::Task<Result<std::vector<std::string>>> differences(aws::S3& owner, std::string bucket,
                                                        std::string expected_owner,
                                                        Configuration configuration, Phase upto,
                                                        Pause pause);

// The last of all: takes the job's marker tag away, so that the tags are the configuration's, and
// switches on tag-based access control, which would refuse to change tags. From then on the bucket
// cannot be told by its marker.
// Errors: as apply().
net::Task<Result<void>> finish(aws::S3& owner, std::string bucket, std::string expected_owner,
                               Configuration configuration, Pause pause);

}  // namespace s3m::workflow
