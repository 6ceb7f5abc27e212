#include "sim/listing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/page.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

// Tokens are opaque and differ although they may say the same: a letter for what the position is,
// a nonce, the key.
std::string make_token(World& world, const Position& position) {
  return base64((position.common_prefix ? "p" : "k") + world.new_request_id() + position.key);
}

std::optional<Position> read_token(std::string_view token) {
  const auto text = unbase64(token);
  if (!text || text->size() < 17 || ((*text)[0] != 'k' && (*text)[0] != 'p')) return std::nullopt;
  return Position{text->substr(17), (*text)[0] == 'p'};
}

Position position_of(const Entry& entry) {
  if (entry.key == nullptr) return {entry.common_prefix, true};
  return {*entry.key, false};
}

void write_owner(XmlWriter& xml, const World& world, const std::string& account) {
  const Account* found = world.directory.account(account);
  xml.open("Owner").leaf("ID", found == nullptr ? account : found->canonical_id).close();
}

// Dates as text; objects of one page often share theirs.
class Dates {
 public:
  std::string_view text(WallTime time) {
    if (text_.empty() || time != time_) {
      time_ = time;
      text_ = iso8601(time);
    }
    return text_;
  }

 private:
  WallTime time_{};
  std::string text_;
};

void write_version_facts(XmlWriter& xml, const Version& version, Dates& dates) {
  xml.leaf("LastModified", dates.text(version.modified)).quoted("ETag", version.etag.text());
  if (version.checksum != ChecksumAlgorithm::none) {
    xml.leaf("ChecksumAlgorithm", name(version.checksum));
    xml.leaf("ChecksumType", name(version.checksum_type));
  }
  xml.leaf("Size", version.size());
}

// Told only to who asks for it, of objects that were ever restored.
void write_restore_status(XmlWriter& xml, const Call& call, const Attributes& attributes) {
  if (!attributes.restored_from) return;
  if (call.header("x-amz-optional-object-attributes") != "RestoreStatus") return;
  const bool going_on = call.true_now < *attributes.restored_from;
  const bool over = attributes.restored_until && call.true_now >= *attributes.restored_until;
  if (over) return;
  xml.open("RestoreStatus").leaf("IsRestoreInProgress", going_on ? "true" : "false");
  if (!going_on && attributes.restored_until) {
    xml.leaf("RestoreExpiryDate", iso8601(*attributes.restored_until));
  }
  xml.close();
}

void write_contents(XmlWriter& xml, const World& world, const Call& call, const Bucket& bucket,
                    const Page& page, const PageWriter& names, bool owners) {
  constexpr std::size_t usual_entry_bytes = 400;
  xml.reserve(page.entries.size() * usual_entry_bytes);
  Dates dates;
  for (const Entry& entry : page.entries) {
    if (entry.key == nullptr) continue;
    xml.open("Contents").leaf("Key", names.text(*entry.key));
    write_version_facts(xml, *entry.version, dates);
    if (owners) write_owner(xml, world, owner_of(bucket, *entry.version));
    write_restore_status(xml, call, *entry.version->attributes);
    xml.leaf("StorageClass", entry.version->attributes->storage_class).close();
  }
}

void write_common_prefixes(XmlWriter& xml, const Page& page, const PageWriter& names) {
  for (const Entry& entry : page.entries) {
    if (entry.key != nullptr) continue;
    xml.open("CommonPrefixes").leaf("Prefix", names.text(entry.common_prefix)).close();
  }
}

std::expected<Bucket*, ApiError> listable(World& world, const Call& call, std::string_view action) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return bucket;
  const auto allowed = authorize(world, call, **bucket, action);
  if (!allowed) return refuse(allowed.error());
  return bucket;
}

void swap_last_two(Page& page) {
  if (page.entries.size() >= 2) std::swap(page.entries.back(), *(page.entries.end() - 2));
}

// How the page that follows is told; a scripted fault may lie about it.
struct NextPage {
  bool truncated = false;
  std::optional<Position> after;
  std::string sent_again;  // the token that came with the request
};

