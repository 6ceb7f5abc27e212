#include "sim/bucket_configuration.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <pugixml.hpp>

#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/tagging.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::string_view smallest_transition = "x-amz-transition-default-minimum-object-size";

std::string slot(const SubResource& sub_resource, std::string_view id) {
  return std::string(sub_resource.query) + (id.empty() ? "" : ":" + std::string(id));
}

std::string_view text(bool value) {
  return value ? "true" : "false";
}

bool is_true(const pugi::xml_node& node, const char* name) {
  return std::strcmp(node.child_value(name), "true") == 0;
}

Permit apply_versioning(Bucket& bucket, const pugi::xml_document& document) {
  const std::string_view status = document.child("VersioningConfiguration").child_value("Status");
  if (status == "Enabled") {
    bucket.versioning = Versioning::enabled;
  } else if (status == "Suspended") {
    if (bucket.object_lock) {
      return refuse("InvalidBucketState",
                    "An Object Lock configuration is present on this "
                    "bucket, so the versioning state cannot be changed.");
    }
    bucket.versioning = Versioning::suspended;
  } else {
    return refuse("IllegalVersioningConfigurationException");
  }
  return {};
}

Permit apply_encryption(Bucket& bucket, const pugi::xml_document& document) {
  const auto rule = document.child("ServerSideEncryptionConfiguration").child("Rule");
  const auto chosen = rule.child("ApplyServerSideEncryptionByDefault");
  const std::string_view algorithm = chosen.child_value("SSEAlgorithm");
  if (algorithm.empty() && rule.child("BlockedEncryptionTypes")) return {};
  if (algorithm != "AES256" && algorithm != "aws:kms" && algorithm != "aws:kms:dsse") {
    return refuse("MalformedXML");
  }
  bucket.encryption = {std::string(algorithm), chosen.child_value("KMSMasterKeyID"),
                       is_true(rule, "BucketKeyEnabled")};
  return {};
}

Permit apply_public_access_block(Bucket& bucket, const pugi::xml_document& document) {
  const auto root = document.child("PublicAccessBlockConfiguration");
  bucket.public_access_block = {is_true(root, "BlockPublicAcls"), is_true(root, "IgnorePublicAcls"),
                                is_true(root, "BlockPublicPolicy"),
                                is_true(root, "RestrictPublicBuckets")};
  return {};
}

Permit apply_ownership(Bucket& bucket, const pugi::xml_document& document) {
  const std::string_view ownership =
      document.child("OwnershipControls").child("Rule").child_value("ObjectOwnership");
  if (ownership != "BucketOwnerEnforced" && ownership != "BucketOwnerPreferred" &&
      ownership != "ObjectWriter") {
    return refuse("MalformedXML");
  }
  bucket.ownership = ownership;
  return {};
}

Permit apply_request_payment(Bucket& bucket, const pugi::xml_document& document) {
  const std::string_view payer = document.child("RequestPaymentConfiguration").child_value("Payer");
  bucket.requester_pays = payer == "Requester";
  return {};
}

Permit apply_object_lock(Bucket& bucket, const pugi::xml_document&) {
  if (bucket.versioning != Versioning::enabled) {
    return refuse("InvalidBucketState",
                  "Versioning must be 'Enabled' on the bucket to apply a Object Lock "
                  "configuration");
  }
  bucket.object_lock = true;
  return {};
}

Permit apply_tagging(Bucket&, const pugi::xml_document& document) {
  std::size_t tags = 0;
  for (const auto tag : document.child("Tagging").child("TagSet").children("Tag")) {
    ++tags;
    if (std::string_view(tag.child_value("Key")).starts_with("aws:")) return refuse("InvalidTag");
  }
  if (tags > 50) return refuse("InvalidTag", "Bucket tag count cannot be greater than 50");
  return {};
}

void reset_encryption(Bucket& bucket) {
  set_default_encryption(bucket, Encryption{});
}
void reset_public_access_block(Bucket& bucket) {
  bucket.public_access_block = {};
}
void reset_ownership(Bucket& bucket) {
  bucket.ownership = "ObjectWriter";
}

