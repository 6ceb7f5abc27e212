// ACLs, retention and legal hold of objects (Amazon S3 API reference).
#include <fmt/format.h>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"

namespace s3m::aws {
namespace {

struct GrantHeader {
  std::string_view permission, name;
};
constexpr GrantHeader grant_headers[] = {{"READ", "x-amz-grant-read"},
                                         {"WRITE", "x-amz-grant-write"},
                                         {"READ_ACP", "x-amz-grant-read-acp"},
                                         {"WRITE_ACP", "x-amz-grant-write-acp"},
                                         {"FULL_CONTROL", "x-amz-grant-full-control"}};

std::string grantees(const std::vector<Grant>& grants, std::string_view permission) {
  std::string out;
  for (const auto& grant : grants) {
    if (grant.permission != permission) continue;
    if (!out.empty()) out += ", ";
    out += grant.id.empty() ? fmt::format("uri=\"{}\"", grant.uri)
                            : fmt::format("id=\"{}\"", grant.id);
  }
  return out;
}

Request sub_resource(std::string_view operation, std::string_view name, ObjectAddress object,
                     std::string expected_owner) {
  auto request = object_request(operation, Method::get, RequestKind::read, std::move(object),
                                std::move(expected_owner));
  request.query.push_back({name, ""});
  request.answer = Answer::xml;
  return request;
}

// An object without a lock, a bucket without Object Lock, a service without the call.
bool is_absent(const Error& error) noexcept {
  return error.code() == Errc::not_found || error.code() == Errc::invalid_request ||
         error.code() == Errc::not_supported;
}

}  // namespace

void add_restated(Request& request, const Restated& restated) {
  add_header(request, "x-amz-website-redirect-location", restated.website_redirect);
  add_header(request, "x-amz-object-lock-mode", restated.lock_mode);
  add_header(request, "x-amz-object-lock-retain-until-date", restated.lock_retain_until);
  add_header(request, "x-amz-object-lock-legal-hold", restated.legal_hold);
  for (const auto& [permission, name] : grant_headers)
    add_header(request, name, grantees(restated.grants, permission));
}

Result<Acl> parse_acl(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "AccessControlPolicy");
  if (!root) return forward(root);
  Acl acl{.owner = std::string(text_of(root->child("Owner"), "ID")), .grants = {}};
  for (const auto node : root->child("AccessControlList").children("Grant")) {
    const auto grantee = node.child("Grantee");
    Grant grant{.id = std::string(text_of(grantee, "ID")),
                .uri = std::string(text_of(grantee, "URI")),
                .permission = std::string(text_of(node, "Permission"))};
    if (grant.permission.empty()) return fail(Errc::protocol, "an ACL with a grant of nothing");
    acl.grants.push_back(std::move(grant));
  }
  return acl;
}

Result<std::string> parse_buckets_owner(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "ListAllMyBucketsResult");
  if (!root) return forward(root);
  return std::string(text_of(root->child("Owner"), "ID"));
}

net::Task<Result<std::string>> S3::get_own_id() {
  auto request = bucket_request("ListBuckets", Method::get, {}, {}, {});
  add_query(request, "max-buckets", "1");
  request.answer = Answer::xml;
  return exchange<std::string>(client_, std::move(request), [](net::HttpResponse& response) {
    return parse_buckets_owner(std::move(response.body));
  });
}

net::Task<Result<Acl>> S3::get_object_acl(ObjectAddress object, std::string expected_owner) {
  return exchange<Acl>(
      client_, sub_resource("GetObjectAcl", "acl", std::move(object), std::move(expected_owner)),
      [](net::HttpResponse& response) { return parse_acl(std::move(response.body)); });
}

net::Task<Result<std::string>> S3::get_bucket_owner_id(std::string bucket,
                                                       std::string expected_owner) {
  auto request = bucket_request("GetBucketAcl", Method::get, "acl", std::move(bucket),
                                std::move(expected_owner));
  request.answer = Answer::xml;
  auto acl = co_await exchange<Acl>(client_, std::move(request), [](net::HttpResponse& response) {
    return parse_acl(std::move(response.body));
  });
  if (!acl) co_return forward(acl);
  co_return std::move(acl->owner);
}

net::Task<Result<Retention>> S3::get_object_retention(ObjectAddress object,
                                                      std::string expected_owner) {
  auto retention = co_await exchange<Retention>(
      client_,
      sub_resource("GetObjectRetention", "retention", std::move(object), std::move(expected_owner)),
      [](net::HttpResponse& response) -> Result<Retention> {
        XmlDocument document;
        auto root = document.parse(std::move(response.body), "Retention");
        if (!root) return forward(root);
        return Retention{.mode = std::string(text_of(*root, "Mode")),
                         .until = std::string(text_of(*root, "RetainUntilDate"))};
      });
  if (!retention && is_absent(retention.error())) co_return Retention{};
  co_return retention;
}

net::Task<Result<bool>> S3::get_object_legal_hold(ObjectAddress object,
                                                  std::string expected_owner) {
  auto hold = co_await exchange<bool>(client_,
                                      sub_resource("GetObjectLegalHold", "legal-hold",
                                                   std::move(object), std::move(expected_owner)),
                                      [](net::HttpResponse& response) -> Result<bool> {
                                        XmlDocument document;
                                        auto root =
                                            document.parse(std::move(response.body), "LegalHold");
                                        if (!root) return forward(root);
                                        return text_of(*root, "Status") == "ON";
                                      });
  if (!hold && is_absent(hold.error())) co_return false;
  co_return hold;
}

}  // namespace s3m::aws
