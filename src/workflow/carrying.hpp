// carrying.hpp: what the configuration of both buckets says about attributes that a copy does not
// carry by itself, asked before anything is copied.
//
// Layer      workflow.
// Threading  one loop.
// Source     docs/what-is-carried.md.
//
// To look at an object costs a request for each, so that is done only where a bucket's
// configuration says that there may be something to see. Where it may not be asked, it is said so.
#pragma once

#include <string>
#include <vector>

#include "transfer/transfer.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

struct Carrying {
  transfer::AttributeRules rules;
  bool archives = false;           // the configuration of the source moves objects to archives
  std::vector<std::string> notes;  // for the user: what will not be carried, and what it costs
};

// `source` and `destination` are signed by their own identities; the latter is not asked where the
// bucket does not exist yet.
// Errors: cancelled, and what ends any job; a missing right is a note.
net::Task<Result<Carrying>> look_at_configuration(aws::S3& source, aws::S3& destination,
                                                  const Access& from, const Access& to,
                                                  const Ground& ground, const CopySpec& spec);

// The copies must carry a canned ACL so that they belong to the destination's account: then the
// source's own grants cannot be said beside it.
void yield_to_canned_acl(transfer::AttributeRules& rules);

// Whether the first page of the source shows an archived object. False where it cannot be listed.
net::Task<bool> begins_with_archived(const transfer::Side& source);

}  // namespace s3m::workflow
