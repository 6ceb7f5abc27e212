// grant.hpp: a temporary bucket-policy statement that lets one role reach the other's bucket.
//
// Layer      workflow.
// Threading  one loop.
//
// place() adds the statement and proves it by use; revoke() takes it out again. Whoever placed a
// grant revokes it on every way out: at the end, on failure, on Ctrl-C. What a kill -9 leaves is in
// the store, and `s3migrator cleanup` finds it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "workflow/grant_probe.hpp"
#include "workflow/grant_statements.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

struct GrantRequest {
  GrantTerms terms;
  Principal principal;
  std::string job_id;
  bool aws = true;  // the service is AWS: one dialect, and a policy that takes effect late
  bool tls = true;
  // How long a policy may take to take effect. Unset: two minutes on AWS; elsewhere, where it is
  // another dialect that is missing rather than time, three seconds for each dialect.
  std::optional<std::chrono::milliseconds> timeout;
};

struct GrantResult {
  Dialect dialect = Dialect::account_and_arn;
  std::chrono::milliseconds effective_after{0};
};

// What others should know: a Deny that may bite.
using Warn = std::function<void(std::string)>;

class Grant {
 public:
  // All references outlive the grant.
  Grant(GrantRequest request, PolicyAccess& policy, PolicyEditor& editor, GrantProbe& probe,
        Pause pause, Warn warn);

  // Adds the statement and waits until the probe works.
  //
  // Errors  refused, too_large      nothing was changed.
  //         access_denied           the policy stands but does not let the principal in, in any
  //                                 dialect, within the timeout.
  //         cancelled, and what the service says otherwise.
  // After an error that came later than the first put, placed() is true and revoke() is due.
  net::Task<Result<GrantResult>> place();

  bool placed() const noexcept { return editor_.may_stand(); }

 private:
  net::Task<Result<void>> put(Dialect dialect);
  net::Task<Result<void>> prove(std::chrono::milliseconds limit);
  net::Task<Result<void>> warn_of_denies();
  std::chrono::milliseconds limit() const;

  GrantRequest request_;
  PolicyAccess& policy_;
  PolicyEditor& editor_;
  GrantProbe& probe_;
  Pause pause_;
  Warn warn_;
  ActionSet actions_ = ActionSet::full;
  std::chrono::milliseconds waited_{0};
};

}  // namespace s3m::workflow
