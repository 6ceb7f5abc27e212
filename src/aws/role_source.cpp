// role_source.cpp: the session of an assumed role as a source of credentials.
#include <fmt/format.h>

#include "aws/sts.hpp"

namespace s3m::aws {
namespace {

class RoleSource final : public CredentialsSource {
 public:
  RoleSource(std::shared_ptr<Sts> sts, AssumeRoleRequest request,
             std::shared_ptr<RoleSession> session)
      : sts_(std::move(sts)), request_(std::move(request)), session_(std::move(session)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto assumed = co_await sts_->assume_role(request_);
    if (!assumed) co_return forward(assumed);
    if (session_) {
      session_->arn = std::move(assumed->arn);
      session_->role_id = std::move(assumed->role_id);
    }
    co_return std::move(assumed->credentials);
  }

  std::string describe() const override {
    return fmt::format("role {} (session {})", request_.role_arn, request_.session_name);
  }

 private:
  std::shared_ptr<Sts> sts_;
  AssumeRoleRequest request_;
  std::shared_ptr<RoleSession> session_;
};

}  // namespace

std::unique_ptr<CredentialsSource> role_source(std::shared_ptr<Sts> sts, AssumeRoleRequest request,
                                               std::shared_ptr<RoleSession> session) {
  return std::make_unique<RoleSource>(std::move(sts), std::move(request), std::move(session));
}

}  // namespace s3m::aws
