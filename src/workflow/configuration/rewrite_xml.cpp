// The documents of a bucket's configuration that name accounts, regions, buckets or keys.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/text.hpp"
#include "workflow/configuration/rewriter.hpp"

namespace s3m::workflow {
namespace {

using aws::XmlElement;

// Calls `use(element, path)` for each element under `root`; the path is without the root.
void each_element(XmlElement& root, const std::string& path,
                  const std::function<void(XmlElement&, const std::string&)>& use) {
  for (auto& child : root.children) {
    const auto name = std::string(aws::local_name(child.name));
    const auto place = path.empty() ? name : path + " " + name;
    use(child, place);
    each_element(child, place, use);
  }
}

// Whether `name` is the last step of a path.
bool ends_in(std::string_view path, std::string_view name) noexcept {
  return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == ' ');
}

// Keys under the names they have in encryption, replication and inventory. Gives false, having said
// so, when one has no counterpart.
bool map_kms_keys(Rewriter& rewriter, XmlElement& root) {
  bool all = true;
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    const bool is_key = ends_in(path, "ReplicaKmsKeyID") || ends_in(path, "SSE-KMS KeyId");
    if (!is_key) return;
    auto mapped = map_kms_key(rewriter.map(), element.text);
    if (!mapped)
      rewriter.not_carried(
          fmt::format("the KMS key {} has no counterpart; name one with "
                      "--kms-key-map {}=ARN and resume, or set it up by hand",
                      printable(element.text), printable(element.text)));
    all = all && mapped.has_value();
    if (mapped) rewriter.change(path, element.text, *std::move(mapped));
  });
  return all;
}

// The bucket of a destination element and the account that owns it. Another bucket stays where it
// is, and so does its owner.
void map_target(Rewriter& rewriter, XmlElement& target, const std::string& path,
                std::string_view account_name) {
  auto* bucket = target.child("Bucket");
  if (bucket == nullptr) return;
  const bool own = is_source_bucket(rewriter.map(), bucket->text);
  auto* account = target.child(account_name);
  if (account != nullptr) {
    const auto given = map_by_pairs(rewriter.map(), account->text);
    auto mapped = given ? *given : own ? map_value(rewriter.map(), account->text) : account->text;
    rewriter.change(path + " " + std::string(account_name), account->text, std::move(mapped));
  }
  const auto before = bucket->text;
  rewriter.change(path + " Bucket", bucket->text, map_bucket(rewriter.map(), bucket->text));
  if (!own && before == bucket->text && rewriter.map().moves_account())
    rewriter.note(
        fmt::format("goes on to {}; the policy of that bucket must allow it for the new "
                    "account and role",
                    printable(bucket->text)));
}

Result<bool> rewrite_encryption(Rewriter& rewriter, XmlElement& root) {
  std::optional<std::string> unmapped;
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    if (!ends_in(path, "KMSMasterKeyID")) return;
    auto mapped = map_kms_key(rewriter.map(), element.text);
    if (!mapped) unmapped = element.text;
    if (mapped) rewriter.change(path, element.text, *std::move(mapped));
  });
  if (!unmapped) return true;
  return fail(Errc::refused,
              fmt::format("objects of the bucket are encrypted by default with the KMS key {}, "
                          "which does not come along; say which key takes its place: "
                          "--kms-key-map {}=ARN",
                          printable(*unmapped), printable(*unmapped)));
}

// A region of its own has an ARN; notifications must go to the bucket's.
bool is_elsewhere(const RewriteMap& map, std::string_view arn) {
  const auto parsed = aws::parse_arn(arn);
  return parsed && !parsed->region.empty() && !map.destination.region.empty() &&
         parsed->region != map.destination.region;
}

