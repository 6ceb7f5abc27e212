#include "workflow/grant_statements.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "aws/arn.hpp"

namespace s3m::workflow {
namespace {

using Strings = std::vector<std::string>;

Strings without_new_actions(Strings actions) {
  static constexpr std::array newer{"s3:PutObjectAnnotation", "s3:GetObjectAnnotation",
                                    "s3:GetObjectAttributes"};
  std::erase_if(actions, [](const std::string& action) {
    return std::ranges::find(newer, action) != newer.end();
  });
  return actions;
}

// GetObject because a write with If-Match reads; the rights to ACLs and locks only where copies
// carry them.
Strings write_actions(const GrantTerms& terms) {
  Strings actions{"s3:PutObject",
                  "s3:GetObject",
                  "s3:PutObjectTagging",
                  "s3:PutObjectAnnotation",
                  "s3:AbortMultipartUpload",
                  "s3:ListMultipartUploadParts"};
  if (terms.with_acl) actions.emplace_back("s3:PutObjectAcl");
  if (terms.with_lock) {
    actions.emplace_back("s3:PutObjectRetention");
    actions.emplace_back("s3:PutObjectLegalHold");
  }
  return actions;
}

Strings read_actions() {
  return {"s3:GetObject",           "s3:GetObjectVersion",
          "s3:GetObjectTagging",    "s3:GetObjectVersionTagging",
          "s3:GetObjectAnnotation", "s3:GetObjectAttributes"};
}

Strings list_actions() {
  return {"s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"};
}

// A role's own ARN is what aws:PrincipalArn holds for its sessions. A session's ARN lacks the
// role's path, so a role known only by its session is named with any path.
Strings principal_arns(const Principal& principal) {
  if (!principal.arn.empty()) return {principal.arn};
  const auto session = aws::parse_role_session_arn(principal.session_arn);
  if (!session) return {};
  const auto role = fmt::format("arn:{}:iam::{}:role/", session->partition, session->account);
  return {role + session->role, role + "*/" + session->role};
}

PolicyStatement statement_for(const Principal& principal, Dialect dialect) {
  PolicyStatement statement;
  if (dialect == Dialect::user_arn) {
    statement.principals = {principal.user_arn()};
  } else if (dialect == Dialect::account_and_arn) {
    statement.principals = {
        fmt::format("arn:{}:iam::{}:root", principal.partition, principal.account)};
    statement.principal_arns = principal_arns(principal);
  } else {
    if (!principal.arn.empty()) statement.principals.push_back(principal.arn);
    if (!principal.session_arn.empty()) statement.principals.push_back(principal.session_arn);
  }
  return statement;
}

}  // namespace

std::string_view name(GrantMode mode) noexcept {
  constexpr std::array names =
      std::to_array<std::string_view>({"destination-policy", "source-policy", "none"});
  return names.at(static_cast<std::size_t>(mode));
}

std::string_view name(Dialect dialect) noexcept {
  constexpr std::array names =
      std::to_array<std::string_view>({"account-and-arn", "arns", "user-arn"});
  return names.at(static_cast<std::size_t>(dialect));
}

// Of radosgw's users with a tenant the id is TENANT$NAME, and the tenant has the account's place.
std::string Principal::user_arn() const {
  const auto end = owner_id.find('$');
  const bool tenant = end != std::string::npos;
  return fmt::format("arn:{}:iam::{}:user/{}", partition, tenant ? owner_id.substr(0, end) : "",
                     tenant ? owner_id.substr(end + 1) : owner_id);
}

Strings Principal::names() const {
  Strings all;
  for (const auto& one : {account, arn, session_arn}) {
    if (!one.empty()) all.push_back(one);
  }
  if (is_plain_user()) {
    all.push_back(user_arn());
  } else if (!account.empty()) {
    all.push_back(fmt::format("arn:{}:iam::{}:root", partition, account));
  }
  return all;
}

std::vector<Dialect> dialects_for(const Principal& principal, bool aws) {
  std::vector<Dialect> dialects;
  const bool named = !principal.arn.empty() || !principal.session_arn.empty();
  if (!principal.account.empty() && named) dialects.push_back(Dialect::account_and_arn);
  if (named && (!aws || dialects.empty())) dialects.push_back(Dialect::arns);
  if (!aws && principal.is_plain_user()) dialects.push_back(Dialect::user_arn);
  return dialects;
}

std::vector<PolicyStatement> grant_statements(const GrantTerms& terms, const Principal& principal,
                                              Dialect dialect, ActionSet actions) {
  const auto bucket = fmt::format("arn:{}:s3:::{}", principal.partition, terms.bucket);
  const auto make = [&](std::string sid, Strings allowed, std::string resource) {
    auto statement = statement_for(principal, dialect);
    statement.sid = std::move(sid);
    statement.actions =
        actions == ActionSet::full ? std::move(allowed) : without_new_actions(std::move(allowed));
    statement.resources = {std::move(resource)};
    return statement;
  };
  switch (terms.mode) {
    case GrantMode::destination_policy:
      return {make(terms.sid, write_actions(terms), bucket + "/*")};
    case GrantMode::source_policy:
      return {make(terms.sid + "Bucket", list_actions(), bucket),
              make(terms.sid + "Objects", read_actions(), bucket + "/*")};
    case GrantMode::none:
      break;
  }
  return {};
}

PolicyUse use_of(const GrantTerms& terms, const Principal& principal, bool tls) {
  PolicyUse use{.principals = principal.names(), .tls = tls, .user_id = principal.user_id};
  for (const auto& statement :
       grant_statements(terms, principal, Dialect::arns, ActionSet::basic)) {
    use.actions.insert(use.actions.end(), statement.actions.begin(), statement.actions.end());
    use.resources.insert(use.resources.end(), statement.resources.begin(),
                         statement.resources.end());
  }
  return use;
}

}  // namespace s3m::workflow
