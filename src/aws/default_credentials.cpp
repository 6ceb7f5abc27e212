// default_credentials.cpp: the chain: the first place that is configured gives the credentials.
#include <vector>

#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/profile_source.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

// What was looked at in vain, for the message of whoever finds nothing in the end.
class Tried {
 public:
  void add(std::string what) { places_.push_back(std::move(what)); }
  std::string text() const { return fmt::format("{}", fmt::join(places_, "; ")); }

 private:
  std::vector<std::string> places_;
};

// The metadata service is asked when nothing else is configured: that it does not answer mostly
// means that no credentials were configured at all, so the message says where they could be.
class LastResort final : public CredentialsSource {
 public:
  LastResort(SourcePtr inner, std::string tried)
      : inner_(std::move(inner)), tried_(std::move(tried)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto credentials = co_await inner_->fetch();
    if (credentials) {
      has_worked_ = true;
    } else if (!has_worked_) {
      credentials.error().context("there are no credentials: " + tried_ + "; at last");
    }
    co_return credentials;
  }
  std::string describe() const override { return inner_->describe(); }

 private:
  SourcePtr inner_;
  std::string tried_;
  bool has_worked_ = false;
};

class Chain {
 public:
  Chain(Runtime& runtime, const Settings& settings, EndpointSettings sts, bool by_option)
      : runtime_(runtime),
        settings_(settings),
        profiles_(runtime, settings, std::move(sts)),
        by_option_(by_option) {}

  MaybeSource find() {
    using Step = MaybeSource (Chain::*)();
    for (const Step step : {&Chain::environment, &Chain::role, &Chain::web_identity, &Chain::direct,
                            &Chain::container}) {
      auto found = (this->*step)();
      if (!found || *found) return found;
    }
    return metadata();
  }

 private:
  const std::string& profile() const { return settings_.profile_name(); }

  MaybeSource environment() {
    if (!by_option_) {
      tried_.add("AWS_ACCESS_KEY_ID is not set");
      return environment_source(settings_);
    }
    tried_.add("keys in the environment do not count beside a profile that is named");
    return nullptr;
  }

  MaybeSource role() { return profiles_.role(profile()); }

  MaybeSource web_identity() {
    auto found = profiles_.web_identity(profile(), !by_option_);
    if (!by_option_) tried_.add("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    return found;
  }

  MaybeSource direct() {
    const auto& config = settings_.config();
    tried_.add(config.profile(profile()) == nullptr
                   ? fmt::format("there is no profile {} in {} or {}", printable(profile()),
                                 printable(config.config_file().path),
                                 printable(config.credentials_file().path))
                   : fmt::format("profile {} ({}) has no keys, role_arn, web_identity_token_file, "
                                 "sso_account_id or credential_process",
                                 printable(profile()), config.where(profile())));
    return profiles_.direct(profile());
  }

  MaybeSource container() {
    tried_.add(
        "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
    return container_source(runtime_, settings_);
  }

  MaybeSource metadata() {
    auto found = imds_source(runtime_, settings_);
    if (!found) return found;
    if (*found) return std::make_unique<LastResort>(*std::move(found), tried_.text());
    tried_.add("AWS_EC2_METADATA_DISABLED forbids to ask the instance metadata service");
    return fail(Errc::config, "there are no credentials: " + tried_.text());
  }

  Runtime& runtime_;
  const Settings& settings_;
  ProfileSources profiles_;
  bool by_option_;
  Tried tried_;
};

}  // namespace

Result<std::unique_ptr<CredentialsSource>> default_credentials(Runtime& runtime,
                                                               const Environment& environment,
                                                               const SharedConfig& config,
                                                               const SideOptions& options) {
  auto choice = choose_profile(environment, options);
  auto side = resolve_settings(environment, config, options);
  if (!side) return forward(side);
  const Settings settings(environment, config, std::move(choice.name));
  Chain chain(runtime, settings, std::move(side->sts), choice.by_option);
  return chain.find();
}

}  // namespace s3m::aws
