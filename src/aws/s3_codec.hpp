// s3_codec.hpp: the pure halves of the S3 operations: a typed request becomes a Request, an answer
// becomes a typed result. The coroutines of s3_*.cpp put them together.
//
// Layer   aws; pure. Keys in answers are decoded; what would lose or invent one is `protocol`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/request.hpp"
#include "aws/s3.hpp"
#include "aws/sub_resource.hpp"
#include "net/http_client.hpp"

namespace s3m::aws {

// --- what all have in common -----------------------------------------------------------------

// A request for a bucket or, with a key, for an object.
Request s3_request(std::string_view operation, Method method, RequestKind kind, std::string bucket,
                   std::string key = {});
Request object_request(std::string_view operation, Method method, RequestKind kind,
                       ObjectAddress object, std::string expected_owner);
// A request for an upload.
Request upload_request(std::string_view operation, Method method, RequestKind kind,
                       std::string bucket, std::string key, std::string upload_id,
                       std::string expected_owner);
// Each adds nothing for an empty value.
void add_header(Request& request, std::string_view name, std::string value);
void add_query(Request& request, std::string_view name, std::string value);
void add_owner(Request& request, std::string expected_owner);
// Storage class, encryption, ACL.
void add_write_options(Request& request, const WriteOptions& options);
// Restated attributes are part of the write options.
void add_restated(Request& request, const Restated& restated);
// If-Match, If-None-Match.
void add_conditions(Request& request, const WriteOptions& options);
// The source of a copy, pinned to the ETag.
void add_copy_source(Request& request, const ObjectAddress& source, const std::string& etag,
                     std::string expected_owner);

std::string quoted_etag(std::string_view etag);
std::string unquoted_etag(std::string_view etag);

// A copy of 5 GiB may be silent for minutes while the service works.
inline constexpr net::HttpTimeouts patient{.response = std::chrono::minutes(5)};

// --- listings --------------------------------------------------------------------------------

Request list_objects_request(ListRequest request);
Result<ListPage> parse_list_page(std::string body);
Request list_buckets_request(ListBucketsRequest request);
Result<BucketPage> parse_bucket_page(std::string body);
Request list_versions_request(ListVersionsRequest request);
Result<VersionPage> parse_version_page(std::string body);

// --- objects ---------------------------------------------------------------------------------

Request head_object_request(HeadRequest request);
Result<ObjectHead> parse_object_head(const net::Headers& headers);
Result<Pairs> parse_tagging(std::string body);
Request copy_object_request(CopyRequest request);
Result<CopyResult> parse_copy_result(std::string body);

// Requires keys that XML can carry.
Request delete_objects_request(const DeleteManyRequest& request);
// Every key in the answer must be one of `targets` (guard G6).
Result<DeleteOutcomes> parse_delete_result(std::string body,
                                           const std::vector<DeleteTarget>& targets);

// "ongoing-request="true"", "ongoing-request="false", expiry-date=...": the header of a HEAD.
RestoreState parse_restore_state(std::string_view header);
Request restore_request(RestoreRequest request);
Result<Acl> parse_acl(std::string body);
// The owner in an answer to ListBuckets.
Result<std::string> parse_buckets_owner(std::string body);
Result<std::vector<std::string>> parse_annotation_names(std::string body, std::string& next_token);

// --- multipart uploads -----------------------------------------------------------------------

// The names of metadata headers are made at run time; `names` holds them and must outlive the
// Request.
Request create_upload_request(CreateUploadRequest request, std::vector<std::string>& names);
Result<std::string> parse_upload_id(std::string body);
Request part_copy_request(PartCopyRequest request);
Result<PartResult> parse_part_copy(std::string body);
Request complete_request(CompleteRequest request);
Result<CopyResult> parse_complete(std::string body);

struct PartPage {
  std::vector<PartResult> parts;
  bool truncated = false;
  int next_marker = 0;
};
Result<PartPage> parse_part_page(std::string body);
Result<UploadPage> parse_upload_page(std::string body);

// --- buckets ---------------------------------------------------------------------------------

// A request for a bucket, or one of its sub-resources.
Request bucket_request(std::string_view operation, Method method, std::string_view subresource,
                       std::string bucket, std::string expected_owner);
bool says_object_lock(std::string body);
BucketLock parse_bucket_lock(std::string body);
bool says_website(std::string body);
Result<BucketEncryption> parse_bucket_encryption(std::string body);
bool says_archive_transition(std::string body);
bool says_archive_tier(std::string body);
// The answer to a GET of a sub-resource, as S3::get_sub_resource gives it.
Result<std::optional<SubResource>> parse_sub_resource(const SubResourceKind& kind,
                                                      const net::HttpResponse& response);
struct SubResourcePage {
  std::vector<std::string> ids;
  std::string next_token;  // empty: this was the last
};
Result<SubResourcePage> parse_sub_resource_page(const SubResourceKind& kind, std::string body);
Request put_sub_resource_request(const SubResourceKind& kind, std::string bucket, std::string id,
                                 SubResource value, std::string expected_owner);
Request create_bucket_request(CreateBucketRequest request);
Request delete_bucket_request(std::string bucket, std::string expected_owner);
Request put_bucket_tagging_request(std::string bucket, const Pairs& tags,
                                   std::string expected_owner);
// The failure of a DeleteBucket: one that does not say whether it was done becomes `unavailable`.
Error settled_or_lost(Error error);
Request put_policy_request(std::string bucket, std::string policy, std::string expected_owner);
Result<std::string> parse_ownership(std::string body);  // empty for another document
Result<BucketVersioning> parse_versioning_rules(std::string body);
Request enable_versioning_request(std::string bucket, std::string expected_owner);

}  // namespace s3m::aws
