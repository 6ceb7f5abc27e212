#include "transfer/attribute_facts.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "transfer/digest.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view retention = "retention";
constexpr std::string_view default_type = "binary/octet-stream";  // of what was stored without one

void add(Facts& facts, std::string_view name, const std::string& value) {
  if (!value.empty()) facts.emplace_back(name, value);
}

void add_retention(Facts& facts, const aws::ObjectHead& head, WallTime now) {
  const auto until = parse_iso8601(head.lock_retain_until);
  if (head.lock_mode.empty() || (until && *until <= now)) return;
  facts.emplace_back(retention, head.lock_mode + " until " +
                                    (until ? iso8601_seconds(*until) : head.lock_retain_until));
}

}  // namespace

Facts facts_of(const aws::ObjectHead& head, const aws::Pairs& tags,
               const std::vector<aws::Grant>& grants, WallTime now) {
  Facts facts;
  if (head.content_type != default_type) add(facts, "content type", head.content_type);
  add(facts, "content encoding", head.content_encoding);
  add(facts, "content disposition", head.content_disposition);
  add(facts, "content language", head.content_language);
  add(facts, "cache control", head.cache_control);
  add(facts, "expires", head.expires);
  add(facts, "website redirect", head.website_redirect);
  if (head.legal_hold == "ON") add(facts, "legal hold", head.legal_hold);
  add_retention(facts, head, now);
  for (const auto& [name, value] : head.metadata)
    facts.emplace_back("metadata " + name, value);
  if (head.missing_metadata > 0)
    add(facts, "metadata that no header carries", std::to_string(head.missing_metadata));
  for (const auto& [name, value] : tags)
    facts.emplace_back("tag " + name, value);
  for (const auto& grant : grants)
    facts.emplace_back("grant of " + grant.permission + " to " + grant.id + grant.uri, "");
  std::ranges::sort(facts);
  const auto twice = std::ranges::unique(facts);
  facts.erase(twice.begin(), twice.end());
  return facts;
}

std::vector<std::string> differing(const Facts& source, const Facts& copy) {
  Facts apart;
  std::ranges::set_symmetric_difference(source, copy, std::back_inserter(apart));
  std::vector<std::string> names;
  for (auto& [name, value] : apart)
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  return names;
}

std::string hash_of(const Facts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) {
    if (name == retention) continue;
    append_field(text, name);
    append_field(text, value);
  }
  return hex(bytes_of(sha256(text)));
}

std::vector<aws::Grant> grants_to_others(const aws::Acl& acl, const std::string& copy_owner) {
  std::vector<aws::Grant> others;
  for (const auto& grant : acl.grants) {
    const bool owners = grant.uri.empty() && (grant.id.empty() || grant.id == acl.owner ||
                                              (!copy_owner.empty() && grant.id == copy_owner));
    if (!owners) others.push_back(grant);
  }
  return others;
}

}  // namespace s3m::transfer
