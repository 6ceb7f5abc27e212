#include "sim/annotation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/object_read.hpp"
#include "sim/preconditions.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::size_t most_annotations = 1000;
constexpr std::size_t most_bytes = 1u << 20;

struct Target {
  Bucket* bucket;
  Version* version;
};

std::expected<Target, ApiError> target(World& world, Call& call, std::string_view verb) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const std::string action =
      "s3:" + std::string(verb) + (id.empty() ? "ObjectAnnotation" : "ObjectVersionAnnotation");
  const auto version = find_version(world, call, **bucket, call.key, id, action);
  if (!version) return refuse(version.error());
  const std::string_view match = call.header("x-amz-object-if-match");
  if (!match.empty() && !etag_matches(match, (*version)->etag.text())) {
    return refuse("PreconditionFailed");
  }
  return Target{*bucket, (*bucket)->version(call.key, (*version)->id)};
}

std::string quoted_etag(std::string_view payload) {
  return "\"" + hex(bytes_of(md5(payload))) + "\"";
}

auto find(Pairs& annotations, std::string_view name) {
  return std::find_if(annotations.begin(), annotations.end(),
                      [&](const auto& annotation) { return annotation.first == name; });
}

std::string list_xml(const Call& call, const Version& version) {
  const std::string_view prefix = call.parameter("annotation-prefix");
  XmlWriter xml("ListObjectAnnotationsResult");
  xml.leaf("Bucket", call.bucket).leaf("Key", call.key);
  std::uint64_t count = 0;
  xml.open("Annotations");
  for (const auto& [name, payload] : version.attributes->annotations) {
    if (!name.starts_with(prefix)) continue;
    ++count;
    xml.open("AnnotationEntry").leaf("AnnotationName", name);
    xml.leaf("LastModified", iso8601(version.modified));
    xml.leaf("ETag", quoted_etag(payload)).leaf("Size", payload.size()).close();
  }
  xml.close();
  return xml.leaf("AnnotationCount", count).leaf("MaxAnnotationResults", most_annotations).finish();
}

ApiError no_such_annotation() {
  ApiError error = api_error("NoSuchAnnotation", "The specified annotation does not exist.");
  error.status = 404;
  return error;
}

}  // namespace

Outcome put_object_annotation(World& world, Call& call) {
  const auto found = target(world, call, "Put");
  if (!found) return refuse(found.error());
  const auto checked = check_body(world, call);
  if (!checked) return refuse(checked.error());
  const std::string name(call.parameter("annotationName"));
  if (name.empty() || name.size() > 512 || call.body.empty() || call.body.size() > most_bytes) {
    return refuse("InvalidArgument",
                  "An annotation has a name of 1 to 512 bytes and 1 byte to "
                  "1 MiB of payload");
  }
  Attributes attributes = *found->version->attributes;
  if (auto known = find(attributes.annotations, name); known != attributes.annotations.end()) {
    known->second = call.body;
  } else if (attributes.annotations.size() == most_annotations) {
    return refuse("TooManyAnnotations", "An object has at most 1000 annotations");
  } else {
    attributes.annotations.emplace_back(name, call.body);
  }
  found->version->attributes = world.share(std::move(attributes));
  XmlWriter xml("PutObjectAnnotationOutput");
  xml.leaf("Key", call.key).leaf("AnnotationName", name);
  net::ServerReply reply = xml_reply(xml.finish());
  add_header(reply, "ETag", quoted_etag(call.body));
  return reply;
}

Outcome get_object_annotation(World& world, Call& call) {
  const std::string* name = call.query.find("annotationName");
  const auto found = target(world, call, "Get");
  if (!found) return refuse(found.error());
  if (name == nullptr) return xml_reply(list_xml(call, *found->version));
  for (const auto& [known, payload] : found->version->attributes->annotations) {
    if (known != *name) continue;
    net::ServerReply reply;
    reply.body = payload;
    add_header(reply, "ETag", quoted_etag(payload));
    add_header(reply, "Last-Modified", http_date(found->version->modified));
    return reply;
  }
  return refuse(no_such_annotation());
}

Outcome delete_object_annotation(World& world, Call& call) {
  const auto found = target(world, call, "Delete");
  if (!found) return refuse(found.error());
  Attributes attributes = *found->version->attributes;
  const auto known = find(attributes.annotations, call.parameter("annotationName"));
  if (known == attributes.annotations.end()) return refuse(no_such_annotation());
  attributes.annotations.erase(known);
  found->version->attributes = world.share(std::move(attributes));
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

}  // namespace s3m::sim
