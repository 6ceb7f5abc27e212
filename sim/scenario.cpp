#include "sim/scenario.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace s3m::sim {
namespace {

namespace json = boost::json;

json::array array_of(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts)
    array.emplace_back(text);
  return array;
}

std::string document(json::object statement) {
  json::array statements;
  statements.push_back(std::move(statement));
  return json::serialize(
      json::object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

RoleSpec s3_role(std::string name, std::string_view external_id) {
  RoleSpec role;
  role.name = std::move(name);
  role.trust = trust_policy({std::string(migrator_role)}, external_id);
  role.policies = {allow({"s3:*", "kms:*"}, {"*"})};
  role.external_id = external_id;
  return role;
}

UserSpec admin() {
  return {.name = "admin", .policies = {allow({"*"}, {"*"})}, .key = {}};
}

}  // namespace

AccountSpec& Scenario::account(std::string_view id) {
  const auto found = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const AccountSpec& account) { return account.id == id; });
  if (found != accounts.end()) return *found;
  accounts.push_back({.id = std::string(id), .name = std::string(id), .users = {}, .roles = {}});
  return accounts.back();
}

BucketSpec& Scenario::bucket(std::string_view name, std::string_view owner) {
  const auto found = std::find_if(buckets.begin(), buckets.end(),
                                  [&](const BucketSpec& bucket) { return bucket.name == name; });
  if (found != buckets.end()) return *found;
  BucketSpec& made = buckets.emplace_back();
  made.name = name;
  made.owner = owner;
  return made;
}

std::string allow(const std::vector<std::string>& actions,
                  const std::vector<std::string>& resources) {
  return document(
      {{"Effect", "Allow"}, {"Action", array_of(actions)}, {"Resource", array_of(resources)}});
}

std::string trust_policy(const std::vector<std::string>& principals, std::string_view external_id) {
  json::object statement{{"Effect", "Allow"},
                         {"Principal", json::object{{"AWS", array_of(principals)}}},
                         {"Action", "sts:AssumeRole"}};
  if (!external_id.empty()) {
    statement["Condition"] = json::object{
        {"StringEquals", json::object{{"sts:ExternalId", json::string_view(external_id.data(),
                                                                           external_id.size())}}}};
  }
  return document(std::move(statement));
}

std::string public_policy(std::string_view bucket) {
  const std::string arn = "arn:aws:s3:::" + std::string(bucket);
  return document({{"Effect", "Allow"},
                   {"Principal", "*"},
                   {"Action", "s3:*"},
                   {"Resource", array_of({arn, arn + "/*"})}});
}

Scenario article_scenario() {
  Scenario scenario;
  AccountSpec& source = scenario.account(source_account);
  source.name = "source";
  source.users = {admin()};
  source.roles = {s3_role("s3m-source", source_external_id)};
  AccountSpec& destination = scenario.account(destination_account);
  destination.name = "destination";
  destination.users = {admin()};
  destination.roles = {s3_role("s3m-destination", destination_external_id)};

  AccountSpec& migrator = scenario.account(migrator_account);
  migrator.name = "migrator";
  migrator.users = {admin(),
                    {.name = "migrator",
                     .policies = {allow({"sts:AssumeRole"}, {std::string(migrator_role)})},
                     .key = {}}};
  RoleSpec role;
  role.name = "s3m-migrator";
  role.trust = trust_policy({std::string(migrator_account)});
  role.policies = {allow({"sts:AssumeRole"}, {"arn:aws:iam::111111111111:role/s3m-source*",
                                              "arn:aws:iam::222222222222:role/s3m-destination*"})};
  migrator.roles = {std::move(role)};
  return scenario;
}

Scenario default_scenario() {
  constexpr std::uint64_t mib = 1u << 20;
  Scenario scenario = article_scenario();
  BucketSpec& photos = scenario.bucket("holiday-photos", source_account);
  photos.odd_keys = true;
  photos.tags = {{"team", "travel"}};
  photos
      .with(GeneratorSpec{.prefix = "albums/",
                          .count = 1500,
                          .min_size = 0,
                          .max_size = 512 * 1024,
                          .folders = 30,
                          .seed = 7})
      .with(GeneratorSpec{
          .prefix = "thumbnails/", .count = 400, .min_size = 900, .max_size = 30'000, .seed = 11})
      .with(GeneratorSpec{.prefix = "videos/",
                          .count = 12,
                          .min_size = 20 * mib,
                          .max_size = 900 * mib,
                          .part_size = 8 * mib,
                          .seed = 13})
      .with(ObjectSpec{.key = "archive/2019.tar", .size = 6144 * mib, .part_size = 512 * mib})
      .with(ObjectSpec{.key = "empty", .size = 0})
      .with(ObjectSpec{.key = "index.html",
                       .body = "<!doctype html><title>Holidays</title>\n",
                       .metadata = {{"author", "Ada"}, {"camera", "none"}},
                       .headers = {{"Content-Type", "text/html; charset=utf-8"},
                                   {"Cache-Control", "max-age=60"},
                                   {"Content-Language", "en"}},
                       .tags = {{"kind", "page"}, {"public", "yes & no"}}})
      .with(ObjectSpec{.key = "raw/dsc-0001.nef",
                       .size = 24 * mib,
                       .metadata = {{"exposure", "1/250"}},
                       .storage_class = "STANDARD_IA"});
  return scenario;
}

}  // namespace s3m::sim
