#include "sim/cloud.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <boost/json.hpp>

#include "base/text.hpp"
#include "sim/admin.hpp"
#include "sim/bucket_configuration.hpp"
#include "sim/bucket_policy.hpp"
#include "sim/credential_endpoints.hpp"
#include "sim/populate.hpp"
#include "sim/service.hpp"

namespace s3m::sim {
namespace {

namespace json = boost::json;

ObjectView view_of(const std::string& key, const Bucket& bucket, const Version& version) {
  ObjectView view;
  view.key = key;
  view.version_id = version.id;
  view.delete_marker = version.delete_marker;
  view.last_modified = version.modified;
  if (version.delete_marker) return view;
  const Attributes& attributes = *version.attributes;
  view.size = version.size();
  view.etag = version.etag.text();
  view.metadata = attributes.metadata;
  view.headers = attributes.headers;
  view.tags = attributes.tags;
  view.annotations = attributes.annotations;
  view.storage_class = attributes.storage_class;
  view.sse = attributes.encryption.algorithm;
  view.kms_key = attributes.encryption.key;
  view.website_redirect = attributes.website_redirect;
  view.acl = attributes.acl;
  view.grants = attributes.grants;
  view.lock_mode = attributes.lock.mode;
  view.lock_until = attributes.lock.until;
  view.legal_hold = attributes.lock.hold;
  view.restore_requested = attributes.restored_from.has_value();
  view.owner = bucket.acls_off() ? bucket.owner : attributes.owner;
  if (version.checksum != ChecksumAlgorithm::none) {
    view.checksum = std::string(name(version.checksum)) + ":" + version.checksum_text();
  }
  view.parts = version.parts ? version.parts->size() : 0;
  return view;
}

json::array keys_json(const Directory& directory) {
  json::array keys;
  for (const auto& [arn, user] : directory.users()) {
    keys.push_back(json::object{{"account", user.account},
                                {"user", user.name},
                                {"access_key_id", user.key.id},
                                {"secret_access_key", user.key.secret}});
  }
  return keys;
}

}  // namespace

class Cloud::Impl {
 public:
  explicit Impl(const Scenario& scenario) : service(scenario) {}
  Service service;
  bool admin = true;
};

Cloud::Cloud(const Scenario& scenario, WallTime now) : impl_(std::make_unique<Impl>(scenario)) {
  for (const auto& bucket : scenario.buckets) {
    const auto made = populate(impl_->service.world, bucket, now);
    if (!made) throw std::invalid_argument(made.error());
  }
  for (const auto& thief : scenario.thieves) {
    const auto known = check_thief(impl_->service.world, thief);
    if (!known) throw std::invalid_argument(known.error());
  }
}

Cloud::~Cloud() = default;
Cloud::Cloud(Cloud&&) noexcept = default;
Cloud& Cloud::operator=(Cloud&&) noexcept = default;

Answer Cloud::handle(const net::HttpRequest& request, WallTime now) {
  Service& service = impl_->service;
  if (impl_->admin) {
    if (auto reply = answer_admin(service, request, now)) return {std::move(*reply), {}};
  }
  const WallTime server_now = now + service.world.switches.clock_skew;
  if (auto reply = answer_credentials(service.world, request, server_now)) {
    return {std::move(*reply), {}};
  }
  return service.answer(request, now);
}

void Cloud::allow_admin(bool allowed) noexcept {
  impl_->admin = allowed;
}

Faults& Cloud::faults() noexcept {
  return impl_->service.faults;
}
Switches& Cloud::switches() noexcept {
  return impl_->service.world.switches;
}
Metrics& Cloud::metrics() noexcept {
  return impl_->service.metrics;
}

void Cloud::throttle(std::vector<ThrottleSpec> throttles) {
  impl_->service.throttle = Throttle(std::move(throttles));
}

void Cloud::latency(std::vector<LatencySpec> latencies) {
  impl_->service.latencies = std::move(latencies);
}

void Cloud::before_each(std::function<void(const RequestRecord&)> hook) {
  impl_->service.hook = std::move(hook);
}

bool Cloud::has_bucket(std::string_view bucket) const {
  return impl_->service.world.bucket(bucket) != nullptr;
}

std::string Cloud::bucket_owner(std::string_view name) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  return bucket == nullptr ? std::string() : bucket->owner;
}

std::string Cloud::bucket_region(std::string_view name) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  return bucket == nullptr ? std::string() : bucket->region;
}

std::string Cloud::bucket_policy(std::string_view name) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  return bucket == nullptr || !bucket->policy.stored ? std::string() : bucket->policy.stored->text;
}

std::string Cloud::bucket_configuration(std::string_view name, std::string_view which) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return {};
  const auto found = bucket->configuration.find(which);
  return found == bucket->configuration.end() ? std::string() : found->second;
}

std::vector<std::string> Cloud::keys(std::string_view name) const {
  std::vector<std::string> keys;
  const Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return keys;
  for (const auto& [key, history] : bucket->objects) {
    if (!history.back().delete_marker) keys.push_back(key);
  }
  return keys;
}

std::optional<ObjectView> Cloud::object(std::string_view name, std::string_view key) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  const Version* version = bucket == nullptr ? nullptr : bucket->current(key);
  if (version == nullptr) return std::nullopt;
  return view_of(std::string(key), *bucket, *version);
}

