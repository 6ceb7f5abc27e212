// settings.hpp: one setting looked up in the order that AWS tools share, with the place it came
// from, so that a message can say which of them to correct.
//
// Layer  aws; pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "aws/config.hpp"

namespace s3m::aws {

struct Setting {
  std::string value;
  std::string origin;  // "AWS_REGION", "/home/me/.aws/config:12 (profile prod)"
};

// The environment and one profile. Borrows both; a value that is empty counts as not set.
class Settings {
 public:
  Settings(const Environment& environment, const SharedConfig& config, std::string profile)
      : environment_(environment), config_(config), profile_(std::move(profile)) {}

  // The first of `names` that is set.
  std::optional<Setting> environment(std::initializer_list<std::string_view> names) const;
  std::optional<Setting> profile(std::string_view key) const;
  // The environment's, else the profile's. Here and below an empty `variable` is none.
  std::optional<Setting> either(std::string_view variable, std::string_view key) const;

  // The url configured for a service, whose name is "s3", "sts", "sso", "sso_oidc": that of the
  // service alone in the environment, AWS_ENDPOINT_URL, then both again in the profile. Empty when
  // there is none, or AWS_IGNORE_CONFIGURED_ENDPOINT_URLS says that none counts.
  //
  // Errors: config for a malformed one.
  Result<std::optional<Setting>> endpoint_url(std::string_view service) const;
  // As endpoint_url, but only one that names the service.
  Result<std::optional<Setting>> own_endpoint_url(std::string_view service) const;

  // "true" or "false" without regard to case. Errors: config for anything else.
  Result<bool> flag(std::string_view variable, std::string_view key) const;
  // Errors: config unless the value is a whole number within [least, most].
  Result<std::optional<int>> number(std::string_view variable, std::string_view key, int least,
                                    int most) const;

  // The region: `option` (of the command line) if it is not empty, AWS_REGION, AWS_DEFAULT_REGION,
  // the profile's; empty when there is none. Errors: config for what cannot be a region.
  Result<std::string> region(std::string_view option) const;

  const SharedConfig& config() const noexcept { return config_; }
  const Environment& environment() const noexcept { return environment_; }
  const std::string& profile_name() const noexcept { return profile_; }

 private:
  Result<std::optional<Setting>> first_url(bool general, std::string_view service) const;
  const Environment& environment_;
  const SharedConfig& config_;
  std::string profile_;
};

// The profile the user means, and whether a word of theirs named it (then it must exist).
struct ProfileChoice {
  std::string name;
  bool named = false;      // by options, AWS_PROFILE or AWS_DEFAULT_PROFILE
  bool by_option = false;  // by options: then keys in the environment are not meant
};
ProfileChoice choose_profile(const Environment& environment, const SideOptions& options);

}  // namespace s3m::aws
