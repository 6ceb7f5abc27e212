// web_identity_source.cpp: a role for whoever holds the token in a file (EKS service accounts).
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/local_file.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

class WebIdentitySource final : public CredentialsSource {
 public:
  WebIdentitySource(std::shared_ptr<Sts> sts, WebIdentity identity)
      : sts_(std::move(sts)), identity_(std::move(identity)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto token = read_token();
    if (!token) co_return forward(token);
    auto assumed = co_await sts_->assume_role_with_web_identity(
        identity_.role_arn, identity_.session_name, *std::move(token));
    if (!assumed) co_return forward(assumed);
    co_return std::move(assumed->credentials);
  }

  std::string describe() const override {
    return fmt::format("role {} by the web identity token in {}", printable(identity_.role_arn),
                       printable(identity_.token_file));
  }

 private:
  Result<std::string> read_token() const {
    auto content = read_small_file(identity_.token_file);
    if (!content) return forward(content);
    std::string token(content->has_value() ? trim(**content) : std::string_view());
    if (!token.empty()) return token;
    return fail(Errc::config,
                fmt::format("the web identity token file {} {}", printable(identity_.token_file),
                            content->has_value() ? "is empty" : "does not exist"));
  }

  std::shared_ptr<Sts> sts_;
  WebIdentity identity_;
};

}  // namespace

SourcePtr web_identity_source(std::shared_ptr<Sts> sts, WebIdentity identity) {
  return std::make_unique<WebIdentitySource>(std::move(sts), std::move(identity));
}

}  // namespace s3m::aws
