#include "sim/populate.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "sim/bucket_configuration.hpp"
#include "sim/bucket_lifecycle.hpp"
#include "sim/bucket_names.hpp"
#include "sim/bucket_policy.hpp"
#include "sim/object_write.hpp"
#include "sim/tagging.hpp"

namespace s3m::sim {
namespace {

std::unexpected<std::string> wrong(std::string text) {
  return std::unexpected(std::move(text));
}

std::uint64_t seed_of(const ObjectSpec& spec) {
  if (spec.seed != 0) return spec.seed;
  std::uint64_t seed = 0;
  const Sha256 digest = sha256(spec.key);
  std::memcpy(&seed, digest.data(), sizeof seed);
  return seed;
}

Attributes attributes_of(const World& world, const Bucket& bucket, const ObjectSpec& spec) {
  Attributes attributes;
  for (const auto& [name, value] : spec.metadata) {
    attributes.metadata.emplace_back(lower(name), value);
  }
  attributes.headers = spec.headers;
  const bool typed = std::any_of(spec.headers.begin(), spec.headers.end(), [](const auto& header) {
    return iequals(header.first, "Content-Type");
  });
  if (!typed) attributes.headers.emplace_back("Content-Type", "binary/octet-stream");
  attributes.tags = spec.tags;
  attributes.annotations = spec.annotations;
  attributes.storage_class = spec.storage_class;
  attributes.website_redirect = spec.website_redirect;
  attributes.encryption = bucket.encryption;
  if (!spec.sse.empty()) attributes.encryption = {spec.sse, spec.kms_key, false};
  if (attributes.encryption.is_kms() && attributes.encryption.key.empty()) {
    attributes.encryption.key = fmt::format(
        "arn:{}:kms:{}:{}:key/aws-s3", world.directory.partition(), bucket.region, bucket.owner);
  }
  attributes.owner = bucket.owner;
  if (!spec.acl.empty()) attributes.acl = spec.acl;
  attributes.grants = spec.grants;
  attributes.archive_tier = spec.archive_tier;
  attributes.lock = {spec.lock_mode, parse_iso8601(spec.lock_until), spec.legal_hold};
  return attributes;
}

// What an upload in parts of that size makes of the content.
void split(World& world, Version& version, std::uint64_t part_size) {
  auto records = std::make_shared<std::vector<PartRecord>>();
  std::string digests;
  std::string checksums;
  const std::uint64_t size = version.size();
  for (std::uint64_t offset = 0; offset < size || records->empty(); offset += part_size) {
    const Content part = version.content.slice(offset, std::min(part_size, size - offset));
    records->push_back({part.size(), part.checksum(version.checksum)});
    digests.append(bytes_of(etag_for(world, part, *version.attributes).digest));
    checksums += records->back().checksum;
  }
  version.etag = {md5(digests), static_cast<std::uint32_t>(records->size())};
  if (version.checksum != ChecksumAlgorithm::none &&
      !can_be(version.checksum, ChecksumType::full_object)) {
    version.checksum_type = ChecksumType::composite;
    version.composite_checksum = checksum_of(version.checksum, checksums);
  }
  version.parts = std::move(records);
}

void finish(World& world, Version& version, std::uint64_t part_size) {
  if (part_size > 0) {
    split(world, version, part_size);
  } else {
    version.etag = etag_for(world, version.content, *version.attributes);
  }
}

// Sizes are even on a logarithmic scale: as many of some KiB as of some MiB.
std::uint64_t draw_size(const GeneratorSpec& spec, std::mt19937_64& random) {
  if (spec.min_size >= spec.max_size) return spec.min_size;
  std::uniform_real_distribution<double> exponent(
      std::log2(static_cast<double>(spec.min_size) + 1),
      std::log2(static_cast<double>(spec.max_size) + 1));
  return static_cast<std::uint64_t>(std::exp2(exponent(random))) - 1;
}

// The names of a generator's keys: as many digits as keep them in the order of their numbers.
class GeneratedKeys {
 public:
  explicit GeneratedKeys(const GeneratorSpec& spec)
      : spec_(spec),
        digits_(std::max<std::size_t>(6, digits_of(spec.count))),
        folder_digits_(std::max<std::size_t>(3, digits_of(spec.folders))) {}

  std::string key(std::uint64_t number) const {
    if (spec_.folders == 0) return fmt::format("{}{:0{}}", spec_.prefix, number, digits_);
    return fmt::format("{}d{:0{}}/{:0{}}", spec_.prefix, number % spec_.folders, folder_digits_,
                       number, digits_);
  }

  // Calls `use` with each number in the order of the keys.
  template <class Use>
  void in_order(Use use) const {
    const std::uint64_t step = std::max<std::uint64_t>(spec_.folders, 1);
    for (std::uint64_t first = 0; first < std::min(step, spec_.count); ++first) {
      for (std::uint64_t number = first; number < spec_.count; number += step)
        use(number);
    }
  }

