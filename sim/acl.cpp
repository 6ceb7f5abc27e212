#include "sim/acl.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "sim/access.hpp"
#include "sim/object_read.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::array<std::string_view, 7> canned{"private",           "public-read",
                                                 "public-read-write", "authenticated-read",
                                                 "bucket-owner-read", "bucket-owner-full-control",
                                                 "aws-exec-read"};

bool has_grants(const Call& call) {
  bool found = false;
  call.http.headers.for_each([&](std::string_view name, std::string_view) {
    found |= name.size() > 12 && lower(name.substr(0, 12)) == "x-amz-grant-";
  });
  return found;
}

class AclXml {
 public:
  AclXml(const World& world, const std::string& owner) : world_(world) {
    xml_.open("Owner").leaf("ID", canonical(owner)).close();
    xml_.open("AccessControlList");
    grant(owner);
  }
  void grant(const std::string& account) {
    xml_.open("Grant");
    xml_.raw(
        "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:type=\"CanonicalUser\">");
    xml_.leaf("ID", canonical(account)).raw("</Grantee>");
    xml_.leaf("Permission", "FULL_CONTROL").close();
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

}  // namespace

std::expected<std::string, ApiError> requested_acl(const World& world, const Call& call,
                                                   const Bucket& bucket) {
  const std::string_view header = call.header("x-amz-acl");
  if (header.empty() && !has_grants(call)) return "private";
  if (bucket.acls_off()) {
    if (header == "bucket-owner-full-control") return std::string(header);
    return refuse("AccessControlListNotSupported");
  }
  if (header.empty()) return refuse("NotImplemented", "The simulator knows canned ACLs alone");
  if (std::find(canned.begin(), canned.end(), header) == canned.end()) {
    return refuse("InvalidArgument");
  }
  const auto allowed = authorize(world, call, bucket, "s3:PutObjectAcl", call.key);
  if (!allowed) return refuse(allowed.error());
  return std::string(header);
}

Outcome get_bucket_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:GetBucketAcl");
  if (!allowed) return refuse(allowed.error());
  return xml_reply(AclXml(world, (*bucket)->owner).finish());
}

Outcome put_bucket_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed =
      all_permitted({authorize(world, call, **bucket, "s3:PutBucketAcl"), acls_on(**bucket)});
  if (!allowed) return refuse(allowed.error());
  return net::ServerReply();
}

Outcome get_object_acl(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const auto version = find_version(world, call, **bucket, call.key, id,
                                    id.empty() ? "s3:GetObjectAcl" : "s3:GetObjectVersionAcl");
  if (!version) return refuse(version.error());
  AclXml xml(world, owner_of(**bucket, **version));
  if ((*version)->attributes->acl == "bucket-owner-full-control" &&
      owner_of(**bucket, **version) != (*bucket)->owner) {
    xml.grant((*bucket)->owner);
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
  if (call.header("x-amz-acl").empty()) {
    const auto on = acls_on(**bucket);
    return on ? refuse("NotImplemented", "The simulator knows canned ACLs alone")
              : refuse(on.error());
  }
  Version* version = (*bucket)->version(call.key, (*found)->id);
  Attributes attributes = *version->attributes;
  attributes.acl = *acl;
  version->attributes = world.share(std::move(attributes));
  return net::ServerReply();
}

}  // namespace s3m::sim
