#include "sim/bucket_lifecycle.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/bucket_configuration.hpp"
#include "sim/bucket_names.hpp"
#include "sim/tagging.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::string_view classic_region = "us-east-1";
constexpr std::size_t most_bucket_tags = 50;
constexpr std::uint64_t all_buckets = 10'000;  // as AWS pages them at most

struct Wish {
  std::string region;
  std::string location;  // as it was named
  Pairs tags;
};

std::expected<Pairs, ApiError> read_tags(const pugi::xml_node& root) {
  Pairs tags;
  for (const auto tag : root.child("Tags").children("Tag")) {
    if (!tag.child("Key") || !tag.child("Value")) return refuse("MalformedXML");
    tags.emplace_back(tag.child_value("Key"), tag.child_value("Value"));
  }
  return checked_tags(std::move(tags), most_bucket_tags);
}

// The region a CreateBucket asks for, from the endpoint (the signature's scope) and the body.
std::expected<Wish, ApiError> read_wish(const Call& call) {
  const std::string endpoint = call.region.empty() ? std::string(classic_region) : call.region;
  Wish wish{.region = endpoint, .location = {}, .tags = {}};
  std::string& constraint = wish.location;
  if (!call.body.empty()) {
    pugi::xml_document document;
    if (!document.load_buffer(call.body.data(), call.body.size())) return refuse("MalformedXML");
    const auto root = document.child("CreateBucketConfiguration");
    if (!root) return refuse("MalformedXML");
    constraint = root.child_value("LocationConstraint");
    auto tags = read_tags(root);
    if (!tags) return refuse(tags.error());
    wish.tags = std::move(*tags);
  }
  const auto incompatible = [&](std::string_view named) {
    return refuse("IllegalLocationConstraintException",
                  fmt::format("The {} location constraint is incompatible for the region specific "
                              "endpoint this request was sent to.",
                              named));
  };
  if (constraint.empty()) {
    if (endpoint != classic_region) return incompatible("unspecified");
    return wish;
  }
  if (!is_region(constraint) || constraint == classic_region) {
    return refuse(api_error("InvalidLocationConstraint").with("LocationConstraint", constraint));
  }
  wish.region = constraint == "EU" ? "eu-west-1" : constraint;
  // The classic endpoint makes buckets anywhere, a region's own endpoint only there.
  if (endpoint != classic_region && wish.region != endpoint) return incompatible(constraint);
  return wish;
}

bool wants_lock(const Call& call) {
  return call.header("x-amz-bucket-object-lock-enabled") == "true";
}

std::string owner_of_new(const World& world, const Call& call) {
  return world.switches.buckets_belong_to_assuming_user ? call.principal->origin_account
                                                        : call.principal->account;
}

// What is asked for with the bucket needs its own permission.
Permit may_create(const World& world, const Call& call, const Wish& wish) {
  if (call.principal->kind == PrincipalKind::anonymous) return refuse("AccessDenied");
  Bucket future;
  future.name = call.bucket;
  future.owner = call.principal->account;
  const auto may = [&](bool asked, std::string_view action) {
    return asked ? authorize(world, call, future, action) : Permit();
  };
  const bool locked = wants_lock(call);
  return all_permitted(
      {may(true, "s3:CreateBucket"), may(!wish.tags.empty(), "s3:TagResource"),
       may(!call.header("x-amz-object-ownership").empty(), "s3:PutBucketOwnershipControls"),
       may(locked, "s3:PutBucketObjectLockConfiguration"), may(locked, "s3:PutBucketVersioning")});
}

Outcome created(const Call& call) {
  net::ServerReply reply;
  add_header(reply, "Location", "/" + call.bucket);
  return reply;
}

Outcome already_there(World& world, const Call& call, Bucket& bucket, const Wish& wish) {
  if (bucket.owner != owner_of_new(world, call)) {
    return refuse(api_error("BucketAlreadyExists").with("BucketName", call.bucket));
  }
  const bool classic = bucket.region == classic_region && wish.region == classic_region;
  if (!classic || !world.switches.own_bucket_answers_200) {
    return refuse(api_error("BucketAlreadyOwnedByYou").with("BucketName", call.bucket));
  }
  return created(call);
}

}  // namespace

Bucket new_bucket(std::string_view name, std::string_view owner, std::string_view region,
                  WallTime now) {
  Bucket bucket;
  bucket.name = name;
  bucket.owner = owner;
  bucket.region = region;
  if (region != classic_region) bucket.location = region;
  bucket.created = whole_seconds(now);
  set_public_access_block(bucket, {true, true, true, true});
  set_default_encryption(bucket, Encryption{});
  set_ownership(bucket, "BucketOwnerEnforced");
  return bucket;
}

