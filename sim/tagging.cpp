#include "sim/tagging.hpp"

#include <utility>

#include <pugixml.hpp>

#include "sim/access.hpp"
#include "sim/object_read.hpp"
#include "sim/uri.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::size_t most_object_tags = 10;

struct Target {
  Bucket* bucket;
  Version* version;
};

// The version whose tags are meant; `action` gets "Version" where one is named.
std::expected<Target, ApiError> target(World& world, Call& call, std::string_view verb) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const std::string action =
      "s3:" + std::string(verb) + (id.empty() ? "ObjectTagging" : "ObjectVersionTagging");
  const auto found = find_version(world, call, **bucket, call.key, id, action);
  if (!found) return std::unexpected(found.error());
  return Target{*bucket, (*bucket)->version(call.key, (*found)->id)};
}

net::ServerReply version_reply(const Bucket& bucket, const Version& version, int status,
                               std::string body) {
  net::ServerReply reply = body.empty() ? net::ServerReply() : xml_reply(std::move(body));
  reply.status = status;
  if (bucket.versioning != Versioning::never) add_header(reply, "x-amz-version-id", version.id);
  return reply;
}

Outcome replace_tags(World& world, Call& call, std::string_view verb, int status, Pairs tags) {
  const auto found = target(world, call, verb);
  if (!found) return refuse(found.error());
  Attributes attributes = *found->version->attributes;
  attributes.tags = std::move(tags);
  found->version->attributes = world.share(std::move(attributes));
  return version_reply(*found->bucket, *found->version, status, {});
}

}  // namespace

std::optional<Pairs> parse_tagging_header(std::string_view header) {
  const auto query = Query::parse(header);
  if (!query) return std::nullopt;
  Pairs tags;
  for (const auto& [name, value] : query->parameters())
    tags.emplace_back(name, value);
  return tags;
}

std::expected<Pairs, ApiError> checked_tags(Pairs tags, std::size_t most) {
  if (tags.size() > most) {
    return refuse(most == most_object_tags ? "BadRequest" : "InvalidTag",
                  "Object tags cannot be greater than " + std::to_string(most));
  }
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const auto& [name, value] = tags[i];
    if (name.empty() || name.size() > 512 || value.size() > 1024 || name.starts_with("aws:")) {
      return refuse("InvalidTag");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (tags[j].first == name) {
        return refuse("InvalidTag", "Cannot provide multiple Tags with the same key");
      }
    }
  }
  return tags;
}

std::expected<Pairs, ApiError> parse_tagging_xml(std::string_view xml, std::size_t most) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return refuse("MalformedXML");
  const auto set = document.child("Tagging").child("TagSet");
  if (!set) return refuse("MalformedXML");
  Pairs tags;
  for (const auto tag : set.children("Tag")) {
    if (!tag.child("Key") || !tag.child("Value")) return refuse("MalformedXML");
    tags.emplace_back(tag.child_value("Key"), tag.child_value("Value"));
  }
  return checked_tags(std::move(tags), most);
}

std::string tagging_xml(const Pairs& tags) {
  XmlWriter xml("Tagging");
  xml.open("TagSet");
  for (const auto& [name, value] : tags) {
    xml.open("Tag").leaf("Key", name).leaf("Value", value).close();
  }
  return xml.finish();
}

Outcome get_object_tagging(World& world, Call& call) {
  const auto found = target(world, call, "Get");
  if (!found) return refuse(found.error());
  return version_reply(*found->bucket, *found->version, 200,
                       tagging_xml(found->version->attributes->tags));
}

Outcome put_object_tagging(World& world, Call& call) {
  auto tags = parse_tagging_xml(call.body, most_object_tags);
  if (!tags) return refuse(tags.error());
  return replace_tags(world, call, "Put", 200, std::move(*tags));
}

Outcome delete_object_tagging(World& world, Call& call) {
  return replace_tags(world, call, "Delete", 204, {});
}

}  // namespace s3m::sim
