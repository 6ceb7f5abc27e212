// temporary_grant.hpp: the grant of one job, wired to its two sides.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "workflow/grant.hpp"
#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

class TemporaryGrant {
 public:
  // All arguments outlive it.
  TemporaryGrant(JobContext& context, const Access& source, const Access& destination,
                 const Ground& ground, GrantMode mode);
  ~TemporaryGrant();

  // What the copies will carry that takes rights of its own.
  struct Carries {
    std::string acl;  // a canned one, that all of them have
    bool grants = false, locks = false;
  };
  // Takes out what dead jobs left in the bucket's policy, then places our own.
  net::Task<Result<GrantResult>> place(Carries carries,
                                       std::optional<std::chrono::milliseconds> timeout, Warn warn);
  bool placed() const;

  // Signed and sent apart from the job, so that it works after Ctrl-C.
  net::Task<Result<bool>> revoke();

  const std::string& bucket() const noexcept { return owner_.location.bucket; }

 private:
  net::Task<void> settle_dead_grants();

  JobContext& context_;
  const Ground& ground_;
  GrantMode mode_;
  const Access& owner_;    // of the bucket whose policy gets the statement
  const Access& grantee_;  // who copies
  const BucketFacts& facts_;
  aws::S3 owner_s3_, grantee_s3_, aftermath_s3_;
  std::unique_ptr<PolicyAccess> policy_, aftermath_policy_;
  std::unique_ptr<GrantProbe> probe_;
  std::unique_ptr<PolicyEditor> editor_, aftermath_editor_;
  std::unique_ptr<Grant> grant_;
};

}  // namespace s3m::workflow
