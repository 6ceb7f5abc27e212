#include "sim/access.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/evaluation.hpp"
#include "sim/faults.hpp"

namespace s3m::sim {
namespace {

Permit wrong_region(const World& world, const Call& call, const Bucket& bucket) {
  const WrongRegion how = world.switches.wrong_region;
  const std::string endpoint(call.header("host"));
  ApiError error;
  if (how == WrongRegion::malformed) {
    error = api_error("AuthorizationHeaderMalformed",
                      fmt::format("The authorization header is malformed; the region '{}' is "
                                  "wrong; expecting '{}'",
                                  call.region, bucket.region))
                .with("Region", bucket.region);
  } else {
    error = api_error(how == WrongRegion::permanent_redirect ? "PermanentRedirect"
                                                             : "TemporaryRedirect")
                .with("Endpoint", endpoint)
                .with("Bucket", bucket.name);
  }
  error.headers = "x-amz-bucket-region: " + bucket.region + "\r\n";
  return refuse(std::move(error));
}

Permit judge(const World& world, const Call& call, std::string_view action,
             const std::string& resource, std::string_view account, const PolicyDocument* policy) {
  const AccessQuestion question{.principal = *call.principal,
                                .action = action,
                                .resource = resource,
                                .resource_account = account,
                                .resource_policy = policy,
                                .conditions = call,
                                .switches = world.switches,
                                .directory = world.directory};
  const Verdict verdict = evaluate(question);
  if (verdict == Verdict::allowed) return {};
  return refuse("AccessDenied",
                fmt::format("User: {} is not authorized to perform: {} on resource: \"{}\" {}",
                            call.principal->arn, action, resource, explain(verdict, action)));
}

// What an object's ACL gives to the account that owns the bucket but not the object.
bool acl_reaches(const Version& version, std::string_view action) {
  const std::string& acl = version.attributes->acl;
  if (acl == "bucket-owner-full-control") return true;
  return acl == "bucket-owner-read" && action.starts_with("s3:Get");
}

}  // namespace

std::string bucket_arn(const World& world, std::string_view bucket) {
  return fmt::format("arn:{}:s3:::{}", world.directory.partition(), bucket);
}

std::string object_arn(const World& world, std::string_view bucket, std::string_view key) {
  return fmt::format("arn:{}:s3:::{}/{}", world.directory.partition(), bucket, key);
}

std::expected<Bucket*, ApiError> named_bucket(World& world, const Call& call) {
  Bucket* bucket = world.bucket(call.bucket);
  if (bucket == nullptr || call.true_now < bucket->visible_from) {
    return refuse(api_error("NoSuchBucket").with("BucketName", call.bucket));
  }
  if (!call.region.empty() && call.region != bucket->region) {
    return std::unexpected(wrong_region(world, call, *bucket).error());
  }
  const auto owner = check_owner(world, *bucket, call.header("x-amz-expected-bucket-owner"));
  if (!owner) return std::unexpected(owner.error());
  return bucket;
}

Permit check_owner(const World& world, const Bucket& bucket, std::string_view expected) {
  if (expected.empty() || expected == bucket.owner || world.switches.ignore_expected_owner) {
    return {};
  }
  return refuse("AccessDenied");
}

Permit authorize(const World& world, const Call& call, const Bucket& bucket,
                 std::string_view action) {
  return judge(world, call, action, bucket_arn(world, bucket.name), bucket.owner,
               bucket.policy.in_force(call.true_now));
}

Permit authorize(const World& world, const Call& call, const Bucket& bucket,
                 std::string_view action, std::string_view key) {
  if (bucket.requester_pays && call.principal->account != bucket.owner &&
      call.header("x-amz-request-payer") != "requester") {
    return refuse("AccessDenied", "The bucket's requester pays: x-amz-request-payer is missing");
  }
  return judge(world, call, action, object_arn(world, bucket.name, key), bucket.owner,
               bucket.policy.in_force(call.true_now));
}

Permit authorize(const World& world, Call& call, const Bucket& bucket, std::string_view action,
                 std::string_view key, const Version& version) {
  const std::string& owner = owner_of(bucket, version);
  call.existing_tags = version.attributes ? &version.attributes->tags : nullptr;
  const Permit permit =
      owner == bucket.owner || acl_reaches(version, action)
          ? authorize(world, call, bucket, action, key)
          : judge(world, call, action, object_arn(world, bucket.name, key), owner, nullptr);
  call.existing_tags = nullptr;
  return permit;
}

Permit authorize_kms(const World& world, const Call& call, const Encryption& encryption,
                     std::string_view action) {
  if (!encryption.is_kms()) return {};
  const auto known = std::find_if(world.kms_keys.begin(), world.kms_keys.end(),
                                  [&](const KmsKeySpec& key) { return key.arn == encryption.key; });
  bool allowed = false;
  if (known != world.kms_keys.end()) {
    allowed = std::any_of(known->users.begin(), known->users.end(), [&](const auto& pattern) {
      return glob_match(pattern, call.principal->principal_arn());
    });
  } else {
    // A key of no special policy, the account's own aws/s3 key among them.
    const std::string account = ":" + call.principal->account + ":";
    allowed = !call.principal->account.empty() && encryption.key.find(account) != std::string::npos;
  }
  if (allowed) return {};
  return refuse("AccessDenied",
                fmt::format("User: {} is not authorized to perform: {} on resource: {} because no "
                            "resource-based policy allows the {} action",
                            call.principal->arn, action, encryption.key, action));
}

ApiError missing_key(const World& world, const Call& call, const Bucket& bucket,
                     std::string_view key) {
  if (!authorize(world, call, bucket, "s3:ListBucket")) return api_error("AccessDenied");
  return api_error("NoSuchKey").with("Key", std::string(key));
}

const std::string& owner_of(const Bucket& bucket, const Version& version) {
  if (bucket.acls_off() || version.attributes == nullptr) return bucket.owner;
  return version.attributes->owner;
}

}  // namespace s3m::sim
