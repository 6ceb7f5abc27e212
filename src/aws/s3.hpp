// s3.hpp: the S3 operations this program uses, typed.
//
// Layer      aws.
// Threading  one loop.
// Errors     every operation fails as Client::call says; only additional cases are named below.
// Doubt      a conditional write whose answer was lost is sent again and may meet its own success:
//            precondition_failed, no_such_upload and bucket_owned are settled by looking.
// Encoding   keys, prefixes and header values are raw bytes; encoding happens inside. ETags are
//            held without quotes. Empty optional strings mean "not sent" / "not in the answer".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.hpp"
#include "base/time.hpp"

namespace s3m::aws {

// Names and values in the service's order: metadata, tags.
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Checksum {
  std::string algorithm;     // "CRC64NVME", "SHA256"...; empty: none
  std::string value;         // base64, as the service writes it
  bool full_object = false;  // false: COMPOSITE (a checksum of part checksums)
};

// Of an archived object: whether a copy of it lies ready to be read.
enum class RestoreState : std::uint8_t { none, in_progress, ready };

// One version of a key, or a delete marker among them.
struct ObjectVersion {
  std::string id;  // "null" where it was written without versioning
  bool delete_marker = false;
  std::uint64_t size = 0;
  std::string etag;
  WallTime last_modified{};
  std::string storage_class;  // empty: STANDARD
  RestoreState restore = RestoreState::none;
};

struct ObjectEntry {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;
  WallTime last_modified{};
  std::string storage_class;  // empty: STANDARD
  RestoreState restore = RestoreState::none;
  std::string version;  // to be read by this id; empty: the current object, whichever that is
};

struct ListRequest {
  std::string bucket, prefix;
  std::string start_after;  // used when there is no continuation token
  std::string continuation_token;
  int max_keys = 1000;
  std::string expected_owner;
  std::string delimiter{};  // folds what follows it; empty: every key is listed
};

// Always asked for with encoding-type=url and decoded.
struct ListPage {
  std::vector<ObjectEntry> objects;
  bool truncated = false;
  std::string next_token;  // not checked here: the lister's rules judge a page (transfer)
  std::string request_id;  // to name the page by, when it is judged bad
  std::vector<std::string> common_prefixes{};  // what the delimiter folded, it included
};

struct ListBucketsRequest {
  std::string continuation_token;
  int max_buckets = 1000;  // a service that does not know pages of buckets gives all
};

struct BucketPage {
  struct Entry {
    std::string name;
    std::string region;               // empty where the service does not say
    std::optional<WallTime> created;  // likewise
  };
  std::vector<Entry> buckets;
  std::string next_token;  // empty: that was all
};

struct ListVersionsRequest {
  std::string bucket, prefix;
  std::string key_marker;         // some services begin with this key, others behind it
  std::string version_id_marker;  // empty: whole keys only
  int max_keys = 1000;
  std::string expected_owner;
};

struct VersionEntry {
  std::string key;
  bool latest = false;
  ObjectVersion version;
};

// Versions and delete markers in the order of the answer, which is not checked here. As ListPage.
struct VersionPage {
  std::vector<VersionEntry> versions;
  bool truncated = false;
  std::string next_key_marker, next_version_id_marker;
  std::string request_id;
};

struct ObjectAddress {
  std::string bucket, key, version;  // version empty: the current one
};

struct HeadRequest {
  ObjectAddress object;
  std::optional<int> part_number;
  bool checksum = false;  // x-amz-checksum-mode: ENABLED
  std::string if_match;
  std::string expected_owner;
};

struct ObjectHead {
  std::uint64_t size = 0;
  std::string etag, version;
  WallTime last_modified{};
  std::string storage_class, content_type, content_encoding, content_disposition, content_language,
      cache_control, expires, website_redirect;
  Pairs metadata;                      // names in lower case, without x-amz-meta-
  int missing_metadata = 0;            // entries that a header cannot carry (x-amz-missing-meta)
  std::string encryption, kms_key_id;  // "AES256", "aws:kms", empty when the server says nothing
  std::string lock_mode, lock_retain_until, legal_hold;
  RestoreState restore = RestoreState::none;
  std::string archive_status;  // of INTELLIGENT_TIERING: empty unless archived
  std::vector<Checksum> checksums;
  int tag_count = 0;
  int parts_count = 0;  // only with part_number, only of multipart objects
};

// One line of an ACL.
struct Grant {
  std::string id;          // a canonical user id
  std::string uri;         // or a group's
  std::string permission;  // "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"
  friend bool operator==(const Grant&, const Grant&) = default;
};
struct Acl {
  std::string owner;  // canonical id
  std::vector<Grant> grants;
};

// What no copy carries by itself and has to be said again. Empty members are not sent.
struct Restated {
  std::string website_redirect;
  std::string lock_mode, lock_retain_until, legal_hold;
  std::vector<Grant> grants;  // the whole ACL; not beside a canned one
};

// What is the same for every way of writing an object. Empty members are not sent.
struct WriteOptions {
  std::string storage_class;
  std::string encryption, kms_key_id;
  std::string acl;                 // canned
  std::string if_match;            // destination condition (guard G15)
  bool if_none_match = false;      // If-None-Match: *
  std::string expected_owner;      // of the destination bucket
  Admission* admission = nullptr;  // as Request::admission
  bool once = false;               // CopyObject: after an answer that was lost it is not sent again
  // Null for a plain object, so that most copies carry no more than a pointer.
  std::shared_ptr<const Restated> restated;
};

struct CopyRequest {
  ObjectAddress source;
  std::string source_etag;  // x-amz-copy-source-if-match (guard G15)
  std::string source_expected_owner;
  std::string bucket, key;  // destination
  WriteOptions write;
};

struct CopyResult {
  std::string etag;  // may be empty on some services
  WallTime last_modified{};
  std::string version;
};

struct PutRequest {
  std::string bucket, key, body, content_type;
  WriteOptions write;
};
struct PutResult {
  std::string etag, version;
};

struct CreateUploadRequest {
  std::string bucket, key;
  ObjectHead head;  // metadata and Content-*: restated from the source
  Pairs tags;
  std::string checksum_algorithm;  // with type FULL_OBJECT where the algorithm allows it
  bool full_object_checksum = false;
  WriteOptions write;  // conditions are ignored here; they go with Complete
};

struct PartCopyRequest {
  ObjectAddress source;
  std::string source_etag;
  std::string source_expected_owner;
  std::string bucket, key, upload_id;
  int part_number = 0;
  std::uint64_t first_byte = 0, last_byte = 0;  // inclusive
  std::string expected_owner;
  Admission* admission = nullptr;  // as Request::admission
};
struct PartResult {
  int part_number = 0;
  std::uint64_t size = 0;  // of ListParts; 0 in an UploadPartCopy answer
  std::string etag;
  Checksum checksum;
};

struct CompleteRequest {
  std::string bucket, key, upload_id;
  std::vector<PartResult> parts;  // ascending part numbers
  bool with_checksums = false;    // composite algorithms need each part's
  WriteOptions write;             // conditions
};

struct UploadEntry {
  std::string key, upload_id, initiator_id, initiator_name, storage_class;
  WallTime initiated{};
};
struct UploadPage {
  std::vector<UploadEntry> uploads;
  bool truncated = false;
  std::string next_key_marker, next_upload_id_marker;
};

struct BucketHead {
  std::string region;  // x-amz-bucket-region; empty where the service does not say
};

// One of many objects to be deleted, pinned by its version, or by the ETag that it must have.
struct DeleteTarget {
  std::string key, version, etag;
};
struct DeleteManyRequest {
  std::string bucket;
  std::vector<DeleteTarget> objects;  // at most 1000
  std::string expected_owner;
  Admission* admission = nullptr;  // as Request::admission
};
// Of each object in the order asked: why it is still there; nullopt: it is gone.
using DeleteOutcomes = std::vector<std::optional<Error>>;

struct RestoreRequest {
  ObjectAddress object;
  std::string tier;  // "Standard", "Bulk", "Expedited"
  int days = 0;      // 0: not sent, as INTELLIGENT_TIERING has it
  std::string expected_owner;
};
enum class RestoreAnswer : std::uint8_t { requested, in_progress, ready };

struct Retention {
  std::string mode, until;  // empty: none
};

struct BucketVersioning {
  std::string status;       // "Enabled", "Suspended"; empty: never on
  bool mfa_delete = false;  // versions are deleted with a code of the root user's device alone
};

struct BucketLock {
  bool enabled = false;
  std::string default_mode;  // "GOVERNANCE", "COMPLIANCE"; empty: objects are not locked by default
};

struct BucketEncryption {
  std::string algorithm;  // "AES256", "aws:kms"...; empty: none is set
  std::string kms_key_id;
};

// A document of a bucket's configuration, and what its answer said in headers that belongs to it.
struct SubResource {
  std::string document;  // XML, or JSON (policy)
  Pairs headers;
  friend bool operator==(const SubResource&, const SubResource&) = default;
};

struct CreateBucketRequest {
  std::string bucket;
  std::string region;  // us-east-1 or empty: no LocationConstraint
  // Kept by AWS with the bucket itself; other services may ignore or refuse them.
  Pairs tags;
  std::string ownership;  // "BucketOwnerEnforced"...; empty: the service's default
  bool object_lock = false;
  // In the namespace of the signer's account and the region: the name ends with both and "-an", and
  // nobody else can have it. AWS alone.
  bool account_regional = false;
};

class S3 {
 public:
  explicit S3(Client client) : client_(std::move(client)) {}