// What those say that are never absent.
std::string default_xml(const Bucket& bucket, const SubResource& sub_resource) {
  XmlWriter xml(sub_resource.root);
  if (sub_resource.query == "requestPayment") xml.leaf("Payer", "BucketOwner");
  if (sub_resource.query == "abac") xml.leaf("Status", "Disabled");
  if (sub_resource.query == "versioning" && bucket.versioning != Versioning::never) {
    xml.leaf("Status", bucket.versioning == Versioning::enabled ? "Enabled" : "Suspended");
  }
  return xml.finish();
}

// All configurations of a kind that has several.
std::string list_xml(const Bucket& bucket, const SubResource& sub_resource) {
  const std::string root = "List" + std::string(sub_resource.root) + "sResult";
  XmlWriter xml(root);
  xml.leaf("IsTruncated", "false");
  for (const auto& [name, configuration] : bucket.configuration) {
    if (!name.starts_with(std::string(sub_resource.query) + ":")) continue;
    const std::size_t begin = configuration.find("<" + std::string(sub_resource.root));
    if (begin != std::string::npos) xml.raw(std::string_view(configuration).substr(begin));
  }
  return xml.finish();
}

Outcome get_configuration(World& world, Call& call) {
  const SubResource& sub_resource = *call.sub_resource;
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, sub_resource.get_action);
  if (!allowed) return refuse(allowed.error());
  const std::string_view id = call.parameter("id");
  if (sub_resource.by_id && id.empty()) return xml_reply(list_xml(**bucket, sub_resource));
  const auto found = (*bucket)->configuration.find(slot(sub_resource, id));
  if (found != (*bucket)->configuration.end()) {
    auto reply = xml_reply(found->second);
    if (sub_resource.query == "lifecycle")
      add_header(reply, smallest_transition, (*bucket)->smallest_transition);
    return reply;
  }
  if (!sub_resource.absent.empty()) {
    ApiError error = api_error(sub_resource.absent, "The configuration does not exist");
    error.status = 404;
    return refuse(std::move(error).with("BucketName", call.bucket));
  }
  return xml_reply(default_xml(**bucket, sub_resource));
}

Outcome put_configuration(World& world, Call& call) {
  const SubResource& sub_resource = *call.sub_resource;
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, sub_resource.put_action);
  if (!allowed) return refuse(allowed.error());
  if (sub_resource.checked) {
    const auto checked = require_checked_body(world, call);
    if (!checked) return refuse(checked.error());
  }
  const auto done = configure(**bucket, sub_resource, call.parameter("id"), call.body);
  if (!done) return refuse(done.error());
  if (sub_resource.query == "lifecycle") {
    const auto size = call.header(smallest_transition);
    (*bucket)->smallest_transition = size.empty() ? "all_storage_classes_128K" : size;
  }
  net::ServerReply reply;
  if (sub_resource.query == "tagging") reply.status = 204;
  return reply;
}

Outcome delete_configuration(World& world, Call& call) {
  const SubResource& sub_resource = *call.sub_resource;
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, sub_resource.put_action);
  if (!allowed) return refuse(allowed.error());
  (*bucket)->configuration.erase(slot(sub_resource, call.parameter("id")));
  if (sub_resource.reset != nullptr) sub_resource.reset(**bucket);
  const bool empty = (*bucket)->objects.empty();
  if (sub_resource.query == "encryption" && empty &&
      world.switches.delete_encryption_deletes_bucket) {
    world.buckets.erase(call.bucket);
  }
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

constexpr Operation get_operation(std::string_view name) {
  return {name, get_configuration, false};
}
constexpr Operation put_operation(std::string_view name) {
  return {name, put_configuration, true};
}
constexpr Operation delete_operation(std::string_view name) {
  return {name, delete_configuration, true};
}
constexpr Operation no_operation{};

