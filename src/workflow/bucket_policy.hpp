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

// What the Sid of every statement that a grant adds begins with; `cleanup` looks for it.
inline constexpr std::string_view grant_sid_prefix = "S3MigratorGrant";

// The beginning of the Sids of one job's grant: the prefix and 16 hexadecimal digits of the job's
// name. Only letters and digits, as a Sid must be.
std::string grant_sid(std::string_view job);

// An Allow statement of ours.
struct PolicyStatement {
  std::string sid;
  std::vector<std::string> principals;      // of type AWS
  std::vector<std::string> principal_arns;  // ArnLike on aws:PrincipalArn; empty: no condition
  std::vector<std::string> actions;
  std::vector<std::string> resources;
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

// Whether each of `ours` stands in the document with the same actions and resources. Principals
// and order are not compared: services rewrite both.
bool holds_statements(const std::optional<std::string>& document,
                      const std::vector<PolicyStatement>& ours);

// The Sids in the document that begin with `sid`. Errors: refused, as with_statements.
Result<std::vector<std::string>> find_sids(const std::string& document, std::string_view sid);

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
  bool tls = true;  // a Deny for plain HTTP alone does not concern it
};

// A sentence for each Deny statement that may hit such a use: an Allow of ours cannot outweigh it.
// Errors: refused, as with_statements.
Result<std::vector<std::string>> denies_that_bite(const std::string& document,
                                                  const PolicyUse& use);

}  // namespace s3m::workflow
