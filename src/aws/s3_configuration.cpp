// A bucket's sub-resources, read and written as whole documents (Amazon S3 API reference).
#include <fmt/format.h>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/sub_resource.hpp"
#include "aws/xml_element.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

std::unexpected<Error> unknown_to_service(const SubResourceKind& kind) {
  return fail(Errc::not_supported,
              fmt::format("the service does not know ?{} of a bucket", kind.query));
}

// A 404 with a code of its own means that nothing is set; one without a code comes from something
// that does not know S3, and says nothing.
bool is_absent(const Error& error) noexcept {
  return error.code() == Errc::not_found && !error.service_code().empty();
}

// S3 itself says 400 where a bucket cannot have a sub-resource (acceleration of dotted names).
Error as_not_supported(Error error) {
  if (error.code() != Errc::invalid_request) return error;
  Error same(Errc::not_supported, error.message());
  same.http_status(error.http_status())
      .service_code(error.service_code())
      .request_id(error.request_id())
      .operation(error.operation())
      .bucket(error.bucket());
  return same;
}

// moto names the root after the operation.
bool is_root_of(const SubResourceKind& kind, std::string_view name) noexcept {
  return local_name(name) == kind.root || name.starts_with(kind.get);
}

Result<XmlElement> root_of(const std::string& body) {
  auto root = read_xml(body);
  if (root && root->name == "Error")
    return fail(Errc::unavailable, "an error in the place of a bucket's configuration");
  return root;
}

Result<std::optional<SubResource>> parse_json(const SubResourceKind& kind,
                                              const std::string& body) {
  const auto text = trim(body);
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('{')) return unknown_to_service(kind);
  return SubResource{.document = body, .headers = {}};
}

Request get_request(const SubResourceKind& kind, std::string_view operation, std::string bucket,
                    std::string id, std::string expected_owner) {
  auto request = bucket_request(operation, Method::get, kind.query, std::move(bucket),
                                std::move(expected_owner));
  add_query(request, "id", std::move(id));
  return request;
}

std::unexpected<Error> no_such_kind(const std::string& query) {
  return fail(Errc::invalid_argument,
              fmt::format("\"{}\" is no configuration of a bucket that can be handled so",
                          printable(query)));
}

}  // namespace

Result<std::optional<SubResource>> parse_sub_resource(const SubResourceKind& kind,
                                                      const net::HttpResponse& response) {
  if (kind.root.empty()) return parse_json(kind, response.body);
  // radosgw says nothing, others answer with a listing.
  if (trim(response.body).empty()) return unknown_to_service(kind);
  auto root = root_of(response.body);
  if (!root) return forward(root);
  if (!is_root_of(kind, root->name)) return unknown_to_service(kind);
  if (root->children.empty()) return std::nullopt;
  SubResource found{.document = response.body, .headers = {}};
  if (local_name(root->name) != kind.root) {
    root->name = kind.root;
    found.document = write_xml(*root);
  }
  const auto value = response.headers.get(kind.header);
  if (!kind.header.empty() && !value.empty()) found.headers.emplace_back(kind.header, value);
  return found;
}

Result<SubResourcePage> parse_sub_resource_page(const SubResourceKind& kind, std::string body) {
  if (trim(body).empty()) return unknown_to_service(kind);
  auto root = root_of(body);
  if (!root) return forward(root);
  // ListInventoryConfigurationsResult, ListBucketAnalyticsConfigurationResult...; a service that
  // does not know the question lists objects.
  if (!root->name.contains("Configuration")) return unknown_to_service(kind);
  SubResourcePage page;
  for (const auto& child : root->children) {
    if (local_name(child.name) != kind.root) continue;
    std::string id(child.text_of("Id"));
    if (id.empty())
      return fail(Errc::protocol, fmt::format("a configuration ?{} without an id", kind.query));
    page.ids.push_back(std::move(id));
  }
  if (root->text_of("IsTruncated") != "true") return page;
  page.next_token = root->text_of("NextContinuationToken");
  if (page.next_token.empty())
    return fail(Errc::protocol, fmt::format("a page of ?{} that cannot be continued", kind.query));
  return page;
}

