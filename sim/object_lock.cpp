#include "sim/object_lock.hpp"

#include <utility>

#include <pugixml.hpp>

#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/object_read.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

struct Target {
  Bucket* bucket;
  Version* version;
};

std::expected<Target, ApiError> target(World& world, Call& call, std::string_view action) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto version =
      find_version(world, call, **bucket, call.key, call.parameter("versionId"), action);
  if (!version) return refuse(version.error());
  return Target{*bucket, (*bucket)->version(call.key, (*version)->id)};
}

std::expected<Target, ApiError> lockable(World& world, Call& call, std::string_view action) {
  auto found = target(world, call, action);
  if (found && !found->bucket->object_lock) {
    return refuse("InvalidRequest", "Bucket is missing Object Lock Configuration");
  }
  return found;
}

Outcome change(World& world, const Target& found, Lock lock) {
  Attributes attributes = *found.version->attributes;
  attributes.lock = std::move(lock);
  found.version->attributes = world.share(std::move(attributes));
  return net::ServerReply();
}

ApiError no_lock() {
  ApiError error = api_error("NoSuchObjectLockConfiguration",
                             "The specified object does not have a ObjectLock configuration");
  error.status = 404;
  return error;
}

}  // namespace

Outcome get_object_retention(World& world, Call& call) {
  const auto found = lockable(world, call, "s3:GetObjectRetention");
  if (!found) return refuse(found.error());
  const Lock& lock = found->version->attributes->lock;
  if (lock.mode.empty() || !lock.until) return refuse(no_lock());
  XmlWriter xml("Retention");
  return xml_reply(
      xml.leaf("Mode", lock.mode).leaf("RetainUntilDate", iso8601(*lock.until)).finish());
}

Outcome put_object_retention(World& world, Call& call) {
  const auto found = lockable(world, call, "s3:PutObjectRetention");
  if (!found) return refuse(found.error());
  pugi::xml_document document;
  if (!document.load_buffer(call.body.data(), call.body.size())) return refuse("MalformedXML");
  Lock lock = found->version->attributes->lock;
  lock.mode = document.child("Retention").child_value("Mode");
  lock.until = parse_iso8601(document.child("Retention").child_value("RetainUntilDate"));
  if (lock.mode.empty() != !lock.until) return refuse("MalformedXML");
  return change(world, *found, std::move(lock));
}

Outcome get_object_legal_hold(World& world, Call& call) {
  const auto found = lockable(world, call, "s3:GetObjectLegalHold");
  if (!found) return refuse(found.error());
  const bool hold = found->version->attributes->lock.hold;
  return xml_reply(XmlWriter("LegalHold").leaf("Status", hold ? "ON" : "OFF").finish());
}

Outcome put_object_legal_hold(World& world, Call& call) {
  const auto found = lockable(world, call, "s3:PutObjectLegalHold");
  if (!found) return refuse(found.error());
  pugi::xml_document document;
  if (!document.load_buffer(call.body.data(), call.body.size())) return refuse("MalformedXML");
  Lock lock = found->version->attributes->lock;
  lock.hold = std::string_view(document.child("LegalHold").child_value("Status")) == "ON";
  return change(world, *found, std::move(lock));
}

Outcome restore_object(World& world, Call& call) {
  const auto found = target(world, call, "s3:RestoreObject");
  if (!found) return refuse(found.error());
  const Version& version = *found->version;
  Attributes attributes = *version.attributes;
  const bool archives = attributes.storage_class == "GLACIER" ||
                        attributes.storage_class == "DEEP_ARCHIVE" ||
                        !attributes.archive_tier.empty();
  if (!archives) {
    return refuse(api_error("InvalidObjectState",
                            "Restore is not allowed for the object's current storage class")
                      .with("StorageClass", attributes.storage_class));
  }
  if (attributes.restored_from && call.true_now < *attributes.restored_from) {
    return refuse("RestoreAlreadyInProgress", "Object restore is already in progress");
  }
  pugi::xml_document document;
  if (!document.load_buffer(call.body.data(), call.body.size())) return refuse("MalformedXML");
  const int days = document.child("RestoreRequest").child("Days").text().as_int(1);
  const bool again = !version.archived(call.true_now);
  if (!again) attributes.restored_from = call.true_now + world.switches.restore_takes;
  attributes.restored_until.reset();
  if (attributes.archive_tier.empty()) {
    attributes.restored_until = *attributes.restored_from + std::chrono::hours(24 * days);
  }
  found->version->attributes = world.share(std::move(attributes));
  net::ServerReply reply;
  reply.status = again ? 200 : 202;
  return reply;
}

}  // namespace s3m::sim
