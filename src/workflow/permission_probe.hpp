// permission_probe.hpp: which rights are there, found out without changing anything.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G28.
//
// Reads are used. A write is tried with an If-Match that cannot hold (404 or 412 against 403), and
// the creation of the name by asking for a bucket that exists (409 against 403). DeleteBucket,
// deletes of configuration, policies and unconditional deletes are never tried: IAM may be asked
// what it would say, and the trial copy into the temporary bucket proves the rest of the writing.
#pragma once

#include <vector>

#include "aws/iam.hpp"
#include "workflow/migration_facts.hpp"
#include "workflow/permissions.hpp"

namespace s3m::workflow {

struct PermissionProbes {
  aws::S3& source;                 // signed by the source identity, in the bucket's region
  aws::S3& destination;            // signed by the destination identity, in its region
  aws::Iam* source_iam = nullptr;  // null: IAM is not asked
  aws::Iam* destination_iam = nullptr;
};

// `needed` as needed_permissions() gives it, each with its state and how that is known.
//
// Errors  cancelled, and what ends any job; a refusal of a request is a finding.
//         refused when the name of the bucket turned out to be free: somebody deleted it meanwhile,
//         and the destination's account owns an empty bucket of this name now.
net::Task<Result<std::vector<Permission>>> probe_permissions(PermissionProbes probes,
                                                             MigrationFacts facts,
                                                             MigrationGround ground,
                                                             std::vector<Permission> needed);

}  // namespace s3m::workflow