  net::Task<Result<ListPage>> list_objects(ListRequest request);
  net::Task<Result<VersionPage>> list_object_versions(ListVersionsRequest request);
  net::Task<Result<ObjectHead>> head_object(HeadRequest request);
  // The whole object in memory; for small ones. Errors: too_large above the client's limit.
  net::Task<Result<std::string>> get_object(ObjectAddress object, std::string expected_owner);
  net::Task<Result<Pairs>> get_object_tagging(ObjectAddress object, std::string expected_owner);
  net::Task<Result<PutResult>> put_object(PutRequest request);
  // `if_match` empty: unconditional. 404 is success (already gone).
  net::Task<Result<void>> delete_object(ObjectAddress object, std::string if_match,
                                        std::string expected_owner);

  // Errors: refused, with nothing sent, for a key that XML cannot carry (guard G6); protocol for an
  // answer that names a key or version that was not asked for, or does not name one that was.
  net::Task<Result<DeleteOutcomes>> delete_objects(DeleteManyRequest request);

  // Makes a delete marker where versioning is on. Sent once: after an ambiguous failure it is for
  // the caller to look. Gives the marker's version id; empty where the service does not tell.
  net::Task<Result<std::string>> add_delete_marker(std::string bucket, std::string key,
                                                   std::string if_match,
                                                   std::string expected_owner);