Result<bool> rewrite_notification(Rewriter& rewriter, XmlElement& root) {
  constexpr std::array<std::string_view, 3> targets{"Topic", "Queue", "CloudFunction"};
  const auto& map = rewriter.map();
  std::erase_if(root.children, [&](XmlElement& entry) {
    for (const auto kind : targets) {
      auto* target = entry.child(kind);
      if (target == nullptr) continue;
      const auto before = target->text;
      rewriter.change(std::string(aws::local_name(entry.name)) + " " + std::string(kind),
                      target->text, map_value(map, target->text));
      if (is_elsewhere(map, target->text)) {
        rewriter.not_carried(
            fmt::format("the target {} is not in the bucket's new region {}; "
                        "give it another with --map FROM=TO",
                        printable(target->text), map.destination.region));
        return true;
      }
      if (before != target->text)
        rewriter.note(
            fmt::format("{} must be there, and let S3 send to it", printable(target->text)));
    }
    return false;
  });
  if (root.child("EventBridgeConfiguration") != nullptr && map.moves_account())
    rewriter.note("events go to EventBridge of the new account; its rules are not carried");
  return !root.children.empty();
}

Result<bool> rewrite_replication(Rewriter& rewriter, XmlElement& root) {
  if (auto* role = root.child("Role")) {
    const auto before = role->text;
    rewriter.change("Role", role->text, map_value(rewriter.map(), role->text));
    if (before != role->text)
      rewriter.note(
          fmt::format("the role {} must be there, and may replicate", printable(role->text)));
  }
  for (auto& rule : root.children) {
    if (auto* target = rule.child("Destination"))
      map_target(rewriter, *target, "Rule Destination", "Account");
  }
  return map_kms_keys(rewriter, root);
}

// Access logs go to a bucket of the same account and region.
Result<bool> rewrite_logging(Rewriter& rewriter, XmlElement& root) {
  auto* enabled = root.child("LoggingEnabled");
  auto* target = enabled == nullptr ? nullptr : enabled->child("TargetBucket");
  if (target == nullptr) return true;
  const auto& map = rewriter.map();
  const auto before = target->text;
  const bool known = map_by_pairs(map, before) || is_source_bucket(map, before);
  if (!known && (map.moves_account() || map.moves_region())) {
    rewriter.not_carried(
        fmt::format("access logs went to {}, which stays in the old account or "
                    "region; name another bucket with --map {}=BUCKET",
                    printable(before), printable(before)));
    return false;
  }
  rewriter.change("LoggingEnabled TargetBucket", target->text, map_bucket(map, before));
  each_element(*enabled, "LoggingEnabled", [&](XmlElement& element, const std::string& path) {
    const bool own = !map.source.canonical_id.empty() && element.text == map.source.canonical_id;
    if (ends_in(path, "Grantee ID") && own && !map.destination.canonical_id.empty())
      rewriter.change(path, element.text, map.destination.canonical_id);
  });
  return true;
}

// Names of accounts are for reading only, and would contradict the new ids.
void without_display_names(XmlElement& element) {
  std::erase_if(element.children, [](const XmlElement& child) {
    return aws::local_name(child.name) == "DisplayName";
  });
  for (auto& child : element.children)
    without_display_names(child);
}

Result<bool> rewrite_acl(Rewriter& rewriter, XmlElement& root) {
  const auto& map = rewriter.map();
  const auto* owner = root.child("Owner");
  const std::string old_owner(owner == nullptr ? "" : owner->text_of("ID"));
  if (!map.moves_account()) return true;
  if (map.destination.canonical_id.empty()) {
    rewriter.not_carried("the canonical id of the new account is not known");
    return false;
  }
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    if (!ends_in(path, "Owner ID") && !ends_in(path, "Grantee ID")) return;
    if (element.text == old_owner)
      rewriter.change(path, element.text, map.destination.canonical_id);
  });
  without_display_names(root);
  return true;
}

Result<bool> rewrite_export(Rewriter& rewriter, XmlElement& root) {
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    if (!ends_in(path, "S3BucketDestination")) return;
    map_target(rewriter, element, path,
               rewriter.query() == "inventory" ? "AccountId" : "BucketAccountId");
  });
  return map_kms_keys(rewriter, root);
}

