#include "sim/acl.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <pugixml.hpp>

#include "base/text.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/object_read.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::array<std::string_view, 7> canned{"private",           "public-read",
                                                 "public-read-write", "authenticated-read",
                                                 "bucket-owner-read", "bucket-owner-full-control",
                                                 "aws-exec-read"};

constexpr std::string_view all_users = "uri=http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view known_users =
    "uri=http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

struct GrantHeader {
  std::string_view name, permission;
};
constexpr std::array<GrantHeader, 5> grant_headers{{{"x-amz-grant-read", "READ"},
                                                    {"x-amz-grant-write", "WRITE"},
                                                    {"x-amz-grant-read-acp", "READ_ACP"},
                                                    {"x-amz-grant-write-acp", "WRITE_ACP"},
                                                    {"x-amz-grant-full-control", "FULL_CONTROL"}}};

// id="...", uri="...", one after the other.
std::expected<Pairs, ApiError> header_grants(const Call& call) {
  Pairs grants;
  for (const auto& [name, permission] : grant_headers) {
    std::string_view rest = call.header(name);
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const std::string_view one = trim(rest.substr(0, comma));
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      const std::size_t quote = one.find("=\"");
      const std::string_view kind = one.substr(0, quote);
      if (quote == std::string_view::npos || !one.ends_with('"') ||
          (kind != "id" && kind != "uri")) {
        return refuse("InvalidArgument", "Argument format not recognized");
      }
      const std::string_view value = one.substr(quote + 2, one.size() - quote - 3);
      grants.emplace_back(permission, std::string(kind) + "=" + std::string(value));
    }
  }
  return grants;
}

// What a canned ACL grants beside the owner.
Pairs canned_grants(std::string_view acl) {
  Pairs grants;
  if (acl.starts_with("public-read")) grants.emplace_back("READ", all_users);
  if (acl == "public-read-write") grants.emplace_back("WRITE", all_users);
  if (acl == "authenticated-read") grants.emplace_back("READ", known_users);
  return grants;
}

bool is_public(const RequestedAcl& acl) {
  const Pairs canned_ones = canned_grants(acl.canned);
  const auto open = [](const auto& grant) {
    return grant.second == all_users || grant.second == known_users;
  };
  return std::any_of(canned_ones.begin(), canned_ones.end(), open) ||
         std::any_of(acl.grants.begin(), acl.grants.end(), open);
}

class AclXml {
 public:
  AclXml(const World& world, const std::string& owner) : world_(world) {
    xml_.open("Owner").leaf("ID", canonical(owner)).close();
    xml_.open("AccessControlList");
  }
  void grant(const std::string& account) { grant("FULL_CONTROL", "id=" + canonical(account)); }
  void grant(std::string_view permission, std::string_view grantee) {
    const bool user = grantee.starts_with("id=");
    xml_.open("Grant");
    xml_.raw(user ? "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                    "xsi:type=\"CanonicalUser\">"
                  : "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                    "xsi:type=\"Group\">");
    xml_.leaf(user ? "ID" : "URI", grantee.substr(user ? 3 : 4)).raw("</Grantee>");
    xml_.leaf("Permission", permission).close();
  }
  std::string finish() { return xml_.finish(); }

 private:
  std::string canonical(const std::string& id) const {
    const Account* account = world_.directory.account(id);
    return account == nullptr ? id : account->canonical_id;
  }
  const World& world_;
  XmlWriter xml_{"AccessControlPolicy"};
};

Permit acls_on(const Bucket& bucket) {
  if (bucket.acls_off()) return refuse("AccessControlListNotSupported");
  return {};
}

// An ACL as a document: of the bucket's owner, and not public where that is blocked.
Permit check_acl_document(const World& world, const Bucket& bucket, std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  const auto root = document.child("AccessControlPolicy");
  if (!parsed || !root || !root.child("AccessControlList")) return refuse("MalformedACLError");
  const Account* owner = world.directory.account(bucket.owner);
  if (owner == nullptr || root.child("Owner").child_value("ID") != owner->canonical_id)
    return refuse("AccessDenied", "The ACL names another owner than the bucket's");
  for (const auto grant : root.child("AccessControlList").children("Grant")) {
    const std::string_view group = grant.child("Grantee").child_value("URI");
    const bool open = all_users.substr(4) == group || known_users.substr(4) == group;
    if (open && bucket.public_access_block.acls)
      return refuse("AccessDenied", "public ACLs are blocked by the BlockPublicAcls setting");
  }
  return {};
}

}  // namespace