  // 200-with-an-error and truncated documents are `unavailable`. Never above 5 GiB: too_large.
  net::Task<Result<CopyResult>> copy_object(CopyRequest request);
  // Gives the upload's id. Sent once: where the answer was lost there may be an upload that nobody
  // has the id of.
  net::Task<Result<std::string>> create_multipart_upload(CreateUploadRequest request);
  net::Task<Result<PartResult>> upload_part_copy(PartCopyRequest request);
  net::Task<Result<CopyResult>> complete_multipart_upload(CompleteRequest request);
  // no_such_upload is success.
  net::Task<Result<void>> abort_multipart_upload(std::string bucket, std::string key,
                                                 std::string upload_id, std::string expected_owner);
  // All parts, pages followed. Errors: no_such_upload.
  net::Task<Result<std::vector<PartResult>>> list_parts(std::string bucket, std::string key,
                                                        std::string upload_id,
                                                        std::string expected_owner);
  net::Task<Result<UploadPage>> list_multipart_uploads(std::string bucket, std::string prefix,
                                                       std::string key_marker,
                                                       std::string upload_id_marker,
                                                       std::string expected_owner);

  // 409 for a restore that is under way, and 200 for one that was done, are answers.
  // Errors: invalid_state for an object that is not archived.
  net::Task<Result<RestoreAnswer>> restore_object(RestoreRequest request);
  net::Task<Result<Acl>> get_object_acl(ObjectAddress object, std::string expected_owner);
  // HEAD leaves out what the caller may not see; these say access_denied.
  net::Task<Result<Retention>> get_object_retention(ObjectAddress object,
                                                    std::string expected_owner);
  net::Task<Result<bool>> get_object_legal_hold(ObjectAddress object, std::string expected_owner);
  // Names. Errors: not_supported by a service that does not know annotations, also where it takes
  // the question for a GetObject.
  net::Task<Result<std::vector<std::string>>> list_object_annotations(ObjectAddress object,
                                                                      std::string expected_owner);
  net::Task<Result<std::string>> get_object_annotation(ObjectAddress object, std::string name,
                                                       std::string expected_owner);
  // Only while the object has the ETag, unless it is empty.
  net::Task<Result<void>> put_object_annotation(ObjectAddress object, std::string name,
                                                std::string body, std::string object_etag,
                                                std::string expected_owner);