Outcome list_buckets(World& world, Call& call) {
  if (call.principal->kind == PrincipalKind::anonymous) return refuse("AccessDenied");
  Bucket everything;
  everything.name = "*";
  everything.owner = call.principal->account;
  const auto allowed = authorize(world, call, everything, "s3:ListAllMyBuckets");
  if (!allowed) return refuse(allowed.error());
  const Account* account = world.directory.account(call.principal->account);
  const std::string_view prefix = call.parameter("prefix");
  const auto most = parse_u64(call.parameter("max-buckets")).value_or(all_buckets);
  const auto after = unhex(call.parameter("continuation-token"));
  if (most == 0 || most > all_buckets || !after) return refuse("InvalidArgument");
  XmlWriter xml("ListAllMyBucketsResult");
  xml.open("Owner").leaf("ID", account == nullptr ? "" : account->canonical_id).close();
  xml.open("Buckets");
  std::uint64_t listed = 0;
  std::string last;  // of a page that is full
  bool more = false;
  for (const auto& [name, bucket] : world.buckets) {
    if (bucket.owner != call.principal->account || !name.starts_with(prefix)) continue;
    if (!after->empty() && name <= *after) continue;
    more = listed == most;
    if (more) break;
    xml.open("Bucket").leaf("Name", name).leaf("CreationDate", iso8601(bucket.created));
    xml.leaf("BucketRegion", bucket.region).close();
    if (++listed == most) last = name;
  }
  xml.close();
  if (more) xml.leaf("ContinuationToken", hex(last));
  return xml_reply(xml.finish());
}

Outcome create_bucket(World& world, Call& call) {
  const auto wish = read_wish(call);
  if (!wish) return refuse(wish.error());
  if (const auto allowed = may_create(world, call, *wish); !allowed) {
    return refuse(allowed.error());
  }
  if (Bucket* existing = world.bucket(call.bucket)) {
    return already_there(world, call, *existing, *wish);
  }
  if (const auto free = check_name(world, call, wish->region); !free) return refuse(free.error());
  Bucket bucket = new_bucket(call.bucket, owner_of_new(world, call), wish->region, call.now);
  bucket.location = wish->location;
  bucket.visible_from = call.true_now + world.switches.bucket_visible_after;
  if (const auto ownership = call.header("x-amz-object-ownership"); !ownership.empty()) {
    set_ownership(bucket, ownership);
  }
  if (wants_lock(call)) {
    bucket.versioning = Versioning::enabled;
    enable_object_lock(bucket);
  }
  if (!wish->tags.empty() && !world.switches.ignore_tags_at_create) {
    bucket.configuration["tagging"] = tagging_xml(wish->tags);
  }
  world.buckets.emplace(call.bucket, std::move(bucket));
  return created(call);
}

Outcome head_bucket(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  const Bucket* known = world.bucket(call.bucket);
  const bool visible = known != nullptr && call.true_now >= known->visible_from;
  const auto refuse_with_region = [&](ApiError error) {
    // The region is told whatever the caller may do; HEAD's bodies are empty.
    if (visible) error.headers = "x-amz-bucket-region: " + known->region + "\r\n";
    return refuse(std::move(error));
  };
  if (!bucket) return refuse_with_region(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:ListBucket");
  if (!allowed) return refuse_with_region(allowed.error());
  net::ServerReply reply;
  add_header(reply, "x-amz-bucket-region", (*bucket)->region);
  add_header(reply, "x-amz-access-point-alias", "false");
  add_header(reply, "Content-Type", "application/xml");
  return reply;
}

Outcome delete_bucket(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:DeleteBucket");
  if (!allowed) return refuse(allowed.error());
  if (!(*bucket)->objects.empty()) {
    const bool versions = (*bucket)->versioning != Versioning::never;
    return refuse(api_error("BucketNotEmpty",
                            versions ? "The bucket you tried to delete is not empty. You must "
                                       "delete all versions in the bucket."
                                     : "")
                      .with("BucketName", call.bucket));
  }
  world.buckets.erase(call.bucket);
  release_name(world, call.bucket, call.true_now);
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

Outcome get_bucket_location(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:GetBucketLocation");
  if (!allowed) return refuse(allowed.error());
  return xml_reply(XmlWriter("LocationConstraint").raw((*bucket)->location).finish());
}

}  // namespace s3m::sim
