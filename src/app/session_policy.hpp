// session_policy.hpp: narrows an assumed role to the buckets of its job.
//
// Layer   app; pure.
// Source  IAM user guide, "Session policies": a session may do what both the role and this allow;
//         at most 2,048 characters.
#pragma once

#include <string>

#include "transfer/location.hpp"

namespace s3m::app {

// Reads in the source bucket (and its policy, which a source-policy grant edits), everything in
// the destination bucket, the use of KMS keys, which no bucket name can narrow, and to ask IAM what
// a role may do. A destination without a bucket is a migration: everything in the bucket that
// moves, in the one that it becomes (`renamed`; empty: the same name) and in temporary buckets.
// Empty if it would be too long: then the role alone decides.
std::string session_policy(std::string_view partition, const transfer::Location& source,
                           const transfer::Location& destination, const std::string& renamed);

// Lists buckets and what is in them, and nothing else.
std::string browsing_policy();

}  // namespace s3m::app