  // Errors: no_such_bucket (404); access_denied (403: another owner than the expected one, or no
  //         right: HEAD does not tell which); wrong_region with region() set (301, 400).
  net::Task<Result<BucketHead>> head_bucket(std::string bucket, std::string expected_owner);
  // The bucket's region from any endpoint of the partition, regardless of permissions, by the
  // x-amz-bucket-region header of whatever answer; empty where the service does not say.
  // Errors: no_such_bucket, and those of the way there.
  net::Task<Result<std::string>> locate_bucket(std::string bucket);
  // Sent again after an answer that was lost: bucket_owned may be its own success. In us-east-1 a
  // bucket that one owns already answers 200 as well, so success says only that the bucket is there
  // (guard G2).
  // Errors: bucket_owned, bucket_exists, conflict (OperationAborted).
  net::Task<Result<void>> create_bucket(CreateBucketRequest request);
  // Sent once, to the client's region alone: a redirect is not followed (guard G2).
  // Errors: bucket_not_empty, no_such_bucket, access_denied, wrong_region, conflict;
  //         unavailable  the answer was lost: the bucket may be gone or not. Settle it by
  //                      head_bucket, not by another delete_bucket.
  net::Task<Result<void>> delete_bucket(std::string bucket, std::string expected_owner);
  // Empty where there are none.
  net::Task<Result<Pairs>> get_bucket_tagging(std::string bucket, std::string expected_owner);
  // The whole set. Errors: invalid_argument for an empty one, which not every service knows.
  net::Task<Result<void>> put_bucket_tagging(std::string bucket, Pairs tags,
                                             std::string expected_owner);
  // Only for a bucket whose tags were read: a service that does not know the sub-resource might
  // take it for a request to the bucket itself.
  net::Task<Result<void>> delete_bucket_tagging(std::string bucket, std::string expected_owner);
  // nullopt when there is no policy.
  net::Task<Result<std::optional<std::string>>> get_bucket_policy(std::string bucket,
                                                                  std::string expected_owner);
  net::Task<Result<void>> put_bucket_policy(std::string bucket, std::string policy,
                                            std::string expected_owner);
  net::Task<Result<void>> delete_bucket_policy(std::string bucket, std::string expected_owner);
  // "BucketOwnerEnforced"...; empty when none is set or the service does not know the call.
  net::Task<Result<std::string>> get_object_ownership(std::string bucket,
                                                      std::string expected_owner);
  // What a bucket's configuration says of its objects. A service that does not know the call has no
  // such configuration. Errors: access_denied, and those of the way there.
  net::Task<Result<bool>> has_object_lock(std::string bucket, std::string expected_owner);
  net::Task<Result<BucketLock>> get_bucket_lock(std::string bucket, std::string expected_owner);
  net::Task<Result<BucketVersioning>> get_versioning_rules(std::string bucket,
                                                           std::string expected_owner);
  net::Task<Result<bool>> has_website(std::string bucket, std::string expected_owner);
  net::Task<Result<BucketEncryption>> get_bucket_encryption(std::string bucket,
                                                            std::string expected_owner);
  // Whether a lifecycle rule moves objects to GLACIER or DEEP_ARCHIVE.
  net::Task<Result<bool>> lifecycle_archives(std::string bucket, std::string expected_owner);
  // Whether INTELLIGENT_TIERING objects may move to an archive tier.
  net::Task<Result<bool>> tiering_archives(std::string bucket, std::string expected_owner);
  // The buckets of the signer's account, by name.
  net::Task<Result<BucketPage>> list_buckets(ListBucketsRequest request);
  // The canonical id that owns the signer's buckets, by the answer to ListBuckets. Empty where the
  // service names nobody.
  net::Task<Result<std::string>> get_own_id();
  // The canonical id of the bucket's owner.
  net::Task<Result<std::string>> get_bucket_owner_id(std::string bucket,
                                                     std::string expected_owner);
  // "Enabled", "Suspended" or empty.
  net::Task<Result<std::string>> get_bucket_versioning(std::string bucket,
                                                       std::string expected_owner);
  net::Task<Result<void>> enable_bucket_versioning(std::string bucket, std::string expected_owner);

  // One of a bucket's sub-resources (sub_resource.hpp) as the service writes it; `id` only for
  // those of which there are several.
  //
  // Gives   nullopt when nothing is set: a 404 with a code of its own, or an empty root element.
  // Errors  access_denied; not_supported by a service that does not know it (405, 501, 400, an
  //         empty answer, or one to another question); invalid_argument for an unknown query.
  net::Task<Result<std::optional<SubResource>>> get_sub_resource(std::string bucket,
                                                                 std::string query, std::string id,
                                                                 std::string expected_owner);
  // The ids of all of a kind, pages followed. Errors: as get_sub_resource.
  net::Task<Result<std::vector<std::string>>> list_sub_resource_ids(std::string bucket,
                                                                    std::string query,
                                                                    std::string expected_owner);
  // For callers who have read it there before: a service that does not know a sub-resource may take
  // the PUT for CreateBucket, and the DELETE for DeleteBucket. Neither follows a redirect (G2).
  // Errors: invalid_argument for what cannot be put, or removed.
  net::Task<Result<void>> put_sub_resource(std::string bucket, std::string query, std::string id,
                                           SubResource value, std::string expected_owner);
  net::Task<Result<void>> delete_sub_resource(std::string bucket, std::string query, std::string id,
                                              std::string expected_owner);

  const Client& client() const noexcept { return client_; }

 private:
  Client client_;
};

}  // namespace s3m::aws