constexpr auto all_sub_resources = std::to_array<SubResource>({
    {"versioning", "VersioningConfiguration", "s3:GetBucketVersioning", "s3:PutBucketVersioning",
     "", true, false, apply_versioning, nullptr, get_operation("GetBucketVersioning"),
     put_operation("PutBucketVersioning"), no_operation},
    {"encryption", "ServerSideEncryptionConfiguration", "s3:GetEncryptionConfiguration",
     "s3:PutEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError", true, false,
     apply_encryption, reset_encryption, get_operation("GetBucketEncryption"),
     put_operation("PutBucketEncryption"), delete_operation("DeleteBucketEncryption")},
    {"lifecycle", "LifecycleConfiguration", "s3:GetLifecycleConfiguration",
     "s3:PutLifecycleConfiguration", "NoSuchLifecycleConfiguration", true, false, nullptr, nullptr,
     get_operation("GetBucketLifecycleConfiguration"),
     put_operation("PutBucketLifecycleConfiguration"), delete_operation("DeleteBucketLifecycle")},
    {"cors", "CORSConfiguration", "s3:GetBucketCORS", "s3:PutBucketCORS", "NoSuchCORSConfiguration",
     true, false, nullptr, nullptr, get_operation("GetBucketCors"), put_operation("PutBucketCors"),
     delete_operation("DeleteBucketCors")},
    {"tagging", "Tagging", "s3:GetBucketTagging", "s3:PutBucketTagging", "NoSuchTagSet", true,
     false, apply_tagging, nullptr, get_operation("GetBucketTagging"),
     put_operation("PutBucketTagging"), delete_operation("DeleteBucketTagging")},
    {"website", "WebsiteConfiguration", "s3:GetBucketWebsite", "s3:PutBucketWebsite",
     "NoSuchWebsiteConfiguration", true, false, nullptr, nullptr, get_operation("GetBucketWebsite"),
     put_operation("PutBucketWebsite"), delete_operation("DeleteBucketWebsite")},
    {"logging", "BucketLoggingStatus", "s3:GetBucketLogging", "s3:PutBucketLogging", "", true,
     false, nullptr, nullptr, get_operation("GetBucketLogging"), put_operation("PutBucketLogging"),
     no_operation},
    {"notification", "NotificationConfiguration", "s3:GetBucketNotification",
     "s3:PutBucketNotification", "", false, false, nullptr, nullptr,
     get_operation("GetBucketNotificationConfiguration"),
     put_operation("PutBucketNotificationConfiguration"), no_operation},
    {"replication", "ReplicationConfiguration", "s3:GetReplicationConfiguration",
     "s3:PutReplicationConfiguration", "ReplicationConfigurationNotFoundError", true, false,
     nullptr, nullptr, get_operation("GetBucketReplication"), put_operation("PutBucketReplication"),
     delete_operation("DeleteBucketReplication")},
    {"publicAccessBlock", "PublicAccessBlockConfiguration", "s3:GetBucketPublicAccessBlock",
     "s3:PutBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", true, false,
     apply_public_access_block, reset_public_access_block, get_operation("GetPublicAccessBlock"),
     put_operation("PutPublicAccessBlock"), delete_operation("DeletePublicAccessBlock")},
    {"ownershipControls", "OwnershipControls", "s3:GetBucketOwnershipControls",
     "s3:PutBucketOwnershipControls", "OwnershipControlsNotFoundError", true, false,
     apply_ownership, reset_ownership, get_operation("GetBucketOwnershipControls"),
     put_operation("PutBucketOwnershipControls"),
     delete_operation("DeleteBucketOwnershipControls")},
    {"requestPayment", "RequestPaymentConfiguration", "s3:GetBucketRequestPayment",
     "s3:PutBucketRequestPayment", "", true, false, apply_request_payment, nullptr,
     get_operation("GetBucketRequestPayment"), put_operation("PutBucketRequestPayment"),
     no_operation},
    {"accelerate", "AccelerateConfiguration", "s3:GetAccelerateConfiguration",
     "s3:PutAccelerateConfiguration", "", false, false, nullptr, nullptr,
     get_operation("GetBucketAccelerateConfiguration"),
     put_operation("PutBucketAccelerateConfiguration"), no_operation},
    {"object-lock", "ObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration",
     "s3:PutBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", true, false,
     apply_object_lock, nullptr, get_operation("GetObjectLockConfiguration"),
     put_operation("PutObjectLockConfiguration"), no_operation},
    {"inventory", "InventoryConfiguration", "s3:GetInventoryConfiguration",
     "s3:PutInventoryConfiguration", "NoSuchConfiguration", false, true, nullptr, nullptr,
     get_operation("GetBucketInventoryConfiguration"),
     put_operation("PutBucketInventoryConfiguration"),
     delete_operation("DeleteBucketInventoryConfiguration")},
    {"analytics", "AnalyticsConfiguration", "s3:GetAnalyticsConfiguration",
     "s3:PutAnalyticsConfiguration", "NoSuchConfiguration", false, true, nullptr, nullptr,
     get_operation("GetBucketAnalyticsConfiguration"),
     put_operation("PutBucketAnalyticsConfiguration"),
     delete_operation("DeleteBucketAnalyticsConfiguration")},
    {"metrics", "MetricsConfiguration", "s3:GetMetricsConfiguration", "s3:PutMetricsConfiguration",
     "NoSuchConfiguration", false, true, nullptr, nullptr,
     get_operation("GetBucketMetricsConfiguration"), put_operation("PutBucketMetricsConfiguration"),
     delete_operation("DeleteBucketMetricsConfiguration")},
    {"intelligent-tiering", "IntelligentTieringConfiguration",
     "s3:GetIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration",
     "NoSuchConfiguration", false, true, nullptr, nullptr,
     get_operation("GetBucketIntelligentTieringConfiguration"),
     put_operation("PutBucketIntelligentTieringConfiguration"),
     delete_operation("DeleteBucketIntelligentTieringConfiguration")},
    {"abac", "AbacStatus", "s3:GetBucketAbac", "s3:PutBucketAbac", "", true, false, nullptr,
     nullptr, get_operation("GetBucketAbac"), put_operation("PutBucketAbac"), no_operation},
    // Made by another document than it is read as, which the simulator does not know.
    {"metadataConfiguration", "GetBucketMetadataConfigurationResult",
     "s3:GetBucketMetadataTableConfiguration", "s3:CreateBucketMetadataTableConfiguration",
     "MetadataConfigurationNotFound", true, false, nullptr, nullptr,
     get_operation("GetBucketMetadataConfiguration"), no_operation, no_operation},
});

}  // namespace

