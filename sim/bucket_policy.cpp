#include "sim/bucket_policy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sim/access.hpp"
#include "sim/faults.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

std::unexpected<ApiError> malformed(std::string message) {
  return refuse("MalformedPolicy", std::move(message));
}

bool is_account_id(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The account of "arn:aws:iam::123456789012:root".
std::string_view account_of(std::string_view arn) {
  for (int colon = 0; colon < 4; ++colon) {
    const std::size_t at = arn.find(':');
    if (at == std::string_view::npos) return {};
    arn.remove_prefix(at + 1);
  }
  return arn.substr(0, arn.find(':'));
}

// The role behind "arn:aws:sts::1:assumed-role/name/session".
std::string role_of_session(std::string_view arn) {
  constexpr std::string_view kind = ":assumed-role/";
  const std::size_t at = arn.find(kind);
  const std::string_view rest = arn.substr(at + kind.size());
  const std::string_view head = arn.substr(0, arn.find(":sts::"));
  return std::string(head) + ":iam::" + std::string(account_of(arn)) + ":role/" +
         std::string(rest.substr(0, rest.find('/')));
}

// Fills the unique id. False for a principal that does not exist.
bool resolve(const World& world, PrincipalName& principal) {
  if (principal.kind != PrincipalName::Kind::aws) return true;
  const std::string& text = principal.text;
  if (is_account_id(text)) return world.directory.account(text) != nullptr;
  if (!text.starts_with("arn:") || text.find('*') != std::string::npos) return false;
  if (text.ends_with(":root")) return world.directory.account(account_of(text)) != nullptr;
  if (text.find(":assumed-role/") != std::string::npos) {
    return world.directory.role(role_of_session(text)) != nullptr;
  }
  principal.id = world.directory.id_of(text);
  return !principal.id.empty();
}

// Whether an action is on objects. Most say so by their name; these do not (Service authorization
// reference, "Actions defined by Amazon S3", resource type object).
bool is_of_object(const std::string& action) {
  constexpr std::array<std::string_view, 5> others{
      "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:BypassGovernanceRetention",
      "s3:ReplicateDelete", "s3:ReplicateTags"};
  const auto is_same = [&](std::string_view other) {
    return glob_match_ignoring_case(other, action);
  };
  return (glob_match_ignoring_case("s3:*Object*", action) &&
          !glob_match_ignoring_case("s3:*Bucket*", action)) ||
         std::any_of(others.begin(), others.end(), is_same);
}

// Actions that name no object, where all resources are objects, and the other way round.
bool fits(const Statement& statement, const std::string& bucket) {
  const auto on_bucket = [&](const std::string& resource) {
    return glob_match(resource, bucket) || resource == "*";
  };
  const bool any_object = std::any_of(
      statement.resources.begin(), statement.resources.end(), [&](const std::string& resource) {
        return resource.find('/') != std::string::npos || resource.ends_with('*');
      });
  const bool any_bucket =
      std::any_of(statement.resources.begin(), statement.resources.end(), on_bucket);
  return std::all_of(statement.actions.begin(), statement.actions.end(),
                     [&](const std::string& action) {
                       if (action.find('*') != std::string::npos) return true;
                       return is_of_object(action) ? any_object : any_bucket;
                     });
}

Permit check_statement(const World& world, const std::string& arn, Statement& statement) {
  if (!statement.has_principal) return malformed("Missing required field Principal");
  if (!statement.has_resource) return malformed("Missing required field Resource");
  for (auto& principal : statement.principals) {
    if (!resolve(world, principal)) return malformed("Invalid principal in policy");
  }
  for (const std::string& resource : statement.resources) {
    const bool ours = resource == "*" || resource == arn || resource.starts_with(arn + "/") ||
                      resource == arn + "*";
    if (!ours) return malformed("Policy has invalid resource");
  }
  for (const std::string& action : statement.actions) {
    if (action != "*" && !glob_match_ignoring_case("s3:*", action)) {
      return malformed("Policy has invalid action");
    }
  }
  if (!statement.not_action && !statement.not_resource && !fits(statement, arn)) {
    return malformed("Action does not apply to any resource(s) in statement");
  }
  return {};
}

// The policy's sub-resource is for callers of the owner's account alone, whatever they may do.
std::expected<Bucket*, ApiError> policy_owner(World& world, const Call& call,
                                              std::string_view action) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return bucket;
  const bool root_at_home =
      call.principal->kind == PrincipalKind::root && call.principal->account == (*bucket)->owner;
  if (root_at_home) return bucket;  // a Deny never locks the account itself out
  if (const auto allowed = authorize(world, call, **bucket, action); !allowed) {
    return refuse(allowed.error());
  }
  if (call.principal->account != (*bucket)->owner) return refuse("MethodNotAllowed");
  return bucket;
}

