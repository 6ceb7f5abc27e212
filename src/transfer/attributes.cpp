#include "transfer/attributes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace s3m::transfer {
namespace {

constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view known_users =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

bool is_kms(std::string_view encryption) noexcept {
  return encryption.starts_with("aws:kms");
}

// The canned ACL that says the same beside the owner's full control; empty when there is none. It
// is known to more services than single grants.
std::string_view canned_for(const std::vector<aws::Grant>& grants) {
  const auto gives = [&](std::string_view uri, std::string_view permission) {
    return std::ranges::any_of(grants, [&](const aws::Grant& grant) {
      return grant.uri == uri && grant.permission == permission;
    });
  };
  if (grants.size() == 1 && gives(all_users, "READ")) return "public-read";
  if (grants.size() == 1 && gives(known_users, "READ")) return "authenticated-read";
  if (grants.size() == 2 && gives(all_users, "READ") && gives(all_users, "WRITE"))
    return "public-read-write";
  return {};
}

class Carrier {
 public:
  Carrier(const aws::ObjectHead& source, const AttributeRules& rules)
      : source_(source), rules_(rules) {}

  Carried run(const aws::Acl* acl, WallTime now) {
    restated_.website_redirect = source_.website_redirect;
    lock(now);
    encryption();
    if (acl != nullptr) grants(*acl);
    if (anything_restated())
      carried_.restated = std::make_shared<const aws::Restated>(std::move(restated_));
    return std::move(carried_);
  }

 private:
  void lose(Attribute attribute, std::string why) {
    carried_.losses.push_back({attribute, std::move(why)});
  }

  void lock(WallTime now) {
    constexpr std::string_view no_lock = "the destination bucket has no Object Lock";
    const auto until = parse_iso8601(source_.lock_retain_until);
    const bool in_force = !source_.lock_mode.empty() && (!until || *until > now);
    if (in_force && rules_.lock_fits) {
      restated_.lock_mode = source_.lock_mode;
      restated_.lock_retain_until = source_.lock_retain_until;
    } else if (in_force) {
      lose(Attribute::retention, fmt::format("{} until {} is not kept: {}", source_.lock_mode,
                                             source_.lock_retain_until, no_lock));
    }
    if (source_.legal_hold != "ON") return;
    if (rules_.lock_fits) {
      restated_.legal_hold = source_.legal_hold;
    } else {
      lose(Attribute::legal_hold, fmt::format("the legal hold is not kept: {}", no_lock));
    }
  }

  void encryption() {
    if (rules_.kms_keys.empty() || !is_kms(source_.encryption)) return;
    auto key = rules_.kms_keys.find(source_.kms_key_id);
    if (!key) {
      lose(Attribute::encryption_key,
           fmt::format("--kms-key-map has no key for {}: the copy has the destination's default "
                       "encryption",
                       source_.kms_key_id));
      return;
    }
    carried_.encryption = source_.encryption;
    carried_.kms_key_id = std::move(*key);
  }

  // What is granted to others than the owner: whoever owns the copy has full control of it.
  void grants(const aws::Acl& acl) {
    std::vector<aws::Grant> others;
    for (const auto& grant : acl.grants) {
      const bool owners = grant.uri.empty() && (grant.id == acl.owner || grant.id.empty());
      const bool new_owners = !grant.id.empty() && grant.id == rules_.owner_id;
      if (!owners && !new_owners) others.push_back(grant);
    }
    if (others.empty()) return;
    const auto canned = canned_for(others);
    if (!rules_.no_acl.empty()) {
      lose(Attribute::acl,
           fmt::format("{} not kept: {}",
                       canned.empty() ? fmt::format("{} grants to others are", others.size())
                                      : fmt::format("the ACL {} is", canned),
                       rules_.no_acl));
    } else if (!canned.empty()) {
      carried_.canned_acl = canned;
    } else if (rules_.owner_id.empty()) {
      lose(Attribute::acl, "its grants are not kept: who will own the copy is not known");
    } else {
      // Single grants are the whole ACL, so the owner has to be named.
      restated_.grants = std::move(others);
      restated_.grants.push_back({.id = rules_.owner_id, .uri = {}, .permission = "FULL_CONTROL"});
    }
  }

  bool anything_restated() const noexcept {
    return !restated_.website_redirect.empty() || !restated_.lock_mode.empty() ||
           !restated_.legal_hold.empty() || !restated_.grants.empty();
  }

  const aws::ObjectHead& source_;
  const AttributeRules& rules_;
  aws::Restated restated_;
  Carried carried_;
};

}  // namespace

std::string_view name(Attribute attribute) noexcept {
  constexpr std::array names = std::to_array<std::string_view>(
      {"retention", "legal_hold", "acl", "encryption_key", "annotations", "tags"});
  return names.at(static_cast<std::size_t>(attribute));
}

bool needs_look(const aws::ObjectHead& source) noexcept {
  return !source.website_redirect.empty() || !source.lock_mode.empty() || source.legal_hold == "ON";
}

std::uint64_t looks_at_most(const AttributeRules& rules, bool in_parts) noexcept {
  // The HEAD of a copy in parts is needed anyway.
  const std::uint64_t head = rules.look && !in_parts ? 1 : 0;
  const std::uint64_t locks = rules.locked && (rules.look || in_parts) ? 2 : 0;
  return head + locks + (rules.read_acl ? 1 : 0);
}

Carried carry(const aws::ObjectHead& source, const aws::Acl* acl, const AttributeRules& rules,
              WallTime now) {
  return Carrier(source, rules).run(acl, now);
}

void apply(const Carried& carried, aws::WriteOptions& write) {
  if (carried.restated) write.restated = carried.restated;
  // A canned ACL and single grants exclude each other.
  if (!carried.canned_acl.empty()) write.acl = carried.canned_acl;
  if (carried.restated && !carried.restated->grants.empty()) write.acl.clear();
  if (carried.kms_key_id.empty()) return;
  write.encryption = carried.encryption;
  write.kms_key_id = carried.kms_key_id;
}

bool may_refuse_acl(const Error& error) noexcept {
  return error.code() == Errc::access_denied || error.code() == Errc::invalid_request ||
         error.code() == Errc::not_supported;
}

Carried without_acl(Carried carried, std::string_view refusal) {
  carried.canned_acl.clear();
  if (carried.restated) {
    auto rest = *carried.restated;
    rest.grants.clear();
    carried.restated = std::make_shared<const aws::Restated>(std::move(rest));
  }
  carried.losses.push_back(
      {Attribute::acl,
       fmt::format("the ACL is not kept: the destination refuses it ({})", refusal)});
  return carried;
}

}  // namespace s3m::transfer
