// ListObjectsV2 (Amazon S3 API reference).
#include <algorithm>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/s3_xml.hpp"

namespace s3m::aws {
namespace {

constexpr std::size_t largest_page = 1000;

Result<ObjectEntry> parse_entry(pugi::xml_node contents, const ListedText& listed) {
  ObjectEntry entry;
  bool has_key = false, has_size = false, has_time = false;
  for (auto child = contents.first_child(); child; child = child.next_sibling()) {
    const std::string_view name = child.name();
    const std::string_view text = child.child_value();
    if (name == "Key") {
      auto key = listed.decode(text);
      if (!key) return forward(key);
      entry.key = std::move(*key);
      has_key = !entry.key.empty();
    } else if (name == "LastModified") {
      const auto time = parse_iso8601(text);
      has_time = time.has_value();
      entry.last_modified = time.value_or(WallTime{});
    } else if (name == "ETag") {
      entry.etag = unquoted_etag(text);
    } else if (name == "Size") {
      const auto size = parse_u64(text);
      has_size = size.has_value();
      entry.size = size.value_or(0);
    } else if (name == "StorageClass" && text != "STANDARD") {
      entry.storage_class = text;
    } else if (name == "RestoreStatus") {
      entry.restore = parse_listed_restore(child);
    }
  }
  if (!has_key) return fail(Errc::protocol, "a listing with an entry that has no key");
  if (!has_size || !has_time)
    return fail(Errc::protocol, "a listing with an entry that has no size or no date");
  return entry;
}

}  // namespace

Request list_objects_request(ListRequest request) {
  auto out = s3_request("ListObjectsV2", Method::get, RequestKind::list, std::move(request.bucket));
  out.answer = Answer::xml;
  out.query.push_back({"list-type", "2"});
  out.query.push_back({"encoding-type", "url"});
  out.query.push_back({"max-keys", std::to_string(request.max_keys)});
  add_query(out, "prefix", std::move(request.prefix));
  add_query(out, "delimiter", std::move(request.delimiter));
  if (request.continuation_token.empty()) {
    add_query(out, "start-after", std::move(request.start_after));
  } else {
    add_query(out, "continuation-token", std::move(request.continuation_token));
  }
  // Without it a restored object looks like one that is not.
  add_header(out, "x-amz-optional-object-attributes", "RestoreStatus");
  add_owner(out, std::move(request.expected_owner));
  return out;
}

Result<ListPage> parse_list_page(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "ListBucketResult");
  if (!root) return forward(root);
  auto truncated = truncation_of(*root);
  if (!truncated) return forward(truncated);

  ListPage page{.truncated = *truncated,
                .next_token = std::string(text_of(*root, "NextContinuationToken"))};
  const ListedText listed(*root);
  const auto announced = parse_u64(text_of(*root, "KeyCount")).value_or(largest_page);
  page.objects.reserve(std::min<std::size_t>(announced, largest_page));
  for (auto child = root->first_child(); child; child = child.next_sibling()) {
    const std::string_view name = child.name();
    if (name == "CommonPrefixes") {
      auto prefix = listed.decode(text_of(child, "Prefix"));
      if (!prefix) return forward(prefix);
      page.common_prefixes.push_back(*std::move(prefix));
    }
    if (name != "Contents") continue;
    auto entry = parse_entry(child, listed);
    if (!entry) return forward(entry);
    page.objects.push_back(std::move(*entry));
  }
  return page;
}

net::Task<Result<ListPage>> S3::list_objects(ListRequest request) {
  return exchange<ListPage>(client_, list_objects_request(std::move(request)),
                            [](net::HttpResponse& response) {
                              auto page = parse_list_page(std::move(response.body));
                              if (page) page->request_id = response.headers.get("x-amz-request-id");
                              return page;
                            });
}

}  // namespace s3m::aws
