#include "workflow/deny_statements.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace s3m::workflow {
namespace {

using Strings = std::vector<std::string>;

// Patterns, so that what S3 will learn is covered: PutObject* are PutObject (copies and parts too),
// its Acl, Tagging, Retention, LegalHold, Annotation, and those of versions; DeleteObject*
// likewise.
Strings object_actions(const DenyTerms& terms, ActionSet set) {
  Strings actions{"s3:PutObject*", "s3:DeleteObject*", "s3:RestoreObject",
                  "s3:AbortMultipartUpload"};
  if (set == ActionSet::full) {
    actions.emplace_back("s3:UpdateObject*");  // UpdateObjectEncryption
    actions.emplace_back("s3:Replicate*");     // from another bucket into this one
  }
  if (terms.kind == DenyKind::closed && terms.reads) {
    actions.emplace_back("s3:GetObject*");
    actions.emplace_back("s3:ListMultipartUploadParts");
  }
  return actions;
}

// What would change objects by itself, or take the bucket away.
Strings bucket_actions(const DenyTerms& terms) {
  Strings actions{"s3:PutBucketVersioning", "s3:PutLifecycleConfiguration",
                  "s3:PutReplicationConfiguration", "s3:DeleteBucket"};
  if (terms.kind == DenyKind::closed && terms.reads) actions.emplace_back("s3:ListBucket*");
  return actions;
}

// A session by its own ARN; what is no session by the only name it has.
const std::string& arn_of(const Principal& principal) {
  return principal.session_arn.empty() ? principal.arn : principal.session_arn;
}

bool can_name(DenyDialect dialect, const DenyTerms& terms) {
  return !terms.spared.empty() &&
         std::ranges::none_of(terms.spared, [dialect](const Principal& one) {
           return (dialect == DenyDialect::user_id ? one.user_id : arn_of(one)).empty();
         });
}

PolicyStatement sparing(const DenyTerms& terms, DenyDialect dialect) {
  PolicyStatement statement;
  statement.effect = PolicyStatement::Effect::deny;
  statement.principals = {"*"};
  for (const auto& one : terms.spared) {
    if (dialect == DenyDialect::user_id) {
      statement.spared_user_ids.push_back(one.user_id);
    } else {
      statement.not_principals.push_back(arn_of(one));
    }
  }
  return statement;
}

// What stands in the document beside these, should they stand there already.
Result<std::optional<std::string>> without_these(std::optional<std::string> document,
                                                 const std::vector<PolicyStatement>& statements) {
  for (const auto& statement : statements) {
    if (!document) break;
    auto removal = without_statements(*document, statement.sid, std::nullopt);
    if (!removal) return forward(removal);
    if (removal->action == PolicyRemoval::Action::remove_policy) document.reset();
    if (removal->action == PolicyRemoval::Action::put) document = std::move(removal->document);
  }
  return document;
}

}  // namespace

std::string_view name(DenyKind kind) noexcept {
  constexpr std::array names = std::to_array<std::string_view>({"freeze", "closed", "protect"});
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view name(DenyDialect dialect) noexcept {
  return dialect == DenyDialect::user_id ? "user-id" : "not-principal";
}

std::string deny_sid(DenyKind kind, std::string_view job) {
  constexpr std::array prefixes{freeze_sid_prefix, closed_sid_prefix, protect_sid_prefix};
  return own_sid(prefixes.at(static_cast<std::size_t>(kind)), job);
}

std::vector<DenyDialect> deny_dialects_for(const DenyTerms& terms, bool aws) {
  std::vector<DenyDialect> dialects;
  if (can_name(DenyDialect::user_id, terms)) dialects.push_back(DenyDialect::user_id);
  if (!aws && can_name(DenyDialect::not_principal, terms)) {
    dialects.push_back(DenyDialect::not_principal);
  }
  return dialects;
}

std::vector<PolicyStatement> deny_statements(const DenyTerms& terms, std::string_view job,
                                             DenyDialect dialect, ActionSet actions) {
  const auto sid = deny_sid(terms.kind, job);
  const std::string partition = terms.spared.empty() ? "aws" : terms.spared.front().partition;
  const auto bucket = fmt::format("arn:{}:s3:::{}", partition, terms.bucket);
  auto objects = sparing(terms, dialect);
  auto whole = objects;
  objects.sid = sid + "Objects";
  objects.actions = object_actions(terms, actions);
  objects.resources = {bucket + "/*"};
  whole.sid = sid + "Bucket";
  whole.actions = bucket_actions(terms);
  whole.resources = {bucket};
  return {std::move(objects), std::move(whole)};
}

Result<void> check_room(const std::optional<std::string>& document, const DenyTerms& terms,
                        std::string_view job, const std::vector<PolicyStatement>& others) {
  for (const auto dialect : {DenyDialect::user_id, DenyDialect::not_principal}) {
    auto all = deny_statements(terms, job, dialect, ActionSet::full);
    all.insert(all.end(), others.begin(), others.end());
    auto rest = without_these(document, all);
    if (!rest) return forward(rest);
    // No Sid begins with this one: nothing is replaced.
    const auto fits = with_statements(*rest, all, "/");
    if (!fits) return fail(fits.error().clone());
  }
  return ok;
}

}  // namespace s3m::workflow
