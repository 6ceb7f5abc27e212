// permission_book.hpp: the rights that a job needs, while it is found out which of them are there.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G28.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/iam.hpp"
#include "base/event.hpp"
#include "workflow/access.hpp"
#include "workflow/permissions.hpp"

namespace s3m::workflow {

class PermissionBook {
 public:
  explicit PermissionBook(std::vector<Permission> needed) : all_(std::move(needed)) {}

  // Null: it is not needed.
  Permission* find(std::string_view side, std::string_view resource, std::string_view action);
  // Nothing happens where it is not needed.
  void mark(std::string_view side, std::string_view resource, std::string_view action,
            PermissionState state, std::string how);

  // What a request says of the right that it uses: it went through, was denied, or could not be
  // tried. Errors: what ends any job; every other refusal is a finding.
  template <class T>
  Result<void> settle(const Result<T>& asked, std::string_view side, std::string_view resource,
                      std::string_view action, std::string how) {
    return settle(asked ? nullptr : &asked.error(), side, resource, action, std::move(how));
  }

  // What IAM says of the identity's own policies, of all that is unproven yet. It knows neither
  // session policies nor in every case those of the organisation, so it proves nothing.
  // Errors: cancelled alone; where IAM may not be asked, nothing is inferred.
  net::Task<Result<void>> infer(aws::Iam& iam, Principal principal, std::string side);

  std::vector<Permission>& all() noexcept { return all_; }

 private:
  Result<void> settle(const Error* error, std::string_view side, std::string_view resource,
                      std::string_view action, std::string how);
  void apply(std::string_view side, const std::string& resource,
             const aws::PolicyDecision& decision);

  std::vector<Permission> all_;
};

// `runtime`, for questions that may stay without an answer: IAM is out of reach of many networks.
aws::Runtime soon_given_up(const aws::Runtime& runtime);
// IAM as the identity of `access` asks it.
aws::Iam iam_for(const Access& access, aws::Runtime& runtime, aws::Admission& admission);

// As the event that tells them.
AccessEvent access_event(const std::vector<Permission>& permissions);

}  // namespace s3m::workflow
