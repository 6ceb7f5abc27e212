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

struct ObjectEntry {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;
  WallTime last_modified{};
  std::string storage_class;  // empty: STANDARD
};

struct ListRequest {
  std::string bucket, prefix;
  std::string start_after;  // used when there is no continuation token
  std::string continuation_token;
  int max_keys = 1000;
  std::string expected_owner;
};

// Always asked for with encoding-type=url and decoded.
struct ListPage {
  std::vector<ObjectEntry> objects;
  bool truncated = false;
  std::string next_token;  // not checked here: the lister's rules judge a page (transfer)
  std::string request_id;  // to name the page by, when it is judged bad
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
  std::string restore, archive_status;
  std::vector<Checksum> checksums;
  int tag_count = 0;
  int parts_count = 0;  // only with part_number, only of multipart objects
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
  ObjectHead head;  // metadata, Content-*, redirect, lock: restated from the source
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

struct CreateBucketRequest {
  std::string bucket;
  std::string region;  // us-east-1 or empty: no LocationConstraint
};

class S3 {
 public:
  explicit S3(Client client) : client_(std::move(client)) {}

  net::Task<Result<ListPage>> list_objects(ListRequest request);
  net::Task<Result<ObjectHead>> head_object(HeadRequest request);
  // The whole object in memory; for small ones. Errors: too_large above the client's limit.
  net::Task<Result<std::string>> get_object(ObjectAddress object, std::string expected_owner);
  net::Task<Result<Pairs>> get_object_tagging(ObjectAddress object, std::string expected_owner);
  net::Task<Result<PutResult>> put_object(PutRequest request);
  // `if_match` empty: unconditional. 404 is success (already gone).
  net::Task<Result<void>> delete_object(ObjectAddress object, std::string if_match,
                                        std::string expected_owner);

  // 200-with-an-error and truncated documents are `unavailable`. Never above 5 GiB: too_large.
  net::Task<Result<CopyResult>> copy_object(CopyRequest request);
  net::Task<Result<std::string>> create_multipart_upload(CreateUploadRequest request);  // upload id
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

  // Errors: no_such_bucket (404); access_denied (403: another owner, or no right);
  //         wrong_region with region() set (301, 400).
  net::Task<Result<BucketHead>> head_bucket(std::string bucket, std::string expected_owner);
  // The bucket's region from any endpoint of the partition, regardless of permissions, by the
  // x-amz-bucket-region header of whatever answer; empty where the service does not say.
  // Errors: no_such_bucket, and those of the way there.
  net::Task<Result<std::string>> locate_bucket(std::string bucket);
  // Errors: bucket_owned, bucket_exists, conflict (OperationAborted).
  net::Task<Result<void>> create_bucket(CreateBucketRequest request);
  // nullopt when there is no policy.
  net::Task<Result<std::optional<std::string>>> get_bucket_policy(std::string bucket,
                                                                  std::string expected_owner);
  net::Task<Result<void>> put_bucket_policy(std::string bucket, std::string policy,
                                            std::string expected_owner);
  net::Task<Result<void>> delete_bucket_policy(std::string bucket, std::string expected_owner);
  // "BucketOwnerEnforced"...; empty when none is set or the service does not know the call.
  net::Task<Result<std::string>> get_object_ownership(std::string bucket,
                                                      std::string expected_owner);
  // "Enabled", "Suspended" or empty.
  net::Task<Result<std::string>> get_bucket_versioning(std::string bucket,
                                                       std::string expected_owner);

  const Client& client() const noexcept { return client_; }

 private:
  Client client_;
};

}  // namespace s3m::aws
