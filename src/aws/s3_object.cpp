// HeadObject, GetObject, GetObjectTagging, PutObject, DeleteObject (Amazon S3 API reference).
#include <algorithm>
#include <charconv>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view metadata_prefix = "x-amz-meta-";
constexpr std::string_view checksum_prefix = "x-amz-checksum-";

// A count in a header; 0 where there is none.
int count_of(std::string_view text) noexcept {
  int count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// A name that comes twice is one list (RFC 9110, 5.3).
void add_metadata(ObjectHead& head, std::string name, std::string_view value) {
  const auto known = std::ranges::find(
      head.metadata, name, [](const auto& item) -> const std::string& { return item.first; });
  if (known == head.metadata.end()) {
    head.metadata.emplace_back(std::move(name), value);
  } else {
    known->second += ',';
    known->second += value;
  }
}

bool is_checksum(std::string_view name) noexcept {
  return name.starts_with(checksum_prefix) && name != "x-amz-checksum-type" &&
         name != "x-amz-checksum-mode" && name != "x-amz-checksum-algorithm";
}

void read_named_families(ObjectHead& head, const net::Headers& headers) {
  const auto type = headers.get("x-amz-checksum-type");
  headers.for_each([&head, type](std::string_view original, std::string_view value) {
    std::string name = lower(original);
    if (name.starts_with(metadata_prefix)) {
      add_metadata(head, name.substr(metadata_prefix.size()), value);
    } else if (is_checksum(name)) {
      // Before the type was sent, a checksum of checksums could be told by its "-N".
      const bool full = type.empty() ? !value.contains('-') : type == "FULL_OBJECT";
      head.checksums.push_back({.algorithm = upper(name.substr(checksum_prefix.size())),
                                .value = std::string(value),
                                .full_object = full});
    }
  });
}

void read_texts(ObjectHead& head, const net::Headers& headers) {
  const auto read = [&headers](std::string& field, std::string_view name) {
    field = headers.get(name);
  };
  read(head.version, "x-amz-version-id");
  read(head.storage_class, "x-amz-storage-class");
  read(head.content_type, "content-type");
  read(head.content_encoding, "content-encoding");
  read(head.content_disposition, "content-disposition");
  read(head.content_language, "content-language");
  read(head.cache_control, "cache-control");
  read(head.expires, "expires");
  read(head.website_redirect, "x-amz-website-redirect-location");
  read(head.encryption, "x-amz-server-side-encryption");
  read(head.kms_key_id, "x-amz-server-side-encryption-aws-kms-key-id");
  read(head.lock_mode, "x-amz-object-lock-mode");
  read(head.lock_retain_until, "x-amz-object-lock-retain-until-date");
  read(head.legal_hold, "x-amz-object-lock-legal-hold");
  head.restore = parse_restore_state(headers.get("x-amz-restore"));
  read(head.archive_status, "x-amz-archive-status");
}

}  // namespace

Request head_object_request(HeadRequest request) {
  auto out = object_request("HeadObject", Method::head, RequestKind::read,
                            std::move(request.object), std::move(request.expected_owner));
  if (request.part_number) add_query(out, "partNumber", std::to_string(*request.part_number));
  if (request.checksum) add_header(out, "x-amz-checksum-mode", "ENABLED");
  add_header(out, "if-match", quoted_etag(request.if_match));
  return out;
}

Result<ObjectHead> parse_object_head(const net::Headers& headers) {
  const auto size = parse_u64(headers.get("content-length"));
  const auto modified = parse_http_date(headers.get("last-modified"));
  if (!size) return fail(Errc::protocol, "an object without a size");
  if (!modified) return fail(Errc::protocol, "an object without a date");
  ObjectHead head;
  head.size = *size;
  head.last_modified = *modified;
  head.etag = unquoted_etag(headers.get("etag"));
  head.tag_count = count_of(headers.get("x-amz-tagging-count"));
  head.parts_count = count_of(headers.get("x-amz-mp-parts-count"));
  head.missing_metadata = count_of(headers.get("x-amz-missing-meta"));
  read_texts(head, headers);
  read_named_families(head, headers);
  return head;
}

Result<Pairs> parse_tagging(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "Tagging");
  if (!root) return forward(root);
  Pairs tags;
  for (const auto tag : root->child("TagSet").children("Tag")) {
    if (!tag.child("Key")) return fail(Errc::protocol, "a tag without a key");
    tags.emplace_back(text_of(tag, "Key"), text_of(tag, "Value"));
  }
  return tags;
}

net::Task<Result<ObjectHead>> S3::head_object(HeadRequest request) {
  return exchange<ObjectHead>(
      client_, head_object_request(std::move(request)),
      [](net::HttpResponse& response) { return parse_object_head(response.headers); });
}

net::Task<Result<std::string>> S3::get_object(ObjectAddress object, std::string expected_owner) {
  return exchange<std::string>(
      client_,
      object_request("GetObject", Method::get, RequestKind::read, std::move(object),
                     std::move(expected_owner)),
      [](net::HttpResponse& response) { return Result<std::string>(std::move(response.body)); });
}

net::Task<Result<Pairs>> S3::get_object_tagging(ObjectAddress object, std::string expected_owner) {
  auto request = object_request("GetObjectTagging", Method::get, RequestKind::read,
                                std::move(object), std::move(expected_owner));
  request.query.push_back({"tagging", ""});
  request.answer = Answer::xml;
  return exchange<Pairs>(client_, std::move(request), [](net::HttpResponse& response) {
    return parse_tagging(std::move(response.body));
  });
}

net::Task<Result<PutResult>> S3::put_object(PutRequest put) {
  auto request = s3_request("PutObject", Method::put, RequestKind::write, std::move(put.bucket),
                            std::move(put.key));
  add_header(request, "content-type", std::move(put.content_type));
  add_conditions(request, put.write);
  add_write_options(request, put.write);
  request.body = std::move(put.body);
  return exchange<PutResult>(client_, std::move(request), [](net::HttpResponse& response) {
    return Result<PutResult>({.etag = unquoted_etag(response.headers.get("etag")),
                              .version = std::string(response.headers.get("x-amz-version-id"))});
  });
}

net::Task<Result<void>> S3::delete_object(ObjectAddress object, std::string if_match,
                                          std::string expected_owner) {
  auto request = object_request("DeleteObject", Method::del, RequestKind::remove, std::move(object),
                                std::move(expected_owner));
  add_header(request, "if-match", quoted_etag(if_match));
  auto response = co_await client_.call(std::move(request));
  if (response || response.error().code() == Errc::no_such_key) co_return ok;
  co_return forward(response);
}

}  // namespace s3m::aws
