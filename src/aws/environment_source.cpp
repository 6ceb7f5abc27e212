// environment_source.cpp: keys in environment variables.
#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

class EnvironmentSource final : public CredentialsSource {
 public:
  explicit EnvironmentSource(Credentials credentials) : credentials_(std::move(credentials)) {}

  net::Task<Result<Credentials>> fetch() override { co_return credentials_; }
  std::string describe() const override { return "the environment (AWS_ACCESS_KEY_ID)"; }

 private:
  Credentials credentials_;
};

}  // namespace

MaybeSource environment_source(const Settings& settings) {
  auto id = settings.environment({"AWS_ACCESS_KEY_ID"});
  if (!id) return nullptr;
  auto secret = settings.environment({"AWS_SECRET_ACCESS_KEY"});
  if (!secret) {
    return fail(Errc::config, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  }
  Credentials credentials{.access_key_id = std::move(id->value),
                          .secret_access_key = std::move(secret->value)};
  if (auto token = settings.environment({"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"})) {
    credentials.session_token = std::move(token->value);
  }
  if (auto account = settings.environment({"AWS_ACCOUNT_ID"})) {
    credentials.account = std::move(account->value);
  }
  if (const auto expiration = settings.environment({"AWS_CREDENTIAL_EXPIRATION"})) {
    credentials.expiration = parse_iso8601(expiration->value);
    if (!credentials.expiration) {
      return fail(Errc::config, "AWS_CREDENTIAL_EXPIRATION: '" + printable(expiration->value) +
                                    "' is not a time such as 2026-11-22T16:28:00Z");
    }
  }
  if (auto checked = check_sendable(credentials); !checked) {
    checked.error().context("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN");
    return forward(checked);
  }
  return std::make_unique<EnvironmentSource>(std::move(credentials));
}

}  // namespace s3m::aws