std::vector<ObjectView> Cloud::versions(std::string_view name) const {
  std::vector<ObjectView> views;
  const Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return views;
  for (const auto& [key, history] : bucket->objects) {
    std::for_each(history.rbegin(), history.rend(),
                  [&](const Version& version) { views.push_back(view_of(key, *bucket, version)); });
  }
  return views;
}

std::vector<UploadView> Cloud::uploads(std::string_view name) const {
  std::vector<UploadView> views;
  const Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return views;
  for (const Upload* upload : bucket->uploads_in_order()) {
    UploadView view{upload->id, upload->key, upload->initiator->arn, {}};
    for (const auto& [number, part] : upload->parts)
      view.parts.push_back(number);
    views.push_back(std::move(view));
  }
  return views;
}

std::string Cloud::read(std::string_view name, std::string_view key, std::size_t limit) const {
  const Bucket* bucket = impl_->service.world.bucket(name);
  const Version* version = bucket == nullptr ? nullptr : bucket->current(key);
  if (version == nullptr) return {};
  return version->content.read(0, std::min<std::uint64_t>(limit, version->size()));
}

bool Cloud::add_bucket(const BucketSpec& bucket, WallTime now) {
  return populate(impl_->service.world, bucket, now).has_value();
}

bool Cloud::add_thief(const ThiefSpec& thief) {
  if (!check_thief(impl_->service.world, thief)) return false;
  impl_->service.world.thieves.push_back(thief);
  return true;
}

bool Cloud::put(std::string_view name, const ObjectSpec& object, WallTime now) {
  Bucket* bucket = impl_->service.world.bucket(name);
  return bucket != nullptr && populate(impl_->service.world, *bucket, object, now).has_value();
}

bool Cloud::remove(std::string_view name, std::string_view key) {
  Bucket* bucket = impl_->service.world.bucket(name);
  const Version* version = bucket == nullptr ? nullptr : bucket->current(key);
  return version != nullptr && bucket->erase(key, std::string(version->id));
}

bool Cloud::add_delete_marker(std::string_view name, std::string_view key, WallTime now) {
  auto& world = impl_->service.world;
  Bucket* bucket = world.bucket(name);
  if (bucket == nullptr || bucket->versioning != Versioning::enabled) return false;
  Version marker;
  marker.id = world.new_token();
  marker.delete_marker = true;
  marker.modified = whole_seconds(now);
  bucket->add(key, std::move(marker));
  return true;
}

bool Cloud::drop_bucket(std::string_view name) {
  auto& buckets = impl_->service.world.buckets;
  const auto found = buckets.find(std::string(name));
  if (found == buckets.end()) return false;
  buckets.erase(found);
  return true;
}

bool Cloud::erase_version(std::string_view name, std::string_view key, std::size_t number) {
  Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return false;
  const auto found = bucket->objects.find(key);
  if (found == bucket->objects.end() || number >= found->second.size()) return false;
  return bucket->erase(key, std::string(found->second[number].id));
}

bool Cloud::set_policy(std::string_view name, std::string_view text) {
  Bucket* bucket = impl_->service.world.bucket(name);
  if (bucket == nullptr) return false;
  if (text.empty()) {
    bucket->policy = {};
    return true;
  }
  auto policy = check_bucket_policy(impl_->service.world, name, text);
  if (!policy) return false;
  bucket->policy = {.stored = std::move(*policy), .in_force_before = nullptr, .in_force_from = {}};
  return true;
}

bool Cloud::set_configuration(std::string_view name, std::string_view which, std::string_view xml) {
  Bucket* bucket = impl_->service.world.bucket(name);
  const auto* const known = find_sub_resource(which);
  if (bucket == nullptr || known == nullptr) return false;
  if (!xml.empty()) return configure(*bucket, *known, {}, xml).has_value();
  if (known->reset != nullptr) known->reset(*bucket);
  const auto found = bucket->configuration.find(which);
  if (found != bucket->configuration.end()) bucket->configuration.erase(found);
  return true;
}

bool Cloud::replace_role(std::string_view arn, const RoleSpec* spec) {
  Directory& directory = impl_->service.world.directory;
  const Role* role = directory.role(arn);
  if (role == nullptr) return false;
  const std::string account = role->account;
  directory.remove_role(arn);
  if (spec != nullptr) directory.add_role(account, *spec);
  return true;
}

void Cloud::expire_sessions(std::string_view role_arn) {
  impl_->service.world.directory.expire_sessions(role_arn, WallTime{});
}

std::string Cloud::ready_line(std::string_view endpoint) const {
  const Directory& directory = impl_->service.world.directory;
  json::array accounts;
  for (const auto& [id, account] : directory.accounts()) {
    accounts.push_back(json::object{{"id", id}, {"name", account.name}});
  }
  json::array roles;
  for (const auto& [arn, role] : directory.roles()) {
    json::object entry{{"arn", arn}};
    if (!role.external_id.empty()) entry["external_id"] = role.external_id;
    roles.push_back(std::move(entry));
  }
  json::array buckets;
  for (const auto& [name, bucket] : impl_->service.world.buckets) {
    buckets.push_back(
        json::object{{"name", name}, {"owner", bucket.owner}, {"region", bucket.region}});
  }
  return json::serialize(
      json::object{{"endpoint", json::string_view(endpoint.data(), endpoint.size())},
                   {"accounts", std::move(accounts)},
                   {"roles", std::move(roles)},
                   {"keys", keys_json(directory)},
                   {"buckets", std::move(buckets)}});
}

}  // namespace s3m::sim