Request put_sub_resource_request(const SubResourceKind& kind, std::string bucket, std::string id,
                                 SubResource value, std::string expected_owner) {
  auto request = bucket_request(kind.put, Method::put, kind.query, std::move(bucket),
                                std::move(expected_owner));
  add_query(request, "id", std::move(id));
  add_header(request, "content-md5", base64(bytes_of(md5(value.document))));
  add_header(request, "content-type", kind.root.empty() ? "application/json" : "application/xml");
  for (auto& [name, text] : value.headers)
    if (name == kind.header) add_header(request, kind.header, std::move(text));
  // The targets of notifications are asked by S3, which would send a test message to each.
  if (kind.query == "notification")
    add_header(request, "x-amz-skip-destination-validation", "true");
  request.body = std::move(value.document);
  return request;
}

net::Task<Result<std::optional<SubResource>>> S3::get_sub_resource(std::string bucket,
                                                                   std::string query,
                                                                   std::string id,
                                                                   std::string expected_owner) {
  const auto* kind = find_sub_resource_kind(query);
  if (kind == nullptr || kind->by_id() == id.empty()) co_return no_such_kind(query);
  auto request = get_request(*kind, kind->get, bucket, std::move(id), std::move(expected_owner));
  auto response = co_await client_.call(std::move(request));
  if (!response && is_absent(response.error())) co_return std::nullopt;
  if (!response) co_return fail(as_not_supported(std::move(response.error())));
  auto found = parse_sub_resource(*kind, *response);
  if (!found) found.error().operation(std::string(kind->get)).bucket(std::move(bucket));
  co_return found;
}

net::Task<Result<std::vector<std::string>>> S3::list_sub_resource_ids(std::string bucket,
                                                                      std::string query,
                                                                      std::string expected_owner) {
  const auto* kind = find_sub_resource_kind(query);
  if (kind == nullptr || !kind->by_id()) co_return no_such_kind(query);
  std::vector<std::string> ids;
  std::string token;
  do {
    auto request = get_request(*kind, kind->list, bucket, {}, expected_owner);
    add_query(request, "continuation-token", token);
    auto response = co_await client_.call(std::move(request));
    if (!response && is_absent(response.error())) co_return ids;
    if (!response) co_return fail(as_not_supported(std::move(response.error())));
    auto page = parse_sub_resource_page(*kind, std::move(response->body));
    if (page && !token.empty() && page->next_token == token)
      page = fail(Errc::protocol, fmt::format("the pages of ?{} go round in a circle", query));
    if (!page) {
      page.error().operation(std::string(kind->list)).bucket(std::move(bucket));
      co_return forward(page);
    }
    ids.insert(ids.end(), page->ids.begin(), page->ids.end());
    token = std::move(page->next_token);
  } while (!token.empty());
  co_return ids;
}

net::Task<Result<void>> S3::put_sub_resource(std::string bucket, std::string query, std::string id,
                                             SubResource value, std::string expected_owner) {
  const auto* kind = find_sub_resource_kind(query);
  if (kind == nullptr || kind->put.empty() || kind->by_id() == id.empty())
    co_return no_such_kind(query);
  auto request = put_sub_resource_request(*kind, std::move(bucket), std::move(id), std::move(value),
                                          std::move(expected_owner));
  co_return co_await exchange<void>(client_, std::move(request), read_nothing);
}

net::Task<Result<void>> S3::delete_sub_resource(std::string bucket, std::string query,
                                                std::string id, std::string expected_owner) {
  const auto* kind = find_sub_resource_kind(query);
  if (kind == nullptr || kind->remove.empty() || kind->by_id() == id.empty())
    co_return no_such_kind(query);
  auto request = bucket_request(kind->remove, Method::del, kind->query, std::move(bucket),
                                std::move(expected_owner));
  add_query(request, "id", std::move(id));
  co_return co_await exchange<void>(client_, std::move(request), read_nothing);
}

}  // namespace s3m::aws
