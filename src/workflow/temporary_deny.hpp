// temporary_deny.hpp: a Deny of one job, wired to the bucket it stands on.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "workflow/deny.hpp"
#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

class TemporaryDeny {
 public:
  // `owner` signs for the bucket's account: it edits the policy, and its session is the first of
  // `terms.spared` (identify()). `facts` are those of `terms.bucket`, which need not be the
  // bucket of `owner`'s location. `context` and `owner` outlive it.
  TemporaryDeny(JobContext& context, const Access& owner, BucketFacts facts, DenyTerms terms);
  ~TemporaryDeny();

  // As Deny says; without a stranger's session where `owner` assumes no role.
  net::Task<Result<DenyResult>> place(std::optional<std::chrono::milliseconds> patience, Warn warn,
                                      std::optional<DenyDialect> proven_as = std::nullopt);
  // Also in a run that did not place it: a resumed job proves what it finds.
  net::Task<Result<void>> prove();
  net::Task<Result<bool>> stands();
  bool placed() const;
  // That a failed place() tells of a service, or an identity, with which it is not to be had, and
  // left nothing in the policy.
  bool cannot_be_had(const Error& error) const;

  // Takes it out, whoever of this job's runs put it. Signed and sent apart from the job, so that it
  // works after Ctrl-C.
  //
  // Gives   true if it stood there.
  // Errors  as PolicyEditor::remove.
  net::Task<Result<bool>> remove();

  const std::string& bucket() const noexcept { return terms_.bucket; }
  DenyKind kind() const noexcept { return terms_.kind; }
  std::string sid() const { return deny_sid(terms_.kind, context_.job_id); }

 private:
  Deny make(std::optional<std::chrono::milliseconds> patience, Warn warn,
            std::optional<DenyDialect> proven_as = std::nullopt);

  JobContext& context_;
  const Access& owner_;
  BucketFacts facts_;
  DenyTerms terms_;
  aws::S3 owner_s3_, aftermath_s3_;
  std::unique_ptr<aws::S3> stranger_s3_;
  std::unique_ptr<PolicyAccess> policy_, aftermath_policy_;
  std::unique_ptr<GrantProbe> own_, stranger_;
  std::unique_ptr<PolicyEditor> editor_, aftermath_editor_;
};

}  // namespace s3m::workflow
