// deny.hpp: a temporary Deny in a bucket's policy that shuts out everybody but one job.
//
// Layer      workflow.
// Threading  one loop.
//
// place() puts the statements in the first dialect that can be proven: the job's own session still
// may write, and the same role under another session name may not. Servers differ in whom a Deny
// spares (guard G16), so nothing is believed that was not seen. A Deny that cannot be proven is
// taken off again, unless it was proven before: then it is a right that was lost, or somebody's
// change, and what was built on the Deny still needs it. Like a grant it is recorded before it is
// put; a killed job finds it again, because its sessions keep their names, and `s3migrator cleanup`
// finds it by its Sid.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "workflow/deny_statements.hpp"
#include "workflow/grant.hpp"
#include "workflow/grant_probe.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

struct DenyRequest {
  DenyTerms terms;
  std::string job_id;
  bool aws = true;  // the service is AWS: one dialect, and a policy that takes effect late
  // How long a policy may take to take effect. Unset: two minutes on AWS; elsewhere, where it is
  // another dialect that is missing rather than time, three seconds for each dialect.
  std::optional<std::chrono::milliseconds> patience;
  // How an earlier run has proven it: it is put in no other dialect, and never taken off for want
  // of a proof.
  std::optional<DenyDialect> proven_as{};
};

struct DenyResult {
  DenyDialect dialect = DenyDialect::user_id;
  // The very statements stood there before: what an earlier run saw after it had proven them still
  // counts. False: walks begin anew.
  bool stood = false;
  // The other session was seen to be refused. False where there is none (no role is assumed): then
  // only our own right to write was proven.
  bool others_refused = false;
  std::chrono::milliseconds effective_after{0};
  WallTime proven_at{};  // by this machine's clock; what was looked at earlier proves nothing (G4)
};

class Deny {
 public:
  // All references outlive the Deny. `own` writes as the spared session of the bucket's owner;
  // `stranger` as the same role under another session name, null where there is none.
  Deny(DenyRequest request, PolicyAccess& policy, PolicyEditor& editor, GrantProbe& own,
       GrantProbe* stranger, Pause pause, Warn warn);

  // Puts it, unless it stands there already, and proves it five times in a row.
  //
  // Errors  refused         nobody to be spared is known by name; or a freeze without another
  //                         session to prove it by. Nothing was changed. Also what the editor and
  //                         the stranger's session refuse.
  //         access_denied   our own session may not write even without it: nothing was changed; or
  //                         no dialect could be proven: it was taken off again, and the message
  //                         says what was seen and what to do. One that was proven before stays.
  //         too_large, cancelled, invalid_request, and what the service says otherwise.
  // After an error placed() tells whether remove is still due.
  net::Task<Result<DenyResult>> place();

  // Proves it once more, without patience: for the moment before something irreversible.
  //
  // Errors  access_denied: it does not hold, and the message says what was seen. It stays where it
  //         is. Otherwise as place().
  net::Task<Result<void>> prove();

  // Whether the very statements are in the policy: one reading, which tells at once when somebody
  // takes them out. Errors: as reading the policy.
  net::Task<Result<bool>> stands();

  bool placed() const noexcept { return editor_.may_stand(); }

 private:
  // What one trial showed.
  enum class Seen : std::uint8_t { holds, own_refused, stranger_let_in };
  // What of ours is in the policy: `whole` when it is exactly what would be put.
  struct Standing {
    bool any = false, whole = false;
    DenyDialect dialect = DenyDialect::user_id;
    ActionSet actions = ActionSet::full;
  };

  Result<void> can_be_proven() const;
  net::Task<Result<Standing>> look();
  Result<Standing> standing_in(const std::optional<std::string>& document) const;
  Result<void> warn_of_deliveries(const std::string& document);
  net::Task<Result<void>> may_write();
  net::Task<Result<void>> put(DenyDialect dialect);
  net::Task<Result<Seen>> prove_within(std::chrono::milliseconds patience);
  net::Task<Result<Seen>> try_once();
  net::Task<Result<DenyResult>> give_up(Result<Seen> last);
  std::chrono::milliseconds patience() const;
  std::string subject() const;
  std::string way_out() const;
  std::string what_was_seen(Seen seen) const;
  std::string what_was_lost(Seen seen) const;

  DenyRequest request_;
  PolicyAccess& policy_;
  PolicyEditor& editor_;
  GrantProbe& own_;
  GrantProbe* stranger_;
  Pause pause_;
  Warn warn_;
  ActionSet actions_ = ActionSet::full;
  std::string refusal_;  // of our own session, the last
  std::chrono::milliseconds effective_after_{0};
};

// How long requests that were in flight when a freeze took effect are waited for (--freeze-settle).
std::chrono::minutes default_freeze_settle(bool aws) noexcept;

}  // namespace s3m::workflow
