// Object annotations (Amazon S3 API reference): named texts beside an object, which CopyObject
// carries and a copy in parts does not.
#include <algorithm>
#include <iterator>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"

namespace s3m::aws {
namespace {

struct NamePage {
  std::vector<std::string> names;
  std::string next_token;
};

// A service that does not know the parameter would send the object, terabytes perhaps: it is asked
// for a single byte, which S3 ignores here.
Request list_request(ObjectAddress object, std::string token, std::string expected_owner) {
  auto request = object_request("ListObjectAnnotations", Method::get, RequestKind::read,
                                std::move(object), std::move(expected_owner));
  request.query.push_back({"annotation", ""});
  add_query(request, "continuation-token", std::move(token));
  add_header(request, "range", "bytes=0-0");
  return request;
}

Request annotation_request(std::string_view operation, Method method, RequestKind kind,
                           ObjectAddress object, std::string name, std::string expected_owner) {
  auto request =
      object_request(operation, method, kind, std::move(object), std::move(expected_owner));
  request.query.push_back({"annotation", ""});
  add_query(request, "annotationName", std::move(name));
  return request;
}

void collect_names(pugi::xml_node node, std::vector<std::string>& names) {
  for (const auto child : node.children()) {
    if (std::string_view(child.name()) == "AnnotationName") {
      names.emplace_back(child.child_value());
    } else {
      collect_names(child, names);
    }
  }
}

bool is_unknown(Errc code) noexcept {
  return code == Errc::invalid_request || code == Errc::not_supported;
}

}  // namespace

Result<std::vector<std::string>> parse_annotation_names(std::string body, std::string& next_token) {
  XmlDocument document;
  auto root = document.parse(std::move(body));
  // The root's name is not the same in all descriptions of the service.
  const bool listing = root && std::string_view(root->name()).starts_with("ListObjectAnnotations");
  if (!listing) return fail(Errc::not_supported, "the service does not know annotations");
  std::vector<std::string> names;
  collect_names(*root, names);
  next_token = text_of(*root, "NextContinuationToken");
  return names;
}

net::Task<Result<std::vector<std::string>>> S3::list_object_annotations(
    ObjectAddress object, std::string expected_owner) {
  std::vector<std::string> all;
  std::string token;
  do {
    auto page = co_await exchange<NamePage>(client_, list_request(object, token, expected_owner),
                                            [](net::HttpResponse& response) -> Result<NamePage> {
                                              NamePage read;
                                              auto names = parse_annotation_names(
                                                  std::move(response.body), read.next_token);
                                              if (!names) return forward(names);
                                              read.names = std::move(*names);
                                              return read;
                                            });
    if (!page && is_unknown(page.error().code())) {
      co_return fail(Errc::not_supported, "the service does not know annotations");
    }
    if (!page) co_return forward(page);
    std::ranges::move(page->names, std::back_inserter(all));
    if (!page->next_token.empty() && page->next_token == token) {
      co_return fail(Errc::protocol, "the listing of annotations repeats its token");
    }
    token = std::move(page->next_token);
  } while (!token.empty());
  co_return all;
}

net::Task<Result<std::string>> S3::get_object_annotation(ObjectAddress object, std::string name,
                                                         std::string expected_owner) {
  return exchange<std::string>(
      client_,
      annotation_request("GetObjectAnnotation", Method::get, RequestKind::read, std::move(object),
                         std::move(name), std::move(expected_owner)),
      [](net::HttpResponse& response) { return Result<std::string>(std::move(response.body)); });
}

net::Task<Result<void>> S3::put_object_annotation(ObjectAddress object, std::string name,
                                                  std::string body, std::string object_etag,
                                                  std::string expected_owner) {
  auto request = annotation_request("PutObjectAnnotation", Method::put, RequestKind::write,
                                    std::move(object), std::move(name), std::move(expected_owner));
  add_header(request, "x-amz-object-if-match", quoted_etag(object_etag));
  request.body = std::move(body);
  return exchange<void>(client_, std::move(request), read_nothing);
}

}  // namespace s3m::aws
