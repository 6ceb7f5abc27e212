// bucket_policy.hpp: editing a bucket's policy document around statements of our own.
//
// Layer   workflow; pure and thread-safe.
// Source  IAM JSON policy reference; Amazon S3 user guide, "Bucket policies" (20 KB).
//
// A policy has no compare-and-set: it is read, edited and put back whole. So nothing here loses
// what others wrote. Statements of ours are found by their Sid, never by their place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace s3m::workflow {

inline constexpr std::size_t max_policy_bytes = 20 * 1024;

// What the Sids of our statements begin with, by what the statement is for; 16 hexadecimal digits
// of the job's name follow, then a word where one purpose takes several statements. `cleanup` looks
// for them.
inline constexpr std::string_view grant_sid_prefix = "S3MigratorGrant";
inline constexpr std::string_view freeze_sid_prefix = "S3MigratorFreeze";
inline constexpr std::string_view closed_sid_prefix = "S3MigratorClosed";
inline constexpr std::string_view protect_sid_prefix = "S3MigratorProtect";
inline constexpr std::string_view trial_sid_prefix = "S3MigratorTrial";

// The beginning of the Sids of one job's statements: one of the prefixes and the job's digits. Only
// letters and digits, as a Sid must be.
std::string own_sid(std::string_view prefix, std::string_view job);
std::string grant_sid(std::string_view job);

// What own_sid() gave for the statement of this Sid; nullopt for a Sid that is not ours, also where
// somebody gave theirs a name like ours.
std::optional<std::string> own_sid_of(std::string_view statement_sid);

// A statement of ours.
struct PolicyStatement {
  enum class Effect : std::uint8_t { allow, deny };
  std::string sid;
  std::vector<std::string> principals;      // of type AWS; {"*"}: everybody
  std::vector<std::string> principal_arns;  // ArnLike on aws:PrincipalArn; empty: no condition
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  Effect effect = Effect::allow;
  std::vector<std::string> not_principals;  // of type AWS; not empty: instead of `principals`
  // Whose aws:userid it does not concern; empty: no condition. A caller without the key is
  // concerned, on every server: ...IfExists says so where a negated operator alone does not
  // (radosgw, where users have no aws:userid).
  std::vector<std::string> spared_user_ids;
};

// `document` (nullopt: no policy yet) with `ours` in place of whatever statements bear a Sid that
// begins with `sid`.
//
// Gives   the document's own bytes when it holds exactly these statements already.
// Errors  refused    the document is no policy: not JSON, a name twice in one object, no Statement.
//         too_large  the result would be above 20 KB; both figures are in the message.
Result<std::string> with_statements(const std::optional<std::string>& document,
                                    const std::vector<PolicyStatement>& ours, std::string_view sid);

struct PolicyRemoval {
  enum class Action : std::uint8_t { nothing, put, remove_policy } action = Action::nothing;
  std::string document;  // to put
  // No statement is left although there was a policy before: others took theirs away meanwhile.
  // A service that refuses a policy without statements is then left without one.
  bool emptied = false;
};

// What to do with a bucket's policy to take out the statements whose Sid begins with `sid`.
// `original` is the policy before ours was added, nullopt when there was none or nobody knows.
//
// Gives   the original's bytes when the removal restores it; else the document as it is now
//         without ours; remove_policy only when nothing is left and there was none before.
// Errors  refused, as with_statements.
Result<PolicyRemoval> without_statements(const std::string& document, std::string_view sid,
                                         const std::optional<std::string>& original);

// The document without any statement of ours, of whatever job.
//
// Gives   the document's own bytes when none is in it; nullopt when there was no policy, or nothing
//         but ours in it.
// Errors  refused, as with_statements.
Result<std::optional<std::string>> without_ours(const std::optional<std::string>& document);

// Whether two documents mean the same policy, however they are written. False if one is no policy.
bool says_the_same(const std::string& a, const std::string& b);

// Whether each of `ours` stands in the document with the same effect, actions and resources, and
// spares the same in the same way. Names of principals and order are not compared: services
// rewrite both.
bool holds_statements(const std::optional<std::string>& document,
                      const std::vector<PolicyStatement>& ours);

// The Sids in the document that begin with `sid`. Errors: refused, as with_statements.
Result<std::vector<std::string>> find_sids(const std::string& document, std::string_view sid);

// A Deny of this program in a policy: of a freeze, of a new bucket that is not complete, or of a
// temporary one.
struct OwnDeny {
  std::string sid;  // as own_sid() gives it
  std::string job;  // whose sessions it spares; empty where it does not say
  friend bool operator==(const OwnDeny&, const OwnDeny&) = default;
};
// Each once. Errors: refused, as with_statements.
Result<std::vector<OwnDeny>> own_denies(const std::string& document);

// Refuses a document that names a principal which no longer exists: IAM shows a deleted role or
// user by its unique id (AROA..., AIDA...), and rejects the whole document when it is put back
// (guard G21).
//
// Errors  refused, naming the statement and the id; and as with_statements.
Result<void> check_principals(const std::string& document);

// Who will use the bucket and for what, to look for a Deny against it.
struct PolicyUse {
  std::vector<std::string> principals;  // every ARN and account id the caller goes by
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  bool tls = true;      // a Deny for plain HTTP alone does not concern it
  std::string user_id;  // aws:userid of the caller; a Deny that spares it does not concern it
};

// A sentence for each Deny statement that may hit such a use: an Allow of ours cannot outweigh it.
// Errors: refused, as with_statements.
Result<std::vector<std::string>> denies_that_bite(const std::string& document,
                                                  const PolicyUse& use);

// A sentence for each Allow statement by which a service of AWS writes objects into the bucket (log
// delivery, CloudTrail, inventories): a freeze refuses what they deliver (guard G20).
// Errors: refused, as with_statements.
Result<std::vector<std::string>> service_deliveries(const std::string& document);

}  // namespace s3m::workflow