std::expected<RequestedAcl, ApiError> requested_acl(const World& world, const Call& call,
                                                    const Bucket& bucket) {
  auto grants = header_grants(call);
  if (!grants) return refuse(grants.error());
  RequestedAcl acl{"private", std::move(*grants)};
  const std::string_view header = call.header("x-amz-acl");
  if (header.empty() && acl.grants.empty()) return acl;
  if (bucket.acls_off()) {
    if (header != "bucket-owner-full-control") return refuse("AccessControlListNotSupported");
    acl.canned = header;
    return acl;
  }
  if (!header.empty() && !acl.grants.empty()) {
    return refuse("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if (!header.empty()) acl.canned = header;
  if (std::find(canned.begin(), canned.end(), acl.canned) == canned.end()) {
    return refuse("InvalidArgument");
  }
  const auto allowed = authorize(world, call, bucket, "s3:PutObjectAcl", call.key);
  if (!allowed) return refuse(allowed.error());
  if (bucket.public_access_block.acls && is_public(acl)) {
    return refuse("AccessDenied", "public ACLs are blocked by the BlockPublicAcls setting");
  }
  return acl;
}

Outcome get_bucket_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:GetBucketAcl");
  if (!allowed) return refuse(allowed.error());
  const auto kept = (*bucket)->configuration.find("acl");
  if (kept != (*bucket)->configuration.end() && !(*bucket)->acls_off())
    return xml_reply(kept->second);
  AclXml xml(world, (*bucket)->owner);
  xml.grant((*bucket)->owner);
  return xml_reply(xml.finish());
}

Outcome put_bucket_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed =
      all_permitted({authorize(world, call, **bucket, "s3:PutBucketAcl"), acls_on(**bucket)});
  if (!allowed) return refuse(allowed.error());
  if (call.body.empty()) return net::ServerReply();  // a canned one, or headers
  const auto whole = all_permitted(
      {require_checked_body(world, call), check_acl_document(world, **bucket, call.body)});
  if (!whole) return refuse(whole.error());
  (*bucket)->configuration["acl"] = call.body;
  return net::ServerReply();
}

Outcome get_object_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const auto version = find_version(world, call, **bucket, call.key, id,
                                    id.empty() ? "s3:GetObjectAcl" : "s3:GetObjectVersionAcl");
  if (!version) return refuse(version.error());
  const Attributes& attributes = *(*version)->attributes;
  const std::string& owner = owner_of(**bucket, **version);
  AclXml xml(world, owner);
  if (attributes.grants.empty() || (*bucket)->acls_off()) xml.grant(owner);
  if (attributes.acl == "bucket-owner-full-control" && owner != (*bucket)->owner) {
    xml.grant((*bucket)->owner);
  }
  if (!(*bucket)->acls_off()) {
    for (const auto& [permission, grantee] : canned_grants(attributes.acl))
      xml.grant(permission, grantee);
    for (const auto& [permission, grantee] : attributes.grants)
      xml.grant(permission, grantee);
  }
  return xml_reply(xml.finish());
}

Outcome put_object_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const auto found = find_version(world, call, **bucket, call.key, id,
                                  id.empty() ? "s3:PutObjectAcl" : "s3:PutObjectVersionAcl");
  if (!found) return refuse(found.error());
  const auto acl = requested_acl(world, call, **bucket);
  if (!acl) return refuse(acl.error());
  if (call.header("x-amz-acl").empty() && acl->grants.empty()) {
    const auto on = acls_on(**bucket);
    return on ? refuse("NotImplemented", "The simulator knows ACLs by headers alone")
              : refuse(on.error());
  }
  Version* version = (*bucket)->version(call.key, (*found)->id);
  Attributes attributes = *version->attributes;
  attributes.acl = acl->canned;
  attributes.grants = acl->grants;
  version->attributes = world.share(std::move(attributes));
  return net::ServerReply();
}

}  // namespace s3m::sim
