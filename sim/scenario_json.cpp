#include "sim/scenario_json.hpp"

#include <algorithm>
#include <utility>

#include "sim/cloud.hpp"

namespace s3m::sim {
namespace {

namespace json = boost::json;

void read_user(JsonReader& json, UserSpec& user) {
  json.text("name", user.name);
  json.documents("policies", user.policies);
  json.text("access_key_id", user.key.id);
  json.text("secret_access_key", user.key.secret);
  if (user.key.id.empty() != user.key.secret.empty()) {
    json.fail("access_key_id", "comes with secret_access_key");
  }
}

void read_role(JsonReader& json, RoleSpec& role) {
  std::vector<std::string> trusted;
  json.text("name", role.name);
  json.text("external_id", role.external_id);
  json.texts("trusted", trusted);
  json.document("trust", role.trust);
  json.documents("policies", role.policies);
  json.duration("max_session_seconds", role.max_session);
  if (role.trust.empty()) role.trust = trust_policy(trusted, role.external_id);
}

void read_account(JsonReader& json, AccountSpec& account) {
  json.text("id", account.id);
  json.text("name", account.name);
  if (account.id.size() != 12 || account.id.find_first_not_of("0123456789") != std::string::npos) {
    json.fail("id", "twelve digits are expected");
  }
  json.list("users", [&](JsonReader& user) { read_user(user, account.users.emplace_back()); });
  json.list("roles", [&](JsonReader& role) { read_role(role, account.roles.emplace_back()); });
}

void read_generator(JsonReader& json, GeneratorSpec& generator) {
  json.text("prefix", generator.prefix);
  json.number("count", generator.count);
  if (json.has("size")) {
    json.size("size", generator.min_size);
    generator.max_size = generator.min_size;
  }
  json.size("min_size", generator.min_size);
  json.size("max_size", generator.max_size);
  json.size("part_size", generator.part_size);
  json.number("folders", generator.folders);
  json.number("seed", generator.seed);
  json.duration("age_seconds", generator.age);
  json.flag("derived_digests", generator.derived_digests);
}

void read_key(JsonReader& json, KmsKeySpec& key) {
  json.text("arn", key.arn);
  json.texts("users", key.users);
}

// "extends": "article" or "default" takes those accounts and buckets first.
void read_base(JsonReader& json, Scenario& scenario) {
  std::string base;
  json.text("extends", base);
  if (base == "article") {
    scenario = article_scenario();
  } else if (base == "default") {
    scenario = default_scenario();
  } else if (!base.empty()) {
    json.fail("extends", "is article or default");
  }
}

// What only making the world finds out: policies, owners, configuration. Without the generated
// objects, which cannot be wrong.
Result<void> check(Scenario scenario) {
  for (auto& bucket : scenario.buckets)
    bucket.generators.clear();
  try {
    const Cloud trial(scenario, WallTime{});
  } catch (const std::exception& error) {
    return fail(Errc::config, error.what());
  }
  return ok;
}

}  // namespace

void read_fault(JsonReader& json, FaultRule& rule) {
  std::string effect = "error";
  json.text("operation", rule.operation);
  json.text("bucket", rule.bucket);
  json.text("key", rule.key);
  json.text("signer", rule.signer);
  json.number("first", rule.first);
  json.number("count", rule.count);
  json.real("probability", rule.probability);
  json.text("effect", effect);
  json.number("status", rule.status);
  json.text("code", rule.code);
  json.text("message", rule.message);
  json.duration("retry_after_ms", rule.retry_after);
  json.duration("delay_ms", rule.delay);
  json.duration("jitter_ms", rule.jitter);
  json.number("blanks", rule.blanks);
  json.duration("blank_gap_ms", rule.blank_gap);
  json.flag("applied", rule.applied);
  if (const auto parsed = parse_effect(effect)) {
    rule.effect = *parsed;
  } else {
    json.fail("effect", "is unknown: " + effect);
  }
}

void read_switches(JsonReader& json, Switches& switches) {
  std::string base;
  json.text("dialect", base);
  if (!base.empty()) {
    if (const auto preset = dialect(base)) {
      switches = *preset;
    } else {
      json.fail("dialect", "is aws, radosgw or moto");
    }
  }
  json.flag("ignore_if_match", switches.ignore_if_match);
  json.flag("ignore_if_none_match", switches.ignore_if_none_match);
  json.flag("ignore_copy_source_conditions", switches.ignore_copy_source_conditions);
  json.flag("ignore_expected_owner", switches.ignore_expected_owner);
  json.flag("inclusive_key_marker", switches.inclusive_key_marker);
  json.flag("lost_marker_skips_key", switches.lost_marker_skips_key);
  json.flag("names_freed_at_once", switches.names_freed_at_once);
  json.flag("ignore_checksums", switches.ignore_checksums);
  json.flag("unordered_listing", switches.unordered_listing);
  json.flag("copy_keeps_multipart_etag", switches.copy_keeps_multipart_etag);
  json.flag("copy_etag_unquoted", switches.copy_etag_unquoted);
  json.flag("copy_keeps_storage_class", switches.copy_keeps_storage_class);
  json.flag("no_copy_size_limit", switches.no_copy_size_limit);
  json.flag("ignore_tagging_directive", switches.ignore_tagging_directive);
  json.flag("complete_etag_empty", switches.complete_etag_empty);
  json.flag("second_complete_fails", switches.second_complete_fails);
  json.flag("delete_encryption_deletes_bucket", switches.delete_encryption_deletes_bucket);
  json.flag("ignore_tags_at_create", switches.ignore_tags_at_create);
  json.flag("own_bucket_answers_200", switches.own_bucket_answers_200);
  json.flag("sts_errors_unwrapped", switches.sts_errors_unwrapped);
  json.flag("expired_token_is_unknown_key", switches.expired_token_is_unknown_key);
  json.flag("principal_arn_never_matches", switches.principal_arn_never_matches);
  json.flag("user_id_never_matches", switches.user_id_never_matches);
  json.flag("user_id_of_sessions_alone", switches.user_id_of_sessions_alone);
  json.flag("negated_needs_key", switches.negated_needs_key);
  json.flag("deny_hits_everyone", switches.deny_hits_everyone);
  json.flag("not_principal_needs_whole_chain", switches.not_principal_needs_whole_chain);
  json.flag("buckets_belong_to_assuming_user", switches.buckets_belong_to_assuming_user);
  json.duration("name_release_ms", switches.name_release);
  json.duration("name_seems_taken_ms", switches.name_seems_taken);
  json.duration("bucket_visible_after_ms", switches.bucket_visible_after);
  json.duration("policy_effective_after_ms", switches.policy_effective_after);
  json.duration("restore_takes_ms", switches.restore_takes);
  json.duration("clock_skew_ms", switches.clock_skew, Sign::any);
  json.duration("minimum_session_seconds", switches.minimum_session);
  json.duration("session_lifetime_seconds", switches.session_lifetime);
  json.number("listing_page", switches.listing_page);
  std::string redirect;
  json.text("wrong_region", redirect);
  if (redirect == "permanent_redirect") {
    switches.wrong_region = WrongRegion::permanent_redirect;
  } else if (redirect == "temporary_redirect") {
    switches.wrong_region = WrongRegion::temporary_redirect;
  } else if (redirect == "malformed") {
    switches.wrong_region = WrongRegion::malformed;
  } else if (!redirect.empty()) {
    json.fail("wrong_region", "is malformed, permanent_redirect or temporary_redirect");
  }
}

void read_object(JsonReader& json, ObjectSpec& object) {
  json.text("key", object.key);
  if (object.key.empty()) json.fail("key", "is missing");
  json.text("body", object.body);
  json.size("size", object.size);
  json.number("seed", object.seed);
  json.size("part_size", object.part_size);
  json.pairs("metadata", object.metadata);
  json.pairs("headers", object.headers);
  json.pairs("tags", object.tags);
  json.pairs("annotations", object.annotations);
  json.text("storage_class", object.storage_class);
  json.text("sse", object.sse);
  json.text("kms_key", object.kms_key);
  json.text("acl", object.acl);
  json.pairs("grants", object.grants);
  json.text("archive_tier", object.archive_tier);
  json.text("lock_mode", object.lock_mode);
  json.text("lock_until", object.lock_until);
  json.flag("legal_hold", object.legal_hold);
  json.text("website_redirect", object.website_redirect);
  json.text("checksum", object.checksum);
  json.duration("age_seconds", object.age);
}

void read_bucket(JsonReader& json, BucketSpec& bucket) {
  json.text("name", bucket.name);
  json.text("owner", bucket.owner);
  json.text("region", bucket.region);
  json.document("policy", bucket.policy);
  json.text("versioning", bucket.versioning);
  json.text("ownership", bucket.ownership);
  json.flag("block_public_access", bucket.block_public_access);
  json.map("configuration", bucket.configuration);
  json.pairs("tags", bucket.tags);
  json.flag("odd_keys", bucket.odd_keys);
  json.list("objects",
            [&](JsonReader& object) { read_object(object, bucket.objects.emplace_back()); });
  json.list("generators", [&](JsonReader& generator) {
    read_generator(generator, bucket.generators.emplace_back());
  });
}

void read_thief(JsonReader& json, ThiefSpec& thief) {
  json.text("bucket", thief.bucket);
  json.text("account", thief.account);
  json.text("region", thief.region);
  json.duration("after_ms", thief.after);
  json.flag("open", thief.open);
  json.pairs("tags", thief.tags);
}

void read_throttle(JsonReader& json, ThrottleSpec& throttle) {
  json.text("bucket", throttle.bucket);
  json.text("key", throttle.key);
  json.number("prefix_slashes", throttle.prefix_slashes);
  json.real("writes_per_second", throttle.writes_per_second);
  json.real("reads_per_second", throttle.reads_per_second);
  json.real("burst_seconds", throttle.burst_seconds);
  json.duration("split_after_ms", throttle.split_after);
  json.number("most_partitions", throttle.most_partitions);
  json.duration("collapse_every_ms", throttle.collapse_every);
  json.duration("collapse_for_ms", throttle.collapse_for);
  json.real("collapse_to", throttle.collapse_to);
  if (throttle.collapse_for > throttle.collapse_every) {
    json.fail("collapse_for_ms", "is longer than collapse_every_ms");
  }
}

void read_latency(JsonReader& json, LatencySpec& latency) {
  json.text("operation", latency.operation);
  json.duration("fixed_us", latency.fixed);
  json.duration("jitter_us", latency.jitter);
  json.number("servers", latency.servers);
}

Result<FaultRule> parse_fault(const json::object& object) {
  std::string error;
  FaultRule rule;
  const json::value value(object);
  JsonReader reader(value, "fault", error);
  read_fault(reader, rule);
  reader.done();
  if (!error.empty()) return fail(Errc::config, error);
  return rule;
}

Result<Scenario> parse_scenario(std::string_view text) {
  boost::system::error_code parse_error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), parse_error);
  if (parse_error) return fail(Errc::config, "the scenario is not JSON: " + parse_error.message());
  std::string error;
  Scenario scenario;
  JsonReader reader(value, "", error);
  read_base(reader, scenario);
  reader.text("partition", scenario.partition);
  reader.list("accounts",
              [&](JsonReader& json) { read_account(json, scenario.accounts.emplace_back()); });
  reader.list("buckets",
              [&](JsonReader& json) { read_bucket(json, scenario.buckets.emplace_back()); });
  reader.list("kms_keys",
              [&](JsonReader& json) { read_key(json, scenario.kms_keys.emplace_back()); });
  reader.list("thieves",
              [&](JsonReader& json) { read_thief(json, scenario.thieves.emplace_back()); });
  reader.list("faults",
              [&](JsonReader& json) { read_fault(json, scenario.faults.emplace_back()); });
  reader.list("throttles",
              [&](JsonReader& json) { read_throttle(json, scenario.throttles.emplace_back()); });
  reader.list("latencies",
              [&](JsonReader& json) { read_latency(json, scenario.latencies.emplace_back()); });
  reader.object("switches", [&](JsonReader& json) { read_switches(json, scenario.switches); });
  reader.flag("record", scenario.record);
  reader.number("requests_per_connection", scenario.requests_per_connection);
  reader.duration("idle_close_ms", scenario.idle_close);
  reader.done();
  if (!error.empty()) return fail(Errc::config, error);
  if (auto consistent = check(scenario); !consistent) return forward(consistent);
  return scenario;
}

}  // namespace s3m::sim