 private:
  static std::size_t digits_of(std::uint64_t count) {
    return fmt::format_int(count == 0 ? 0 : count - 1).size();
  }
  const GeneratorSpec& spec_;
  std::size_t digits_, folder_digits_;
};

Content content_of(const GeneratorSpec& spec, std::uint64_t number, std::uint64_t size) {
  const Digests digests = spec.derived_digests ? Digests::derived : Digests::of_bytes;
  return Content::generated(spec.seed * 1'000'003 + number + 1, size, digests);
}

// Sizes are drawn in the order of the numbers, objects made in that of the keys, which is cheap.
void generate(World& world, Bucket& bucket, const GeneratorSpec& spec, WallTime now) {
  std::mt19937_64 random(spec.seed);
  std::vector<std::uint64_t> sizes;
  if (spec.min_size < spec.max_size) {
    sizes.reserve(spec.count);
    for (std::uint64_t i = 0; i < spec.count; ++i)
      sizes.push_back(draw_size(spec, random));
  }
  const AttributesPtr attributes = world.share(attributes_of(world, bucket, ObjectSpec{}));
  const GeneratedKeys keys(spec);
  keys.in_order([&](std::uint64_t number) {
    Version version;
    version.content = content_of(spec, number, sizes.empty() ? spec.min_size : sizes[number]);
    version.modified = whole_seconds(now - spec.age);
    version.attributes = attributes;
    finish(world, version, spec.part_size < version.size() ? spec.part_size : 0);
    place(world, bucket, keys.key(number), std::move(version));
  });
}

Populated configure_bucket(const World& world, Bucket& bucket, const BucketSpec& spec) {
  if (!spec.block_public_access) set_public_access_block(bucket, {});
  set_ownership(bucket, spec.ownership);
  if (spec.versioning == "Enabled") {
    bucket.versioning = Versioning::enabled;
  } else if (spec.versioning == "Suspended") {
    bucket.versioning = Versioning::suspended;
  } else if (!spec.versioning.empty()) {
    return wrong("versioning is Enabled or Suspended");
  }
  for (const auto& [name, xml] : spec.configuration) {
    const SubResource* known = find_sub_resource(name.substr(0, name.find(':')));
    if (known == nullptr) return wrong("unknown sub-resource " + name);
    const std::size_t colon = name.find(':');
    const auto done =
        configure(bucket, *known, colon == std::string::npos ? "" : name.substr(colon + 1), xml);
    if (!done) return wrong(name + ": " + done.error().message);
  }
  if (!spec.tags.empty()) bucket.configuration["tagging"] = tagging_xml(spec.tags);
  if (!spec.policy.empty()) {
    auto policy = check_bucket_policy(world, bucket.name, spec.policy);
    if (!policy) return wrong("policy: " + policy.error().message);
    bucket.policy.stored = std::move(*policy);
  }
  return {};
}

}  // namespace

Populated populate(World& world, Bucket& bucket, const ObjectSpec& spec, WallTime now) {
  Version version;
  version.content =
      spec.body ? Content::bytes(*spec.body) : Content::generated(seed_of(spec), spec.size);
  version.modified = whole_seconds(now - spec.age.value_or(std::chrono::seconds(0)));
  version.attributes = world.share(attributes_of(world, bucket, spec));
  const auto checksum = parse_checksum_algorithm(spec.checksum);
  if (!checksum && spec.checksum != "none") {
    return wrong("unknown checksum " + spec.checksum);
  }
  version.checksum = checksum.value_or(ChecksumAlgorithm::none);
  finish(world, version, spec.part_size);
  place(world, bucket, spec.key, std::move(version));
  return {};
}

Populated check_thief(const World& world, const ThiefSpec& thief) {
  if (world.directory.account(thief.account) == nullptr) {
    return wrong("a thief is of no account: " + thief.account);
  }
  if (!is_region(thief.region)) return wrong("a thief's region is unknown: " + thief.region);
  return {};
}

Populated populate(World& world, const BucketSpec& spec, WallTime now) {
  if (world.directory.account(spec.owner) == nullptr) {
    return wrong("the owner of bucket " + spec.name + " is no account: " + spec.owner);
  }
  Bucket made = new_bucket(spec.name, spec.owner, spec.region, now);
  Bucket& bucket = world.buckets.insert_or_assign(spec.name, std::move(made)).first->second;
  const auto configured = configure_bucket(world, bucket, spec);
  if (!configured) return wrong("bucket " + spec.name + ": " + configured.error());
  for (const auto& object : spec.objects) {
    if (auto added = populate(world, bucket, object, now); !added) return added;
  }
  for (const auto& generator : spec.generators) {
    generate(world, bucket, generator, now);
  }
  if (spec.odd_keys) {
    for (const auto& key : odd_keys()) {
      ObjectSpec object{.key = key, .body = "odd: " + key};
      if (auto added = populate(world, bucket, object, now); !added) return added;
    }
  }
  return {};
}

}  // namespace s3m::sim
