// access.hpp: may this request do that? The bucket it names, its owner and region, and IAM.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "sim/call.hpp"
#include "sim/world.hpp"

namespace s3m::sim {

std::string bucket_arn(const World& world, std::string_view bucket);
std::string object_arn(const World& world, std::string_view bucket, std::string_view key);

// The bucket of the request.
// Errors  NoSuchBucket; AccessDenied where x-amz-expected-bucket-owner is another account;
//         AuthorizationHeaderMalformed or a redirect where the signature is for another region.
std::expected<Bucket*, ApiError> named_bucket(World& world, const Call& call);

// The owner as a header expects it; passes when the header is absent.
Permit check_owner(const World& world, const Bucket& bucket, std::string_view expected);

// Whether the caller may do `action` ("s3:PutObject") on the bucket or, with a key, on an object.
// Errors  AccessDenied, and says by which policy.
Permit authorize(const World& world, const Call& call, const Bucket& bucket,
                 std::string_view action);
Permit authorize(const World& world, const Call& call, const Bucket& bucket,
                 std::string_view action, std::string_view key);
// The same on a version that is there: one that another account owns is out of reach of the
// bucket's policy.
Permit authorize(const World& world, Call& call, const Bucket& bucket, std::string_view action,
                 std::string_view key, const Version& version);

// Whether the caller may use the key ("kms:Decrypt", "kms:GenerateDataKey"). Passes without KMS.
Permit authorize_kms(const World& world, const Call& call, const Encryption& encryption,
                     std::string_view action);

// A key that is not there is NoSuchKey for those who may list, AccessDenied for others.
ApiError missing_key(const World& world, const Call& call, const Bucket& bucket,
                     std::string_view key);

// Who owns a version: the bucket's owner while ACLs are off.
const std::string& owner_of(const Bucket& bucket, const Version& version);

}  // namespace s3m::sim
