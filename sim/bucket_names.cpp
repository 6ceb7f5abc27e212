#include "sim/bucket_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "sim/faults.hpp"
#include "sim/populate.hpp"

namespace s3m::sim {
namespace {

constexpr auto regions = std::to_array<std::string_view>(
    {"us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "af-south-1",
     "ap-east-1",      "ap-south-1",     "ap-south-2",     "ap-northeast-1", "ap-northeast-2",
     "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
     "ca-central-1",   "ca-west-1",      "eu-central-1",   "eu-central-2",   "eu-north-1",
     "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",      "eu-west-3",
     "il-central-1",   "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",
     "cn-north-1",     "cn-northwest-1", "us-gov-east-1",  "us-gov-west-1",  "EU"});

bool is_ip_address(std::string_view name) {
  return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

// -123456789012-eu-west-1-an at the end: somebody's own namespace.
bool is_account_regional(std::string_view name) {
  if (!name.ends_with("-an")) return false;
  const std::string_view stem = name.substr(0, name.size() - 3);
  return std::any_of(regions.begin(), regions.end(), [&](std::string_view known) {
    if (!stem.ends_with(known) || stem.size() < known.size() + 14) return false;
    const std::string_view id = stem.substr(stem.size() - known.size() - 13, 12);
    return id.find_first_not_of("0123456789") == std::string_view::npos;
  });
}

// Name, header, account and region must say the same.
Permit check_namespace(const Call& call, std::string_view region) {
  const std::string_view asked = call.header("x-amz-bucket-namespace");
  if (!asked.empty() && asked != "account-regional" && asked != "global") {
    return refuse("InvalidArgument", "The bucket namespace is account-regional or global");
  }
  if (!is_account_regional(call.bucket) && asked != "account-regional") return {};
  const std::string own = fmt::format("-{}-{}-an", call.principal->account, region);
  if (!call.bucket.ends_with(own)) {
    return refuse("InvalidBucketNamespace",
                  "The bucket name does not belong to the namespace of this account and region.");
  }
  if (asked == "account-regional") return {};
  return refuse("InvalidBucketNamespace",
                "The bucket name belongs to an account regional namespace; the request does not "
                "say so.");
}

Permit check_release(World& world, const Call& call) {
  const auto found = world.released.find(call.bucket);
  if (found == world.released.end()) return {};
  if (!world.switches.names_freed_at_once) {
    const auto since = call.true_now - found->second;
    if (since < world.switches.name_seems_taken) {
      return refuse(api_error("BucketAlreadyExists").with("BucketName", call.bucket));
    }
    if (since < world.switches.name_release) return refuse("OperationAborted");
  }
  world.released.erase(found);
  return {};
}

BucketSpec loot(const ThiefSpec& thief, const std::string& name) {
  BucketSpec bucket;
  bucket.name = name;
  bucket.owner = thief.account;
  bucket.region = thief.region;
  bucket.tags = thief.tags;
  if (thief.open) {
    bucket.policy = public_policy(name);
    bucket.block_public_access = false;
  }
  return bucket;
}

}  // namespace

bool is_region(std::string_view name) {
  return std::find(regions.begin(), regions.end(), name) != regions.end();
}

bool valid_bucket_name(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63) return false;
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) return false;
  for (const char c : name) {
    if (!alphanumeric(c) && c != '-' && c != '.') return false;
  }
  for (const std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return false;
  }
  for (const std::string_view suffix : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(suffix)) return false;
  }
  return name.find("..") == std::string_view::npos && !is_ip_address(name);
}

Permit check_name(World& world, const Call& call, std::string_view region) {
  if (!valid_bucket_name(call.bucket)) {
    return refuse(api_error("InvalidBucketName").with("BucketName", call.bucket));
  }
  if (const auto own = check_namespace(call, region); !own) return own;
  return check_release(world, call);
}

void release_name(World& world, std::string_view name, WallTime now) {
  world.released[std::string(name)] = now;
  const auto thief =
      std::find_if(world.thieves.begin(), world.thieves.end(),
                   [name](const ThiefSpec& one) { return glob_match(one.bucket, name); });
  if (thief == world.thieves.end() || is_account_regional(name)) return;
  const auto delay =
      world.switches.names_freed_at_once ? WallTime::duration{0} : world.switches.name_release;
  world.thefts.push_back({std::string(name), now + delay + thief->after, *thief});
}

void let_thieves_act(World& world, WallTime now) {
  std::erase_if(world.thefts, [&](const Theft& theft) {
    if (now < theft.at) return false;
    if (world.bucket(theft.name) == nullptr) {
      // The scenario's check has seen to it that this cannot fail.
      std::ignore = populate(world, loot(theft.thief, theft.name), now);
      world.released.erase(theft.name);
    }
    return true;
  });
}

}  // namespace s3m::sim
