// grant_statements.hpp: what a grant says: to whom, in which words, and for which actions.
//
// Layer   workflow; pure.
// Source  guards "Who signs what"; aws-s3 facts 2.19; radosgw's principals as measured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/bucket_policy.hpp"

namespace s3m::workflow {

enum class GrantMode : std::uint8_t {
  destination_policy,  // the source role may write into the destination; it copies
  source_policy,       // the destination role may read the source; it copies
  none,                // access is there already; the source role copies
};
std::string_view name(GrantMode mode) noexcept;  // "destination-policy", as on the command line

// Who gets the grant, by all the names a service may know it by.
struct Principal {
  // 12 digits. Where a service has users for accounts (radosgw, versitygw) a user's own id; empty
  // where it is not known.
  std::string account;
  std::string arn;          // of the role or user; empty when unknown
  std::string session_arn;  // arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION; empty for a user
  std::string partition = "aws";
  std::string user_id;  // aws:userid: ROLE-ID:SESSION, or a user's own id; empty when unknown
  // Who owns the buckets that this one makes, as a service that has no accounts names it: the user,
  // or the user who assumed the role. Empty on AWS, and when unknown.
  std::string owner_id;

  // A user where users are accounts: known by its id alone.
  bool is_plain_user() const noexcept {
    return arn.empty() && session_arn.empty() && !owner_id.empty();
  }
  std::string user_arn() const;  // of a plain user
  bool known() const noexcept { return !account.empty() || !arn.empty() || !session_arn.empty(); }
  // Every name, for looking through Deny statements.
  std::vector<std::string> names() const;
};

// How the statement names its principal.
enum class Dialect : std::uint8_t {
  // The account, narrowed by aws:PrincipalArn: IAM checks no existence, so the statement survives
  // a role that is made anew (guard G21).
  account_and_arn,
  // The role's and the session's ARNs, for servers where account ids or aws:PrincipalArn never
  // match (radosgw).
  arns,
  // A user of a service without accounts by the ARN that radosgw gives it: arn:aws:iam:::user/ID.
  user_arn,
};
std::string_view name(Dialect dialect) noexcept;

// Those that can name this principal, in the order to try. On AWS the first alone: it always works
// there, and a wait is a wait for the policy to take effect.
std::vector<Dialect> dialects_for(const Principal& principal, bool aws);

enum class ActionSet : std::uint8_t {
  full,   // as AWS knows them
  basic,  // without those of newer services, for servers that reject a policy with unknown actions
};

struct GrantTerms {
  GrantMode mode = GrantMode::destination_policy;
  std::string bucket;
  std::string sid;
  bool with_acl = false;   // the copies carry an ACL
  bool with_lock = false;  // the copies carry retentions and legal holds
};

// The statements; none for GrantMode::none.
std::vector<PolicyStatement> grant_statements(const GrantTerms& terms, const Principal& principal,
                                              Dialect dialect, ActionSet actions);

// What the holder of the grant will do, for denies_that_bite().
PolicyUse use_of(const GrantTerms& terms, const Principal& principal, bool tls);

}  // namespace s3m::workflow
