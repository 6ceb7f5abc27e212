// ListParts and ListMultipartUploads (Amazon S3 API reference).
#include <algorithm>
#include <iterator>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/s3_xml.hpp"

namespace s3m::aws {
namespace {

constexpr std::uint64_t last_part_number = 10'000;

Result<PartResult> parse_part(pugi::xml_node part) {
  const auto number = parse_u64(text_of(part, "PartNumber"));
  const auto size = parse_u64(text_of(part, "Size"));
  if (!number || *number < 1 || *number > last_part_number || !size)
    return fail(Errc::protocol, "a part without a number or a size");
  return PartResult{.part_number = static_cast<int>(*number),
                    .size = *size,
                    .etag = unquoted_etag(text_of(part, "ETag")),
                    .checksum = checksum_in(part)};
}

// True for a text in which every character that encoding changes is changed. radosgw encodes the
// keys of uploads as we ask it to, but does not say so; services that do not encode them do not say
// so either.
bool looks_encoded(std::string_view text) {
  const auto decoded = decode_listed(text);
  return decoded && uri_encode(*decoded, Slash::keep) == text;
}

Result<std::string> decode_key(std::string_view text, const ListedText& listed) {
  return listed.is_encoded() || !looks_encoded(text) ? listed.decode(text)
                                                     : Result<std::string>(*decode_listed(text));
}

Result<UploadEntry> parse_upload(pugi::xml_node upload, const ListedText& listed) {
  auto key = decode_key(text_of(upload, "Key"), listed);
  if (!key) return forward(key);
  UploadEntry entry{
      .key = std::move(*key),
      .upload_id = std::string(text_of(upload, "UploadId")),
      .initiator_id = std::string(text_of(upload.child("Initiator"), "ID")),
      .initiator_name = std::string(text_of(upload.child("Initiator"), "DisplayName")),
      .storage_class = std::string(text_of(upload, "StorageClass")),
      .initiated = parse_iso8601(text_of(upload, "Initiated")).value_or(WallTime{})};
  if (entry.key.empty() || entry.upload_id.empty())
    return fail(Errc::protocol, "an upload without a key or an id");
  return entry;
}

}  // namespace

Result<PartPage> parse_part_page(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), {"ListPartsResult", "ListPartsResponse"});  // moto
  if (!root) return forward(root);
  auto truncated = truncation_of(*root);
  if (!truncated) return forward(truncated);
  PartPage page{.truncated = *truncated};
  for (const auto element : root->children("Part")) {
    auto part = parse_part(element);
    if (!part) return forward(part);
    page.parts.push_back(std::move(*part));
  }
  if (!page.truncated) return page;
  const auto marker = parse_u64(text_of(*root, "NextPartNumberMarker"));
  if (!marker || *marker < 1 || *marker > last_part_number)
    return fail(Errc::protocol, "a cut list of parts that does not say where it goes on");
  page.next_marker = static_cast<int>(*marker);
  return page;
}

Result<UploadPage> parse_upload_page(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "ListMultipartUploadsResult");
  if (!root) return forward(root);
  auto truncated = truncation_of(*root);
  if (!truncated) return forward(truncated);
  const ListedText listed(*root);
  auto marker = decode_key(text_of(*root, "NextKeyMarker"), listed);
  if (!marker) return forward(marker);
  UploadPage page{.truncated = *truncated,
                  .next_key_marker = std::move(*marker),
                  .next_upload_id_marker = std::string(text_of(*root, "NextUploadIdMarker"))};
  if (page.truncated && page.next_key_marker.empty())
    return fail(Errc::protocol, "a cut list of uploads that does not say where it goes on");
  for (const auto element : root->children("Upload")) {
    auto upload = parse_upload(element, listed);
    if (!upload) return forward(upload);
    page.uploads.push_back(std::move(*upload));
  }
  return page;
}

net::Task<Result<std::vector<PartResult>>> S3::list_parts(std::string bucket, std::string key,
                                                          std::string upload_id,
                                                          std::string expected_owner) {
  std::vector<PartResult> parts;
  for (int marker = 0;;) {
    auto request = upload_request("ListParts", Method::get, RequestKind::list, bucket, key,
                                  upload_id, expected_owner);
    request.answer = Answer::xml;
    if (marker > 0) add_query(request, "part-number-marker", std::to_string(marker));
    auto page = co_await exchange<PartPage>(
        client_, std::move(request),
        [](net::HttpResponse& response) { return parse_part_page(std::move(response.body)); });
    if (!page) co_return forward(page);
    std::ranges::move(page->parts, std::back_inserter(parts));
    if (!page->truncated) co_return parts;
    if (page->next_marker <= marker) {
      Error backwards(Errc::protocol, "a list of parts that goes backwards");
      backwards.operation("ListParts").bucket(bucket).key(key);
      co_return fail(std::move(backwards));
    }
    marker = page->next_marker;
  }
}

net::Task<Result<UploadPage>> S3::list_multipart_uploads(std::string bucket, std::string prefix,
                                                         std::string key_marker,
                                                         std::string upload_id_marker,
                                                         std::string expected_owner) {
  auto request =
      s3_request("ListMultipartUploads", Method::get, RequestKind::list, std::move(bucket));
  request.answer = Answer::xml;
  request.query.push_back({"uploads", ""});
  request.query.push_back({"encoding-type", "url"});
  add_query(request, "prefix", std::move(prefix));
  add_query(request, "key-marker", std::move(key_marker));
  add_query(request, "upload-id-marker", std::move(upload_id_marker));
  add_owner(request, std::move(expected_owner));
  return exchange<UploadPage>(client_, std::move(request), [](net::HttpResponse& response) {
    return parse_upload_page(std::move(response.body));
  });
}

}  // namespace s3m::aws
