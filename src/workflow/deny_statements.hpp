// deny_statements.hpp: what a Deny of ours says: what nobody may do, but the sessions of one job.
//
// Layer   workflow; pure.
// Source  guards G16, G20, G22; IAM user guide, "aws:userid" and "NotPrincipal"; Service
//         authorization reference, "Actions defined by Amazon S3"; radosgw's dialect as measured.
//
// Three uses, one mechanism. All of them deny every write and change of state, and none denies an
// action on the bucket's policy: whoever may edit it can always take the Deny out again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/grant_statements.hpp"

namespace s3m::workflow {

enum class DenyKind : std::uint8_t {
  freeze,   // of the source: what was proven stays as it was
  closed,   // of the new live bucket, until the copy into it is complete: reads as well
  protect,  // of the temporary bucket, which is the only copy for a while
};
std::string_view name(DenyKind kind) noexcept;  // "freeze"

// What the Sids of one job's statements of a kind begin with.
std::string deny_sid(DenyKind kind, std::string_view job);

// How the statements name those they spare.
enum class DenyDialect : std::uint8_t {
  // Everybody but an aws:userid. A session's has its name in it, so that other sessions of the same
  // role are denied.
  user_id,
  // NotPrincipal with the session's ARN, for servers that do not know aws:userid. On AWS a
  // NotPrincipal would have to name the role and the account as well.
  not_principal,
};
std::string_view name(DenyDialect dialect) noexcept;

struct DenyTerms {
  DenyKind kind = DenyKind::freeze;
  std::string bucket;
  // The sessions of this job that are spared; first that of the bucket's owner, who proves it.
  std::vector<Principal> spared;
  bool reads = true;  // of `closed`: reads are denied too
};

// Those that can name everybody who is spared, in the order to try. On AWS the first alone: there
// it always works, and waiting is for the policy to take effect.
std::vector<DenyDialect> deny_dialects_for(const DenyTerms& terms, bool aws);

std::vector<PolicyStatement> deny_statements(const DenyTerms& terms, std::string_view job,
                                             DenyDialect dialect, ActionSet actions);

// Whether they fit, in whatever dialect, into the bucket's policy together with what stands there
// and with `others` of this job (its grant), before any of them is put (guard G21).
//
// Errors  too_large, refused: as with_statements.
Result<void> check_room(const std::optional<std::string>& document, const DenyTerms& terms,
                        std::string_view job, const std::vector<PolicyStatement>& others);

}  // namespace s3m::workflow
