// rewrite_text.hpp: what one value of a bucket's configuration becomes when the bucket moves.
//
// Layer   workflow; pure.
//
// A value is understood before it is changed: an ARN by its parts, an account by being one. Nothing
// is looked for inside of keys, prefixes, tags and names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transfer/kms_key_map.hpp"

namespace s3m::workflow {

// Where a bucket is. Empty members are not known, and nothing is mapped by them.
struct BucketPlace {
  std::string account, region, bucket;
  std::string canonical_id;  // of the account
};

struct RewriteMap {
  BucketPlace source, destination;
  // What the user says (--map FROM=TO). It comes before every rule: a value it fits, as a whole or
  // between marks that no name has, is not looked at further. FROM=FROM keeps a value as it is.
  std::vector<std::pair<std::string, std::string>> pairs;
  transfer::KmsKeyMap kms_keys;
  // Queries that the destination's service does not know, as read from a bucket there.
  std::vector<std::string> unsupported_there;

  bool moves_account() const noexcept { return source.account != destination.account; }
  bool moves_region() const noexcept { return source.region != destination.region; }
};

// "FROM=TO", FROM up to the first '='. nullopt unless both have a character.
std::optional<std::pair<std::string, std::string>> parse_map_pair(std::string_view text);

// The user's pairs alone; nullopt when none fits.
std::optional<std::string> map_by_pairs(const RewriteMap& map, std::string_view text);

// An ARN, an account id, or any other text, which stays. The key of an S3 ARN stays, and so do ARNs
// of other accounts, CloudFront distributions (they do not move) and KMS keys.
std::string map_value(const RewriteMap& map, std::string_view text);

// A bucket's name, or its ARN.
bool is_source_bucket(const RewriteMap& map, std::string_view text);
std::string map_bucket(const RewriteMap& map, std::string_view text);

// A KMS key as a configuration names it: ARN, id or alias. nullopt when the source's key has no
// counterpart that anybody named.
std::optional<std::string> map_kms_key(const RewriteMap& map, std::string_view key);

// A host name: the bucket's own website endpoint, and S3's regional endpoint.
std::string map_host(const RewriteMap& map, std::string_view host);

}  // namespace s3m::workflow
