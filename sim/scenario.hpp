// scenario.hpp: the world a simulator starts with: accounts, buckets, faults. Plain values, built
// in C++ by tests and the demo, or read from JSON (docs/simulator.md).
//
// Layer  sim; pure.
//
//   Scenario world = article_scenario();
//   world.bucket("photos", source_account).with(ObjectSpec{.key = "a", .body = "hello"});
//   world.faults.push_back({.operation = "CopyObject", .first = 3, .code = "InternalError", ...});
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "sim/faults.hpp"
#include "sim/switches.hpp"

namespace s3m::sim {

struct AccessKey {
  std::string id, secret;
};

struct UserSpec {
  std::string name;
  std::vector<std::string> policies;  // JSON documents; "root" is the account itself, needs none
  AccessKey key;                      // left empty: derived from account and name
};

struct RoleSpec {
  std::string name;
  std::string trust;                  // JSON document, see trust_policy()
  std::vector<std::string> policies;  // JSON documents, see allow()
  std::chrono::seconds max_session{3600};
  std::string external_id;  // told in the ready line; the trust document decides
};

struct AccountSpec {
  std::string id;  // 12 digits
  std::string name;
  std::vector<UserSpec> users;
  std::vector<RoleSpec> roles;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct ObjectSpec {
  std::string key;
  std::optional<std::string> body;  // real bytes; else `size` generated ones
  std::uint64_t size = 0;           // of any magnitude: it costs no memory
  std::uint64_t seed = 0;           // 0: from the key
  std::uint64_t part_size = 0;      // above 0: uploaded in parts of so many bytes
  Pairs metadata;                   // without x-amz-meta-
  Pairs headers;                    // Content-Type, Cache-Control, Expires...
  Pairs tags;
  Pairs annotations;
  std::string storage_class = "STANDARD";
  std::string sse;  // "", "AES256", "aws:kms", "sse-c"
  std::string kms_key;
  std::string acl;                    // a canned one
  Pairs grants;                       // or permissions and grantees: {"READ", "uri=http://..."}
  std::string archive_tier;           // of INTELLIGENT_TIERING: "ARCHIVE_ACCESS"...
  std::string lock_mode, lock_until;  // "GOVERNANCE", "2030-01-01T00:00:00Z"
  bool legal_hold = false;
  std::string website_redirect;
  std::string checksum = "CRC64NVME";       // or CRC32, CRC32C, SHA1, SHA256, "none"
  std::optional<std::chrono::seconds> age;  // last modified so long before the start
};

// `count` objects <prefix>000000, ... (more digits from a million on) with sizes drawn uniformly on
// a logarithmic scale.
struct GeneratorSpec {
  std::string prefix;
  std::uint64_t count = 0;
  std::uint64_t min_size = 4096, max_size = 4096;
  std::uint64_t part_size = 0;
  std::uint64_t folders = 0;  // above 0: <prefix>d000/<prefix>000000, spread over so many
  std::uint64_t seed = 1;
  std::chrono::seconds age{0};   // last modified so long before the start
  bool derived_digests = false;  // Digests::derived: for millions of objects
};

struct BucketSpec {
  std::string name;
  std::string owner;  // account id
  std::string region = "us-east-1";
  std::string policy;      // JSON document
  std::string versioning;  // "", "Enabled", "Suspended"
  std::string ownership = "BucketOwnerEnforced";
  bool block_public_access = true;
  std::map<std::string, std::string> configuration;  // sub-resource ("cors") -> XML, as PUT
  Pairs tags;
  std::vector<ObjectSpec> objects;
  std::vector<GeneratorSpec> generators;
  bool odd_keys = false;  // an object for each of odd_keys()