Result<bool> rewrite_metrics(Rewriter& rewriter, XmlElement& root) {
  std::string lost;
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    if (!ends_in(path, "AccessPointArn")) return;
    const auto given = map_by_pairs(rewriter.map(), element.text);
    if (given) rewriter.change(path, element.text, *given);
    if (!given) lost = element.text;
  });
  if (lost.empty()) return true;
  rewriter.not_carried(
      fmt::format("it looks at the access point {}, and access points are not "
                  "carried; make one and name it with --map FROM=TO",
                  printable(lost)));
  return false;
}

Result<bool> rewrite_hosts(Rewriter& rewriter, XmlElement& root) {
  each_element(root, {}, [&](XmlElement& element, const std::string& path) {
    if (ends_in(path, "HostName"))
      rewriter.change(path, element.text, map_host(rewriter.map(), element.text));
    if (!ends_in(path, "AllowedOrigin")) return;
    const auto scheme = element.text.find("://");
    const auto start = scheme == std::string::npos ? 0 : scheme + 3;
    rewriter.change(
        path, element.text,
        element.text.substr(0, start) + map_host(rewriter.map(), element.text.substr(start)));
  });
  return true;
}

// System tags are the service's, and marks of ours belong to one job.
Result<bool> rewrite_tags(Rewriter& rewriter, XmlElement& root) {
  constexpr std::size_t most = 50;
  auto* set = root.child("TagSet");
  if (set == nullptr) return false;
  std::erase_if(set->children, [&](const XmlElement& tag) {
    const auto name = tag.text_of("Key");
    if (name.starts_with("aws:"))
      rewriter.not_carried(
          fmt::format("the tag {} is of AWS, which alone may set it", printable(name)));
    return name.starts_with("aws:") || name.starts_with(marker_tags);
  });
  if (set->children.size() >= most)
    return fail(Errc::refused,
                fmt::format("the bucket has {} tags, and the job needs room for one of its own "
                            "(S3 allows {}); remove one",
                            set->children.size(), most));
  return !set->children.empty();
}

Result<bool> rewrite_versioning(Rewriter& rewriter, XmlElement& root) {
  std::erase_if(root.children, [&](const XmlElement& child) {
    const bool mfa = aws::local_name(child.name) == "MfaDelete";
    if (mfa && child.text == "Enabled")
      rewriter.not_carried("MFA delete can only be set by the root user of the account, by hand");
    return mfa;
  });
  return !root.children.empty();
}

Result<bool> rewrite_metadata_tables(Rewriter& rewriter, XmlElement&) {
  rewriter.not_carried("metadata tables belong to an account and region; make them again there");
  return false;
}

struct Rule {
  std::string_view query;
  Result<bool> (*rewrite)(Rewriter&, XmlElement&);
};
constexpr auto rules = std::to_array<Rule>({
    {"encryption", rewrite_encryption},
    {"notification", rewrite_notification},
    {"replication", rewrite_replication},
    {"logging", rewrite_logging},
    {"acl", rewrite_acl},
    {"inventory", rewrite_export},
    {"analytics", rewrite_export},
    {"metrics", rewrite_metrics},
    {"website", rewrite_hosts},
    {"cors", rewrite_hosts},
    {"tagging", rewrite_tags},
    {"versioning", rewrite_versioning},
    {"metadataConfiguration", rewrite_metadata_tables},
    {"metadataTable", rewrite_metadata_tables},
});

}  // namespace

Result<bool> rewrite_xml(Rewriter& rewriter, XmlElement& root) {
  const auto* const found = std::ranges::find(rules, rewriter.query(), &Rule::query);
  return found == rules.end() ? Result<bool>(true) : found->rewrite(rewriter, root);
}

}  // namespace s3m::workflow