void replace(World& world, Bucket& bucket, std::shared_ptr<const StoredPolicy> policy,
             WallTime now) {
  BucketPolicy& slot = bucket.policy;
  if (now >= slot.in_force_from) slot.in_force_before = slot.stored;
  slot.stored = std::move(policy);
  slot.in_force_from = now + world.switches.policy_effective_after;
}

}  // namespace

std::expected<std::shared_ptr<const StoredPolicy>, ApiError> check_bucket_policy(
    const World& world, std::string_view bucket, std::string_view json) {
  if (json.size() > most_policy_bytes) {
    return refuse("PolicyTooLarge", "Policy exceeds the maximum allowed document size.");
  }
  auto document = parse_policy(json);
  if (!document) return malformed(document.error());
  const std::string arn = bucket_arn(world, bucket);
  for (auto& statement : document->statements) {
    const auto valid = check_statement(world, arn, statement);
    if (!valid) return refuse(valid.error());
  }
  auto stored = std::make_shared<StoredPolicy>();
  stored->text = json;
  stored->document = std::move(*document);
  return stored;
}

std::string shown_policy(const World& world, const StoredPolicy& policy) {
  std::string text = policy.text;
  for (const auto& statement : policy.document.statements) {
    for (const auto& principal : statement.principals) {
      if (principal.id.empty() || world.directory.id_of(principal.text) == principal.id) continue;
      const std::string quoted = "\"" + principal.text + "\"";
      for (std::size_t at = 0; (at = text.find(quoted, at)) != std::string::npos;) {
        text.replace(at, quoted.size(), "\"" + principal.id + "\"");
      }
    }
  }
  return text;
}

Outcome get_bucket_policy(World& world, Call& call) {
  const auto bucket = policy_owner(world, call, "s3:GetBucketPolicy");
  if (!bucket) return refuse(bucket.error());
  const auto& policy = (*bucket)->policy.stored;
  if (!policy) return refuse(api_error("NoSuchBucketPolicy").with("BucketName", call.bucket));
  net::ServerReply reply;
  reply.body = shown_policy(world, *policy);
  add_header(reply, "Content-Type", "application/json");
  return reply;
}

Outcome get_bucket_policy_status(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:GetBucketPolicyStatus");
  if (!allowed) return refuse(allowed.error());
  const auto& policy = (*bucket)->policy.stored;
  if (!policy) return refuse(api_error("NoSuchBucketPolicy").with("BucketName", call.bucket));
  XmlWriter xml("PolicyStatus");
  xml.leaf("IsPublic", is_public(policy->document) ? "TRUE" : "FALSE");
  return xml_reply(xml.finish());
}

Outcome put_bucket_policy(World& world, Call& call) {
  const auto bucket = policy_owner(world, call, "s3:PutBucketPolicy");
  if (!bucket) return refuse(bucket.error());
  auto policy = check_bucket_policy(world, call.bucket, call.body);
  if (!policy) return refuse(policy.error());
  if ((*bucket)->public_access_block.policy && is_public((*policy)->document)) {
    return refuse("AccessDenied",
                  "User: " + call.principal->arn +
                      " is not authorized to perform: s3:PutBucketPolicy because public policies "
                      "are prevented by the BlockPublicPolicy setting in S3 Block Public Access.");
  }
  replace(world, **bucket, std::move(*policy), call.true_now);
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

Outcome delete_bucket_policy(World& world, Call& call) {
  const auto bucket = policy_owner(world, call, "s3:DeleteBucketPolicy");
  if (!bucket) return refuse(bucket.error());
  replace(world, **bucket, nullptr, call.true_now);
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

}  // namespace s3m::sim
