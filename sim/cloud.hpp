// cloud.hpp: AWS in one process: S3, STS and IAM evaluation over accounts and buckets in memory.
//
// Layer      sim, over base and net's message types: no socket, no coroutine. The Server gives it
//            a port.
// Threading  one thread at a time. With a Server: that of its loop (Server::with_cloud).
//
// It is true where a migrator could go wrong: signatures are checked over the bytes of the
// request target, policies of both sides are evaluated, conditions hold, names are global and
// come free late, listings are in binary order, multipart ETags are what S3 makes of them.
// Objects are a size and a seed, so a 5 TiB object costs what an empty one does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"
#include "sim/faults.hpp"
#include "sim/metrics.hpp"
#include "sim/scenario.hpp"
#include "sim/switches.hpp"

namespace s3m::sim {

// What to send, and how long to wait before it.
struct Answer {
  net::ServerReply reply;
  std::chrono::microseconds delay{0};
};

// An object, or one version of it, as a test looks at it.
struct ObjectView {
  std::string key, version_id;  // "null" where versioning was off
  bool delete_marker = false;
  std::uint64_t size = 0;
  std::string etag;  // without quotes
  WallTime last_modified;
  Pairs metadata, headers, tags, annotations;
  std::string storage_class, sse, kms_key, website_redirect, acl;
  Pairs grants;  // where there is no canned ACL
  std::string lock_mode;
  std::optional<WallTime> lock_until;
  bool legal_hold = false;
  bool restore_requested = false;
  std::string owner;      // account id
  std::string checksum;   // "CRC64NVME:base64 value", with "-N" when composite
  std::size_t parts = 0;  // 0 unless uploaded in parts
};

struct UploadView {
  std::string id, key, initiator;  // ARN
  std::vector<int> parts;
};

class Cloud {
 public:
  // `now` dates the objects. The scenario must be consistent (parse_scenario checks it): a bucket
  // of an unknown account or a policy that cannot be parsed throws std::invalid_argument.
  explicit Cloud(const Scenario& scenario, WallTime now = system_clock().now());
  ~Cloud();
  Cloud(Cloud&&) noexcept;
  Cloud& operator=(Cloud&&) noexcept;

  // Answers one request of S3, STS, the admin paths (/_sim/) or the credential endpoints.
  // Any request gets an answer; nothing throws.
  Answer handle(const net::HttpRequest& request, WallTime now);

  // Whether /_sim/ is there; on unless the port is open to other machines.
  void allow_admin(bool allowed) noexcept;

  Faults& faults() noexcept;
  Switches& switches() noexcept;
  Metrics& metrics() noexcept;
  void throttle(std::vector<ThrottleSpec> throttles);
  void latency(std::vector<LatencySpec> latencies);

  // Called with each request of S3 and STS once it is authenticated, before it takes effect: the
  // place where a test changes the world between two requests. It may call everything here but
  // handle(). The record's status and code are not yet set.
  void before_each(std::function<void(const RequestRecord&)> hook);

  // The world, past all permission checks. Names of buckets that do not exist give empty values.
  bool has_bucket(std::string_view bucket) const;
  std::string bucket_owner(std::string_view bucket) const;
  std::string bucket_region(std::string_view bucket) const;
  // The policy's text, byte for byte; empty when there is none.
  std::string bucket_policy(std::string_view bucket) const;
  // A sub-resource's XML ("cors", "tagging", "versioning"); empty when there is none.
  std::string bucket_configuration(std::string_view bucket, std::string_view name) const;
  // Keys whose newest version is an object, in binary order.
  std::vector<std::string> keys(std::string_view bucket) const;
  std::optional<ObjectView> object(std::string_view bucket, std::string_view key) const;
  // All versions and delete markers, by key, newest first.
  std::vector<ObjectView> versions(std::string_view bucket) const;
  std::vector<UploadView> uploads(std::string_view bucket) const;
  // Up to `limit` bytes of the newest version.
  std::string read(std::string_view bucket, std::string_view key, std::size_t limit) const;

  // Adds or replaces. False when the bucket or account is not there, or the policy is malformed.
  bool add_bucket(const BucketSpec& bucket, WallTime now = system_clock().now());
  // Takes the bucket away with all that is in it.
  bool drop_bucket(std::string_view name);
  // For names that are deleted from now on. False for an unknown account or region.
  bool add_thief(const ThiefSpec& thief);
  bool put(std::string_view bucket, const ObjectSpec& object, WallTime now = system_clock().now());
  bool remove(std::string_view bucket, std::string_view key);
  // Where versioning is on. False when it is not.
  bool add_delete_marker(std::string_view bucket, std::string_view key,
                         WallTime now = system_clock().now());
  // Takes one version or delete marker away for ever; the oldest has number 0.
  bool erase_version(std::string_view bucket, std::string_view key, std::size_t number);
  bool set_policy(std::string_view bucket, std::string_view json);
  // A sub-resource as a PUT of it would set it; empty: as its DELETE. False for what cannot be set
  // so.
  bool set_configuration(std::string_view bucket, std::string_view name, std::string_view xml);
  // Takes the role away; with a spec, makes it anew: its unique id changes, so policies that
  // named it go dead, as in IAM.
  bool replace_role(std::string_view arn, const RoleSpec* role);
  // Ends all sessions of the role, or of every role for an empty ARN.
  void expire_sessions(std::string_view role_arn = {});

  // The line s3sim prints when ready: endpoint, accounts, roles, keys.
  std::string ready_line(std::string_view endpoint) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace s3m::sim