NextPage distort(Page& page, const Call& call, const Bucket& bucket, const PageQuery& query) {
  NextPage next{.truncated = page.truncated, .after = {}, .sent_again = {}};
  if (page.truncated && !page.entries.empty()) next.after = position_of(page.entries.back());
  if (!call.page_fault) return next;
  switch (*call.page_fault) {
    case FaultEffect::page_out_of_order:
      swap_last_two(page);
      break;
    case FaultEffect::page_without_token:
      next.truncated = true;
      next.after.reset();
      break;
    case FaultEffect::page_empty:
      page.entries.clear();
      next.truncated = true;
      next.after = query.after.value_or(Position{});
      break;
    case FaultEffect::page_repeats_token:
      next.truncated = true;
      next.sent_again = call.parameter("continuation-token");
      break;
    case FaultEffect::page_goes_back: {
      PageQuery beginning = query;
      beginning.after.reset();
      page.entries = list_current(bucket, beginning).entries;
      break;
    }
    default:
      break;
  }
  return next;
}

}  // namespace

Outcome list_objects_v2(World& world, Call& call) {
  const auto bucket = listable(world, call, "s3:ListBucket");
  if (!bucket) return refuse(bucket.error());
  const auto most = page_size(world, call, "max-keys");
  if (!most) return refuse(most.error());
  const std::string_view start_after = call.parameter("start-after");
  const std::string* token = call.query.find("continuation-token");
  PageQuery query{.prefix = call.parameter("prefix"),
                  .delimiter = call.parameter("delimiter"),
                  .after = {},
                  .most = *most,
                  .by_hash = world.switches.unordered_listing};
  if (token != nullptr) {
    query.after = read_token(*token);
    if (!query.after) {
      return refuse("InvalidArgument", "The continuation token provided is incorrect");
    }
  } else if (!start_after.empty()) {
    query.after = Position{std::string(start_after), false};
  }
  Page page = list_current(**bucket, query);
  const NextPage next = distort(page, call, **bucket, query);

  const PageWriter names(call);
  XmlWriter xml("ListBucketResult");
  xml.leaf("Name", call.bucket).leaf("Prefix", names.text(query.prefix));
  if (token != nullptr) xml.leaf("ContinuationToken", *token);
  if (!start_after.empty()) xml.leaf("StartAfter", names.text(start_after));
  if (!next.sent_again.empty()) {
    xml.leaf("NextContinuationToken", next.sent_again);
  } else if (next.after) {
    xml.leaf("NextContinuationToken", make_token(world, *next.after));
  }
  xml.leaf("KeyCount", page.entries.size()).leaf("MaxKeys", *most);
  if (!query.delimiter.empty()) xml.leaf("Delimiter", names.text(query.delimiter));
  if (names.encoded()) xml.leaf("EncodingType", "url");
  xml.leaf("IsTruncated", next.truncated ? "true" : "false");
  write_contents(xml, world, call, **bucket, page, names, call.parameter("fetch-owner") == "true");
  write_common_prefixes(xml, page, names);
  return xml_reply(xml.finish());
}

Outcome list_objects(World& world, Call& call) {
  const auto bucket = listable(world, call, "s3:ListBucket");
  if (!bucket) return refuse(bucket.error());
  const auto most = page_size(world, call, "max-keys");
  if (!most) return refuse(most.error());
  const std::string_view marker = call.parameter("marker");
  PageQuery query{.prefix = call.parameter("prefix"),
                  .delimiter = call.parameter("delimiter"),
                  .after = {},
                  .most = *most,
                  .by_hash = world.switches.unordered_listing};
  if (!marker.empty()) {
    const bool folded = !query.delimiter.empty() && marker.ends_with(query.delimiter);
    query.after = Position{std::string(marker), folded};
  }
  Page page = list_current(**bucket, query);
  const NextPage next = distort(page, call, **bucket, query);

  const PageWriter names(call);
  XmlWriter xml("ListBucketResult");
  xml.leaf("Name", call.bucket).leaf("Prefix", names.text(query.prefix));
  xml.leaf("Marker", names.text(marker)).leaf("MaxKeys", *most);
  if (!query.delimiter.empty()) {
    xml.leaf("Delimiter", names.text(query.delimiter));
    if (next.after) xml.leaf("NextMarker", names.text(next.after->key));
  }
  if (names.encoded()) xml.leaf("EncodingType", "url");
  xml.leaf("IsTruncated", next.truncated ? "true" : "false");
  write_contents(xml, world, call, **bucket, page, names, true);
  write_common_prefixes(xml, page, names);
  return xml_reply(xml.finish());
}

}  // namespace s3m::sim