  BucketSpec& with(ObjectSpec object) {
    objects.push_back(std::move(object));
    return *this;
  }
  BucketSpec& with(GeneratorSpec generator) {
    generators.push_back(std::move(generator));
    return *this;
  }
};

// A KMS key's policy, reduced to who may use it: globs over principal ARNs.
struct KmsKeySpec {
  std::string arn;
  std::vector<std::string> users;
};

// Somebody who takes names of deleted buckets as soon as they are free: at the first request that
// comes so long after that. The first whose glob matches; who is late finds the name taken.
struct ThiefSpec {
  std::string bucket = "*";  // glob over names
  std::string account;
  std::string region = "us-east-1";
  std::chrono::milliseconds after{0};
  bool open = true;  // everybody may read and write there: a trap for those who do not look
  Pairs tags;
};

// A token bucket for each prefix that matches: as S3's partitions.
struct ThrottleSpec {
  std::string bucket = "*";        // glob
  std::string key = "*";           // glob
  std::size_t prefix_slashes = 0;  // the prefix ends after so many slashes; 0: the whole bucket
  double writes_per_second = 0;    // PUT, COPY, POST, DELETE; 0: no limit
  double reads_per_second = 0;     // GET, HEAD
  double burst_seconds = 1;        // what an idle prefix saves up
  // A partition that is asked for 80% of its rate or more for so long is split at the middle of its
  // keys, and each half has the whole rate. 0: never.
  std::chrono::milliseconds split_after{0};
  std::size_t most_partitions = 16;  // of a prefix
  // The rates fall to a share of themselves for so long, first after the rest of so long. 0: never.
  std::chrono::milliseconds collapse_every{0}, collapse_for{0};
  double collapse_to = 0.1;
};

struct LatencySpec {
  std::string operation = "*";  // glob; the first that matches counts
  std::chrono::microseconds fixed{0}, jitter{0};
  // How many requests are worked on at once; the others queue, so that latency grows with the load.
  // 0: any number.
  std::size_t servers = 0;
};

struct Scenario {
  std::string partition = "aws";  // of every ARN
  std::vector<AccountSpec> accounts;
  std::vector<BucketSpec> buckets;
  std::vector<KmsKeySpec> kms_keys;
  std::vector<ThiefSpec> thieves;
  std::vector<FaultRule> faults;
  std::vector<ThrottleSpec> throttles;
  std::vector<LatencySpec> latencies;
  Switches switches;
  bool record = false;                          // Metrics::record
  std::uint32_t requests_per_connection = 100;  // then Connection: close; 0: no limit
  std::chrono::milliseconds idle_close{5'000};

  // The account, added when it is not there.
  AccountSpec& account(std::string_view id);
  // The bucket, added when it is not there. Both references last until the next one is added.
  BucketSpec& bucket(std::string_view name, std::string_view owner);
};

// The article's accounts.
inline constexpr std::string_view source_account = "111111111111";
inline constexpr std::string_view destination_account = "222222222222";
inline constexpr std::string_view migrator_account = "333333333333";
inline constexpr std::string_view source_role = "arn:aws:iam::111111111111:role/s3m-source";
inline constexpr std::string_view destination_role =
    "arn:aws:iam::222222222222:role/s3m-destination";
inline constexpr std::string_view migrator_role = "arn:aws:iam::333333333333:role/s3m-migrator";
inline constexpr std::string_view source_external_id = "source-7fd1";
inline constexpr std::string_view destination_external_id = "destination-52c0";

// Three accounts without buckets. User `migrator` of the migrator account may assume the migrator
// role, which may assume the source and the destination role, each with its external id; those
// have all S3 rights in their identity policies, so what another account's bucket policy grants is
// what decides. Each account has a user `admin` with all rights there.
Scenario article_scenario();

// article_scenario() and a source bucket `holiday-photos` (us-east-1) of about two thousand
// objects with odd keys, multipart sources, tags, metadata and one object above 5 GiB.
Scenario default_scenario();

// Errors: config, naming the member that is wrong.
Result<Scenario> parse_scenario(std::string_view json);

// {"Version":...,"Statement":[{"Effect":"Allow","Action":[...],"Resource":[...]}]}
std::string allow(const std::vector<std::string>& actions,
                  const std::vector<std::string>& resources);
// Lets `principals` (ARNs, account ids) assume a role, with the external id unless it is empty.
std::string trust_policy(const std::vector<std::string>& principals,
                         std::string_view external_id = {});
// Allows everything to everyone, unsigned as well: what the benchmark's buckets have.
std::string public_policy(std::string_view bucket);

// The user's key: as given, or derived from account and name; the same in every run.
AccessKey key_of(const AccountSpec& account, const UserSpec& user);

// Keys that break clients which normalise, decode twice or forget to encode: unicode of every
// length, spaces, + % ? & #, empty segments, leading and trailing slashes, "." and "..", control
// characters, quotes, XML's own, line ends, 1024 bytes. All valid UTF-8, in no special order.
std::vector<std::string> odd_keys();

}  // namespace s3m::sim
