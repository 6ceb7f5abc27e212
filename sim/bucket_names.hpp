// bucket_names.hpp: who may have which bucket name, and when.
//
// Layer   sim.
// Source  aws-s3 naming rules; account regional namespaces (March 2026): a name that ends with
//         -ACCOUNT-REGION-an belongs to that account and region, and CreateBucket says so in
//         x-amz-bucket-namespace.
#pragma once

#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// AWS's rules for names of general purpose buckets.
bool valid_bucket_name(std::string_view name);

// One of the regions a LocationConstraint may name ("EU" stands for eu-west-1).
bool is_region(std::string_view name);

// Whether the caller may make a bucket of the request's name in `region` now.
// Errors  InvalidBucketName, InvalidBucketNamespace; BucketAlreadyExists and OperationAborted for a
//         name that was deleted a moment ago.
Permit check_name(World& world, const Call& call, std::string_view region);

// The bucket of that name is gone: the name comes free, and thieves hear of it.
void release_name(World& world, std::string_view name, WallTime now);

// Thieves whose time has come take their names.
void let_thieves_act(World& world, WallTime now);

}  // namespace s3m::sim
