#include "sim/object_delete.hpp"

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/object_write.hpp"
#include "sim/preconditions.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::size_t most_keys = 1000;

// What one key's deletion asks for.
struct Deletion {
  std::string key, version_id, if_match;
};

struct Deleted {
  std::string version_id;      // what was removed, or the marker that was made
  bool delete_marker = false;  // a marker was made or removed
  bool made_marker = false;
};

Permit check_lock(const World& world, const Call& call, const Bucket& bucket,
                  const Version& version) {
  if (version.attributes == nullptr) return {};
  const Lock& lock = version.attributes->lock;
  const bool retained = !lock.mode.empty() && lock.until && *lock.until > call.now;
  const bool bypassed = lock.mode == "GOVERNANCE" &&
                        call.header("x-amz-bypass-governance-retention") == "true" &&
                        authorize(world, call, bucket, "s3:BypassGovernanceRetention", call.key);
  if (lock.hold || (retained && !bypassed)) {
    return refuse("AccessDenied", "Access Denied because object protected by object lock.");
  }
  return {};
}

Permit check_match(const World& world, const Deletion& deletion, const Version* version) {
  if (deletion.if_match.empty() || world.switches.ignore_if_match) return {};
  if (version == nullptr || version->delete_marker) return {};  // gone already: S3 says 204
  if (!etag_matches(deletion.if_match, version->etag.text())) return refuse("PreconditionFailed");
  return {};
}

std::expected<Deleted, ApiError> remove_version(World& world, const Call& call, Bucket& bucket,
                                                const Deletion& deletion) {
  const auto allowed = authorize(world, call, bucket, "s3:DeleteObjectVersion", deletion.key);
  if (!allowed) return refuse(allowed.error());
  const Version* version = bucket.version(deletion.key, deletion.version_id);
  if (const auto match = check_match(world, deletion, version); !match) {
    return refuse(match.error());
  }
  Deleted deleted{.version_id = deletion.version_id};
  if (version != nullptr) {
    if (const auto free = check_lock(world, call, bucket, *version); !free) {
      return refuse(free.error());
    }
    deleted.delete_marker = version->delete_marker;
    bucket.erase(deletion.key, deletion.version_id);
  }
  return deleted;
}

std::expected<Deleted, ApiError> remove_current(World& world, const Call& call, Bucket& bucket,
                                                const Deletion& deletion) {
  const auto allowed = authorize(world, call, bucket, "s3:DeleteObject", deletion.key);
  if (!allowed) return refuse(allowed.error());
  const auto match = check_match(world, deletion, bucket.current(deletion.key));
  if (!match) return refuse(match.error());
  if (bucket.versioning == Versioning::never) {
    bucket.erase(deletion.key, "null");
    return Deleted{};
  }
  Version marker;
  marker.delete_marker = true;
  marker.modified = whole_seconds(call.now);
  const Version& placed = place(world, bucket, deletion.key, std::move(marker));
  return Deleted{.version_id = placed.id, .delete_marker = true, .made_marker = true};
}

std::expected<Deleted, ApiError> remove(World& world, const Call& call, Bucket& bucket,
                                        const Deletion& deletion) {
  return deletion.version_id.empty() ? remove_current(world, call, bucket, deletion)
                                     : remove_version(world, call, bucket, deletion);
}

struct Request {
  std::vector<Deletion> deletions;
  bool quiet = false;
};

std::expected<Request, ApiError> parse_request(std::string_view body) {
  pugi::xml_document document;
  // XML turns a bare carriage return into a line feed; that is how another key gets deleted.
  if (!document.load_buffer(body.data(), body.size(),
                            pugi::parse_default | pugi::parse_ws_pcdata_single)) {
    return refuse("MalformedXML");
  }
  const auto root = document.child("Delete");
  Request request;
  request.quiet = std::string_view(root.child_value("Quiet")) == "true";
  for (const auto object : root.children("Object")) {
    Deletion deletion{object.child_value("Key"), object.child_value("VersionId"),
                      object.child_value("ETag")};
    if (deletion.key.empty()) return refuse("MalformedXML");
    request.deletions.push_back(std::move(deletion));
  }
  if (request.deletions.empty() || request.deletions.size() > most_keys) {
    return refuse("MalformedXML");
  }
  return request;
}

void write_deleted(XmlWriter& xml, const Deletion& deletion, const Deleted& deleted) {
  xml.open("Deleted").leaf("Key", deletion.key);
  if (!deletion.version_id.empty()) xml.leaf("VersionId", deletion.version_id);
  if (deleted.delete_marker) {
    xml.leaf("DeleteMarker", "true").leaf("DeleteMarkerVersionId", deleted.version_id);
  }
  xml.close();
}

void write_failure(XmlWriter& xml, const Deletion& deletion, const ApiError& error) {
  xml.open("Error").leaf("Key", deletion.key);
  if (!deletion.version_id.empty()) xml.leaf("VersionId", deletion.version_id);
  xml.leaf("Code", error.code).leaf("Message", error.message).close();
}

}  // namespace

Outcome delete_object(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const Deletion deletion{call.key, std::string(call.parameter("versionId")),
                          std::string(call.header("if-match"))};
  const auto deleted = remove(world, call, **bucket, deletion);
  if (!deleted) return refuse(deleted.error());
  net::ServerReply reply;
  reply.status = 204;
  if (deleted->delete_marker) add_header(reply, "x-amz-delete-marker", "true");
  if (!deleted->version_id.empty()) add_header(reply, "x-amz-version-id", deleted->version_id);
  return reply;
}

Outcome delete_objects(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  if (const auto checked = require_checked_body(world, call); !checked) {
    return refuse(checked.error());
  }
  const auto request = parse_request(call.body);
  if (!request) return refuse(request.error());
  XmlWriter xml("DeleteResult");
  for (const Deletion& deletion : request->deletions) {
    const bool first = &deletion == &request->deletions.front();
    if (first && call.page_fault == FaultEffect::first_key_fails) {
      write_failure(xml, deletion, api_error("InternalError"));
      continue;
    }
    const auto deleted = remove(world, call, **bucket, deletion);
    if (first && deleted && call.page_fault == FaultEffect::names_another_key) {
      write_deleted(xml, {.key = "another key", .version_id = {}, .if_match = {}}, *deleted);
      continue;
    }
    if (!deleted) {
      write_failure(xml, deletion, deleted.error());
    } else if (!request->quiet) {
      write_deleted(xml, deletion, *deleted);
    }
  }
  return xml_reply(xml.finish());
}

}  // namespace s3m::sim
