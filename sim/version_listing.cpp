// version_listing.cpp: ListObjectVersions.
#include <algorithm>
#include <utility>

#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/listing.hpp"
#include "sim/page.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

using Objects = std::map<std::string, History, std::less<>>;

struct VersionQuery {
  std::string_view prefix, delimiter, key_marker, id_marker;
  std::size_t most = 1000;
  bool inclusive_marker = false;  // Switches::inclusive_key_marker
  bool lost_marker_skips_key = false;
};

// Where a listing begins: a key, and how many of its newest versions are behind it.
struct Start {
  Objects::const_iterator object;
  std::size_t skipped = 0;
};

Start start_of(const Objects& objects, const VersionQuery& query) {
  if (query.key_marker.empty() || query.key_marker < query.prefix) {
    return {objects.lower_bound(query.prefix)};
  }
  const bool folded = !query.delimiter.empty() && query.key_marker.ends_with(query.delimiter);
  if (folded) {
    const auto next = behind_prefix(query.key_marker);
    return {next ? objects.lower_bound(*next) : objects.end()};
  }
  const auto object = objects.find(query.key_marker);
  if (object == objects.end()) return {objects.upper_bound(query.key_marker)};
  if (query.id_marker.empty()) {
    return {query.inclusive_marker ? object : std::next(object)};
  }
  const History& history = object->second;
  const auto at = std::find_if(history.rbegin(), history.rend(),
                               [&](const Version& v) { return v.id == query.id_marker; });
  if (at == history.rend()) {
    // The marker's version is gone, and with it the knowledge of where it stood.
    return {query.lost_marker_skips_key ? std::next(object) : object};
  }
  const auto behind = static_cast<std::size_t>(at - history.rbegin()) + 1;
  if (behind == history.size()) return {std::next(object)};
  return {object, behind};
}

Page list_versions(const Bucket& bucket, const VersionQuery& query) {
  Page page;
  auto [object, skipped] = start_of(bucket.objects, query);
  while (object != bucket.objects.end() && object->first.starts_with(query.prefix)) {
    const std::size_t at = query.delimiter.empty()
                               ? std::string::npos
                               : object->first.find(query.delimiter, query.prefix.size());
    if (at != std::string::npos) {
      if (page.entries.size() == query.most) break;
      std::string common = object->first.substr(0, at + query.delimiter.size());
      const auto next = behind_prefix(common);
      page.entries.push_back({nullptr, nullptr, false, std::move(common)});
      object = next ? bucket.objects.lower_bound(*next) : bucket.objects.end();
      continue;
    }
    const History& history = object->second;
    for (std::size_t i = skipped; i < history.size(); ++i) {
      if (page.entries.size() == query.most) {
        page.truncated = query.most > 0;
        return page;
      }
      page.entries.push_back({&object->first, &history[history.size() - 1 - i], i == 0, {}});
    }
    skipped = 0;
    ++object;
  }
  page.truncated = query.most > 0 && page.entries.size() == query.most &&
                   object != bucket.objects.end() && object->first.starts_with(query.prefix);
  return page;
}

void write_entry(XmlWriter& xml, const World& world, const Bucket& bucket, const Entry& entry,
                 const PageWriter& names) {
  const Version& version = *entry.version;
  xml.open(version.delete_marker ? "DeleteMarker" : "Version");
  xml.leaf("Key", names.text(*entry.key)).leaf("VersionId", version.id);
  xml.leaf("IsLatest", entry.latest ? "true" : "false");
  xml.leaf("LastModified", iso8601(version.modified));
  if (!version.delete_marker) {
    xml.quoted("ETag", version.etag.text());
    if (version.checksum != ChecksumAlgorithm::none) {
      xml.leaf("ChecksumAlgorithm", name(version.checksum));
      xml.leaf("ChecksumType", name(version.checksum_type));
    }
    xml.leaf("Size", version.size()).leaf("StorageClass", version.attributes->storage_class);
  }
  const Account* owner = world.directory.account(owner_of(bucket, version));
  if (owner != nullptr) xml.open("Owner").leaf("ID", owner->canonical_id).close();
  xml.close();
}

// What follows the page, and what a scripted fault says instead.
struct Markers {
  bool truncated = false;
  std::string key, id;
};

Markers distort(Page& page, const Call& call, const Bucket& bucket, VersionQuery query) {
  Markers next{.truncated = page.truncated, .key = {}, .id = {}};
  if (page.truncated && !page.entries.empty()) {
    const Entry& last = page.entries.back();
    next.key = last.key == nullptr ? last.common_prefix : *last.key;
    if (last.key != nullptr) next.id = last.version->id;
  }
  if (!call.page_fault) return next;
  switch (*call.page_fault) {
    case FaultEffect::page_out_of_order:
      if (page.entries.size() >= 2) std::swap(page.entries.front(), page.entries.back());
      break;
    case FaultEffect::page_without_token:
      next = {.truncated = true, .key = {}, .id = {}};
      break;
    case FaultEffect::page_empty:
      page.entries.clear();
      [[fallthrough]];
    case FaultEffect::page_repeats_token:
      next = {true, std::string(query.key_marker), std::string(query.id_marker)};
      break;
    case FaultEffect::page_goes_back:
      query.key_marker = query.id_marker = {};
      page.entries = list_versions(bucket, query).entries;
      break;
    default:
      break;
  }
  return next;
}

}  // namespace

Outcome list_object_versions(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:ListBucketVersions");
  if (!allowed) return refuse(allowed.error());
  const auto most = page_size(world, call, "max-keys");
  if (!most) return refuse(most.error());
  const VersionQuery query{.prefix = call.parameter("prefix"),
                           .delimiter = call.parameter("delimiter"),
                           .key_marker = call.parameter("key-marker"),
                           .id_marker = call.parameter("version-id-marker"),
                           .most = *most,
                           .inclusive_marker = world.switches.inclusive_key_marker,
                           .lost_marker_skips_key = world.switches.lost_marker_skips_key};
  if (query.key_marker.empty() && !query.id_marker.empty()) {
    return refuse("InvalidArgument",
                  "A version-id marker cannot be specified without a key marker.");
  }
  Page page = list_versions(**bucket, query);
  const Markers next = distort(page, call, **bucket, query);

  const PageWriter names(call);
  XmlWriter xml("ListVersionsResult");
  xml.leaf("Name", call.bucket).leaf("Prefix", names.text(query.prefix));
  xml.leaf("KeyMarker", names.text(query.key_marker)).leaf("VersionIdMarker", query.id_marker);
  if (!next.key.empty()) xml.leaf("NextKeyMarker", names.text(next.key));
  if (!next.id.empty()) xml.leaf("NextVersionIdMarker", next.id);
  xml.leaf("MaxKeys", *most);
  if (!query.delimiter.empty()) xml.leaf("Delimiter", names.text(query.delimiter));
  if (names.encoded()) xml.leaf("EncodingType", "url");
  xml.leaf("IsTruncated", next.truncated ? "true" : "false");
  for (const Entry& entry : page.entries) {
    if (entry.key != nullptr) write_entry(xml, world, **bucket, entry, names);
  }
  for (const Entry& entry : page.entries) {
    if (entry.key != nullptr) continue;
    xml.open("CommonPrefixes").leaf("Prefix", names.text(entry.common_prefix)).close();
  }
  return xml_reply(xml.finish());
}

}  // namespace s3m::sim
