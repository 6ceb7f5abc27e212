// ListObjectVersions, delete markers, PutBucketVersioning (Amazon S3 API reference).
#include <algorithm>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/s3_xml.hpp"
#include "base/hash.hpp"

namespace s3m::aws {
namespace {

// Version ids are compared and sent back: one that is missing would name another version.
Result<VersionEntry> parse_version(pugi::xml_node element, const ListedText& listed) {
  VersionEntry entry;
  auto& version = entry.version;
  version.delete_marker = std::string_view(element.name()) == "DeleteMarker";
  bool has_size = version.delete_marker, has_time = false;
  for (auto child = element.first_child(); child; child = child.next_sibling()) {
    const std::string_view name = child.name();
    const std::string_view text = child.child_value();
    if (name == "Key") {
      auto key = listed.decode(text);
      if (!key) return forward(key);
      entry.key = std::move(*key);
    } else if (name == "VersionId") {
      version.id = text;
    } else if (name == "IsLatest") {
      entry.latest = text == "true";
    } else if (name == "LastModified") {
      const auto time = parse_iso8601(text);
      has_time = time.has_value();
      version.last_modified = time.value_or(WallTime{});
    } else if (version.delete_marker) {
      continue;
    } else if (name == "ETag") {
      version.etag = unquoted_etag(text);
    } else if (name == "Size") {
      const auto size = parse_u64(text);
      has_size = size.has_value();
      version.size = size.value_or(0);
    } else if (name == "StorageClass" && text != "STANDARD") {
      version.storage_class = text;
    } else if (name == "RestoreStatus") {
      version.restore = parse_listed_restore(child);
    }
  }
  if (entry.key.empty() || version.id.empty())
    return fail(Errc::protocol, "a listing of versions with one that has no key or no id");
  if (!has_size || !has_time)
    return fail(Errc::protocol, "a listing of versions with one that has no size or no date");
  return entry;
}

}  // namespace

Request list_versions_request(ListVersionsRequest request) {
  auto out =
      s3_request("ListObjectVersions", Method::get, RequestKind::list, std::move(request.bucket));
  out.answer = Answer::xml;
  out.query.push_back({"versions", ""});
  out.query.push_back({"encoding-type", "url"});
  out.query.push_back({"max-keys", std::to_string(request.max_keys)});
  add_query(out, "prefix", std::move(request.prefix));
  add_query(out, "key-marker", std::move(request.key_marker));
  add_query(out, "version-id-marker", std::move(request.version_id_marker));
  add_header(out, "x-amz-optional-object-attributes", "RestoreStatus");
  add_owner(out, std::move(request.expected_owner));
  return out;
}

Result<VersionPage> parse_version_page(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "ListVersionsResult");
  if (!root) return forward(root);
  auto truncated = truncation_of(*root);
  if (!truncated) return forward(truncated);
  const ListedText listed(*root);
  auto next_key = listed.decode(text_of(*root, "NextKeyMarker"));
  if (!next_key) return forward(next_key);

  VersionPage page{.truncated = *truncated,
                   .next_key_marker = std::move(*next_key),
                   .next_version_id_marker = std::string(text_of(*root, "NextVersionIdMarker"))};
  for (auto child = root->first_child(); child; child = child.next_sibling()) {
    const std::string_view name = child.name();
    if (name != "Version" && name != "DeleteMarker") continue;
    auto version = parse_version(child, listed);
    if (!version) return forward(version);
    page.versions.push_back(std::move(*version));
  }
  return page;
}

Request enable_versioning_request(std::string bucket, std::string expected_owner) {
  auto request = bucket_request("PutBucketVersioning", Method::put, "versioning", std::move(bucket),
                                std::move(expected_owner));
  request.body =
      "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Status>Enabled</Status></VersioningConfiguration>";
  // S3 demands a checksum of this body; of all kinds every service knows this one.
  add_header(request, "content-md5", base64(bytes_of(md5(request.body))));
  add_header(request, "content-type", "application/xml");
  return request;
}

net::Task<Result<VersionPage>> S3::list_object_versions(ListVersionsRequest request) {
  return exchange<VersionPage>(client_, list_versions_request(std::move(request)),
                               [](net::HttpResponse& response) {
                                 auto page = parse_version_page(std::move(response.body));
                                 if (page)
                                   page->request_id = response.headers.get("x-amz-request-id");
                                 return page;
                               });
}

net::Task<Result<std::string>> S3::add_delete_marker(std::string bucket, std::string key,
                                                     std::string if_match,
                                                     std::string expected_owner) {
  auto request = object_request("DeleteObject", Method::del, RequestKind::remove,
                                {.bucket = std::move(bucket), .key = std::move(key), .version = {}},
                                std::move(expected_owner));
  add_header(request, "if-match", quoted_etag(if_match));
  request.retry = false;
  return exchange<std::string>(client_, std::move(request),
                               [](net::HttpResponse& response) -> Result<std::string> {
                                 return std::string(response.headers.get("x-amz-version-id"));
                               });
}

net::Task<Result<void>> S3::enable_bucket_versioning(std::string bucket,
                                                     std::string expected_owner) {
  return exchange<void>(client_,
                        enable_versioning_request(std::move(bucket), std::move(expected_owner)),
                        read_nothing);
}

}  // namespace s3m::aws
