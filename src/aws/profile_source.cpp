#include "aws/profile_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr int longest_session = 12 * 3600;

std::unexpected<Error> wrong(const Setting& setting, std::string_view what) {
  return fail(Errc::config, fmt::format("{}: {}", setting.origin, what));
}

bool has_keys(const Settings& profile) {
  return profile.profile("aws_access_key_id") || profile.profile("aws_secret_access_key");
}

bool has_role(const Settings& profile) {
  return profile.profile("role_arn") && !profile.profile("web_identity_token_file");
}

std::string own_session_name() {
  return session_name(random_hex(4));
}

Result<void> check_role(const Setting& role) {
  if (parse_role_arn(role.value)) return ok;
  return wrong(
      role, fmt::format("role_arn is '{}', which is not the ARN of a role", printable(role.value)));
}

}  // namespace

Settings ProfileSources::of(const std::string& profile) const {
  return Settings(settings_.environment(), settings_.config(), profile);
}

std::shared_ptr<Sts> ProfileSources::sts_for(SourcePtr caller) const {
  std::shared_ptr<Identity> identity;
  if (caller) {
    identity = std::make_shared<Identity>(runtime_.loop, std::move(caller), runtime_.clock);
  }
  return std::make_shared<Sts>(Client(runtime_, std::move(identity), sts_, unlimited_admission()));
}

MaybeSource ProfileSources::role(const std::string& profile) {
  const auto settings = of(profile);
  if (!has_role(settings)) return nullptr;
  visited_.push_back(profile);
  auto request = role_request(settings, *settings.profile("role_arn"));
  if (!request) return forward(request);
  auto caller = caller_of(profile);
  if (!caller) return caller;
  return in_context(role_source(sts_for(*std::move(caller)), *std::move(request)),
                    fmt::format("profile {} ({})", printable(profile),
                                settings.config().where(profile, "role_arn")));
}

Result<AssumeRoleRequest> ProfileSources::role_request(const Settings& profile,
                                                       Setting role) const {
  if (auto valid = check_role(role); !valid) return forward(valid);
  if (const auto mfa = profile.profile("mfa_serial")) {
    return wrong(*mfa, fmt::format("the role needs a code of the MFA device {}, which this program "
                                   "cannot ask for: get a session first (`aws configure "
                                   "export-credentials --profile {} --format env` prints one) and "
                                   "run this program with it",
                                   printable(mfa->value), printable(profile.profile_name())));
  }
  auto duration = profile.number({}, "duration_seconds", 1, longest_session);
  if (!duration) return forward(duration);
  AssumeRoleRequest request{.role_arn = std::move(role.value)};
  if (*duration) request.duration = std::chrono::seconds(**duration);
  if (auto id = profile.profile("external_id")) request.external_id = std::move(id->value);
  auto name = profile.profile("role_session_name");
  request.session_name = name ? std::move(name->value) : own_session_name();
  return request;
}

MaybeSource ProfileSources::caller_of(const std::string& profile) {
  const auto settings = of(profile);
  const auto source = settings.profile("source_profile");
  const auto named = settings.profile("credential_source");
  if (source && named) {
    return wrong(*named, fmt::format("profile {} has both source_profile and credential_source; "
                                     "one of them must say who assumes the role",
                                     printable(profile)));
  }
  if (named) return named_source(*named);
  if (source) return source_profile(profile, *source);
  return wrong(*settings.profile("role_arn"),
               fmt::format("profile {} has a role_arn, but neither source_profile nor "
                           "credential_source says who assumes the role",
                           printable(profile)));
}

MaybeSource ProfileSources::named_source(const Setting& name) {
  const auto required = [&name](MaybeSource source, std::string_view otherwise) {
    return source && *source == nullptr ? wrong(name, otherwise) : MaybeSource(std::move(source));
  };
  if (name.value == "Environment") {
    return required(environment_source(settings_),
                    "credential_source is Environment, but AWS_ACCESS_KEY_ID is not set");
  }
  if (name.value == "EcsContainer") {
    return required(container_source(runtime_, settings_),
                    "credential_source is EcsContainer, but neither "
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
  }
  if (name.value == "Ec2InstanceMetadata") {
    return required(imds_source(runtime_, settings_),
                    "credential_source is Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED "
                    "forbids it");
  }
  return wrong(name, fmt::format("credential_source is '{}'; it can be Environment, "
                                 "Ec2InstanceMetadata or EcsContainer",
                                 printable(name.value)));
}

MaybeSource ProfileSources::source_profile(const std::string& profile, const Setting& source) {
  const auto& name = source.value;
  if (settings_.config().profile(name) == nullptr) {
    auto missing = settings_.config().no_such_profile(name);
    missing.context(fmt::format("{}: source_profile", source.origin));
    return fail(std::move(missing));
  }
  auto circle = check_circle(profile, source);
  if (!circle) return forward(circle);
  const auto settings = of(name);
  if (has_role(settings) && !has_keys(settings)) return role(name);
  auto found = web_identity(name, false);
  if (found && *found == nullptr) found = direct(name);
  if (found && *found == nullptr) {
    return wrong(source, fmt::format("the source profile {} ({}) has no credentials",
                                     printable(name), settings_.config().where(name)));
  }
  return found;
}

Result<void> ProfileSources::check_circle(const std::string& profile, const Setting& source) const {
  if (std::ranges::find(visited_, source.value) == visited_.end()) return ok;
  // A profile may name itself: its own keys then assume its role.
  if (source.value == profile && has_keys(of(profile))) return ok;
  std::string circle;
  for (const auto& name : visited_)
    circle += printable(name) + " -> ";
  return wrong(source, fmt::format("the source profiles go in a circle: {}{}", circle,
                                   printable(source.value)));
}

MaybeSource ProfileSources::web_identity(const std::string& profile, bool from_environment) {
  const auto settings = of(profile);
  const auto get = [&](std::string_view variable, std::string_view key) {
    return from_environment ? settings.either(variable, key) : settings.profile(key);
  };
  auto file = get("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
  if (!file) return nullptr;
  auto role = get("AWS_ROLE_ARN", "role_arn");
  if (!role) {
    return wrong(*file,
                 "it names a web identity token, but neither AWS_ROLE_ARN nor role_arn says "
                 "which role it is for");
  }
  if (auto valid = check_role(*role); !valid) return forward(valid);
  auto name = get("AWS_ROLE_SESSION_NAME", "role_session_name");
  WebIdentity identity{.token_file = std::move(file->value),
                       .role_arn = std::move(role->value),
                       .session_name = name ? std::move(name->value) : own_session_name()};
  return in_context(web_identity_source(sts_for(nullptr), std::move(identity)),
                    std::move(file->origin));
}

MaybeSource ProfileSources::direct(const std::string& profile) {
  const auto settings = of(profile);
  const auto& config = settings.config();
  auto found = settings.config().profile(profile) == nullptr ? MaybeSource(nullptr)
                                                             : sso_source(runtime_, settings);
  if (!found || *found) return found;
  found = file_keys_source(config.credentials_file(), ConfigFileKind::credentials, profile);
  if (!found || *found) return found;
  if (const auto login = settings.profile("login_session")) {
    return wrong(*login, fmt::format("profile {} is one of `aws login`, which only the AWS CLI can "
                                     "use; credential_process = aws configure export-credentials "
                                     "--profile {} in another profile makes it available here",
                                     printable(profile), printable(profile)));
  }
  found = process_source(settings);
  if (!found || *found) return found;
  return file_keys_source(config.config_file(), ConfigFileKind::config, profile);
}

}  // namespace s3m::aws