std::span<const SubResource> sub_resources() {
  return all_sub_resources;
}

const SubResource* find_sub_resource(std::string_view query) {
  const auto found = std::find_if(all_sub_resources.begin(), all_sub_resources.end(),
                                  [&](const SubResource& one) { return one.query == query; });
  return found == all_sub_resources.end() ? nullptr : &*found;
}

Permit configure(Bucket& bucket, const SubResource& sub_resource, std::string_view id,
                 std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed || !document.child(std::string(sub_resource.root).c_str())) {
    return refuse("MalformedXML");
  }
  if (sub_resource.by_id && id.empty()) return refuse("InvalidArgument", "An id is missing");
  if (sub_resource.apply != nullptr) {
    const auto applied = sub_resource.apply(bucket, document);
    if (!applied) return applied;
  }
  if (sub_resource.query == "versioning") return {};  // told from the state
  bucket.configuration[slot(sub_resource, id)] = xml;
  return {};
}

void set_public_access_block(Bucket& bucket, PublicAccessBlock block) {
  bucket.public_access_block = block;
  XmlWriter xml("PublicAccessBlockConfiguration");
  xml.leaf("BlockPublicAcls", text(block.acls)).leaf("IgnorePublicAcls", text(block.ignore_acls));
  xml.leaf("BlockPublicPolicy", text(block.policy));
  xml.leaf("RestrictPublicBuckets", text(block.restrict_buckets));
  bucket.configuration["publicAccessBlock"] = xml.finish();
}

void set_default_encryption(Bucket& bucket, Encryption encryption) {
  XmlWriter xml("ServerSideEncryptionConfiguration");
  xml.open("Rule").open("ApplyServerSideEncryptionByDefault");
  xml.leaf("SSEAlgorithm", encryption.algorithm);
  if (!encryption.key.empty()) xml.leaf("KMSMasterKeyID", encryption.key);
  xml.close().leaf("BucketKeyEnabled", text(encryption.bucket_key));
  xml.open("BlockedEncryptionTypes").leaf("EncryptionType", "SSE-C").close();
  bucket.configuration["encryption"] = xml.finish();
  bucket.encryption = std::move(encryption);
}

void set_ownership(Bucket& bucket, std::string_view ownership) {
  bucket.ownership = ownership;
  XmlWriter xml("OwnershipControls");
  xml.open("Rule").leaf("ObjectOwnership", ownership);
  bucket.configuration["ownershipControls"] = xml.finish();
}

void enable_object_lock(Bucket& bucket) {
  bucket.object_lock = true;
  XmlWriter xml("ObjectLockConfiguration");
  xml.leaf("ObjectLockEnabled", "Enabled");
  bucket.configuration["object-lock"] = xml.finish();
}

}  // namespace s3m::sim
