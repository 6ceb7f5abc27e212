#include "sim/routing.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/acl.hpp"
#include "sim/annotation.hpp"
#include "sim/bucket_configuration.hpp"
#include "sim/bucket_lifecycle.hpp"
#include "sim/bucket_policy.hpp"
#include "sim/copy.hpp"
#include "sim/listing.hpp"
#include "sim/multipart.hpp"
#include "sim/object_delete.hpp"
#include "sim/object_lock.hpp"
#include "sim/object_read.hpp"
#include "sim/object_write.hpp"
#include "sim/tagging.hpp"
#include "sim/upload.hpp"
#include "sim/uri.hpp"

namespace s3m::sim {
namespace {

enum class Target : std::uint8_t { service, bucket, object };
enum class Copies : std::uint8_t { any, yes, no };  // x-amz-copy-source there or not

// The first row that fits is taken; those without a parameter come last.
struct Route {
  Target target;
  std::string_view method;
  std::string_view parameter;  // must be in the query; empty: none needed
  Operation operation;
  Copies copies = Copies::any;
};

constexpr auto routes = std::to_array<Route>({
    {Target::object, "PUT", "uploadId", {"UploadPartCopy", upload_part_copy, true}, Copies::yes},
    {Target::object, "PUT", "uploadId", {"UploadPart", upload_part, true}, Copies::no},
    {Target::object, "PUT", "tagging", {"PutObjectTagging", put_object_tagging, true}},
    {Target::object, "PUT", "annotation", {"PutObjectAnnotation", put_object_annotation, true}},
    {Target::object, "PUT", "acl", {"PutObjectAcl", put_object_acl, true}},
    {Target::object, "PUT", "retention", {"PutObjectRetention", put_object_retention, true}},
    {Target::object, "PUT", "legal-hold", {"PutObjectLegalHold", put_object_legal_hold, true}},
    {Target::object, "PUT", "", {"CopyObject", copy_object, true}, Copies::yes},
    {Target::object, "PUT", "", {"PutObject", put_object, true}, Copies::no},
    {Target::object, "HEAD", "", {"HeadObject", head_object}},
    {Target::object, "GET", "uploadId", {"ListParts", list_parts}},
    {Target::object, "GET", "tagging", {"GetObjectTagging", get_object_tagging}},
    {Target::object, "GET", "attributes", {"GetObjectAttributes", get_object_attributes}},
    {Target::object, "GET", "annotationName", {"GetObjectAnnotation", get_object_annotation}},
    {Target::object, "GET", "annotation", {"ListObjectAnnotations", get_object_annotation}},
    {Target::object, "GET", "acl", {"GetObjectAcl", get_object_acl}},
    {Target::object, "GET", "retention", {"GetObjectRetention", get_object_retention}},
    {Target::object, "GET", "legal-hold", {"GetObjectLegalHold", get_object_legal_hold}},
    {Target::object, "GET", "", {"GetObject", get_object}},
    {Target::object, "POST", "uploads", {"CreateMultipartUpload", create_multipart_upload, true}},
    {Target::object,
     "POST",
     "uploadId",
     {"CompleteMultipartUpload", complete_multipart_upload, true}},
    {Target::object, "POST", "restore", {"RestoreObject", restore_object, true}},
    {Target::object, "DELETE", "uploadId", {"AbortMultipartUpload", abort_multipart_upload, true}},
    {Target::object,
     "DELETE",
     "annotation",
     {"DeleteObjectAnnotation", delete_object_annotation, true}},
    {Target::object, "DELETE", "tagging", {"DeleteObjectTagging", delete_object_tagging, true}},
    {Target::object, "DELETE", "", {"DeleteObject", delete_object, true}},
    {Target::bucket, "GET", "location", {"GetBucketLocation", get_bucket_location}},
    {Target::bucket, "GET", "policy", {"GetBucketPolicy", get_bucket_policy}},
    {Target::bucket, "GET", "policyStatus", {"GetBucketPolicyStatus", get_bucket_policy_status}},
    {Target::bucket, "GET", "acl", {"GetBucketAcl", get_bucket_acl}},
    {Target::bucket, "GET", "uploads", {"ListMultipartUploads", list_multipart_uploads}},
    {Target::bucket, "GET", "versions", {"ListObjectVersions", list_object_versions}},
    {Target::bucket, "GET", "list-type", {"ListObjectsV2", list_objects_v2}},
    {Target::bucket, "GET", "", {"ListObjects", list_objects}},
    {Target::bucket, "HEAD", "", {"HeadBucket", head_bucket}},
    {Target::bucket, "PUT", "policy", {"PutBucketPolicy", put_bucket_policy, true}},
    {Target::bucket, "PUT", "acl", {"PutBucketAcl", put_bucket_acl, true}},
    {Target::bucket, "PUT", "", {"CreateBucket", create_bucket, true}},
    {Target::bucket, "POST", "delete", {"DeleteObjects", delete_objects, true}},
    {Target::bucket, "DELETE", "policy", {"DeleteBucketPolicy", delete_bucket_policy, true}},
    {Target::bucket, "DELETE", "", {"DeleteBucket", delete_bucket, true}},
    {Target::service, "GET", "", {"ListBuckets", list_buckets}},
});

// Query parameters that only qualify an operation. Any other one without a row here names a
// sub-resource that the simulator does not know: answering as if it were not there could delete
// a bucket.
constexpr auto qualifiers = std::to_array<std::string_view>({"prefix",
                                                             "delimiter",
                                                             "marker",
                                                             "max-keys",
                                                             "encoding-type",
                                                             "list-type",
                                                             "fetch-owner",
                                                             "start-after",
                                                             "continuation-token",
                                                             "versionId",
                                                             "partNumber",
                                                             "x-id",
                                                             "key-marker",
                                                             "version-id-marker",
                                                             "max-buckets",
                                                             "bucket-region",
                                                             "response-content-type",
                                                             "response-cache-control",
                                                             "response-content-disposition",
                                                             "response-content-encoding",
                                                             "response-content-language",
                                                             "response-expires"});

bool only_qualifiers(const Query& query) {
  return std::all_of(query.parameters().begin(), query.parameters().end(), [](const auto& one) {
    return std::find(qualifiers.begin(), qualifiers.end(), one.name) != qualifiers.end();
  });
}

bool fits(const Route& route, const Call& call, Target target) {
  if (route.target != target || route.method != call.http.method) return false;
  if (route.parameter.empty() ? !only_qualifiers(call.query) : !call.query.has(route.parameter)) {
    return false;
  }
  if (route.copies == Copies::any) return true;
  return (route.copies == Copies::yes) == call.http.headers.has("x-amz-copy-source");
}

const Operation* of_sub_resource(Call& call) {
  for (const auto& parameter : call.query.parameters()) {
    const SubResource* found = find_sub_resource(parameter.name);
    if (found == nullptr) continue;
    call.sub_resource = found;
    const std::string_view method = call.http.method;
    const Operation* operation = method == "GET"      ? &found->get
                                 : method == "PUT"    ? &found->put
                                 : method == "DELETE" ? &found->remove
                                                      : nullptr;
    return operation != nullptr && operation->handler != nullptr ? operation : nullptr;
  }
  return nullptr;
}

}  // namespace

std::string bucket_of_host(std::string_view host) {
  host = host.substr(
      0, host.rfind(':') == host.npos || host.ends_with(']') ? host.size() : host.rfind(':'));
  for (const std::string_view service : {".s3.", ".s3-"}) {
    const std::size_t at = host.find(service);
    if (at != std::string_view::npos && at > 0) return std::string(host.substr(0, at));
  }
  constexpr std::string_view local = ".localhost";
  if (host.ends_with(local)) return std::string(host.substr(0, host.size() - local.size()));
  return {};
}

Permit address(Call& call) {
  std::string_view target = call.http.target;
  // A proxy's absolute form.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const std::size_t question = target.find('?');
  call.raw_path = target.substr(0, question);
  auto query = Query::parse(question == target.npos ? "" : target.substr(question + 1));
  if (!query || !call.raw_path.starts_with('/')) return refuse("InvalidURI");
  call.query = std::move(*query);
  const auto path = percent_decode(call.raw_path.substr(1), Plus::stays);
  if (!path) return refuse("InvalidURI");
  call.bucket = bucket_of_host(call.header("host"));
  if (!call.bucket.empty()) {
    call.key = *path;
    return {};
  }
  const std::size_t slash = path->find('/');
  call.bucket = path->substr(0, slash);
  if (slash != std::string::npos) call.key = path->substr(slash + 1);
  return {};
}

Permit route(Call& call) {
  const Target target = call.bucket.empty() ? Target::service
                        : call.key.empty()  ? Target::bucket
                                            : Target::object;
  if (target == Target::bucket) {
    call.operation = of_sub_resource(call);
    if (call.operation != nullptr) return {};
    if (call.sub_resource != nullptr) return refuse("MethodNotAllowed");
  }
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& candidate) {
    return fits(candidate, call, target);
  });
  if (found == routes.end()) return refuse("NotImplemented");
  call.operation = &found->operation;
  return {};
}

}  // namespace s3m::sim
