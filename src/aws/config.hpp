// config.hpp: the settings every AWS tool shares: environment, ~/.aws/config, ~/.aws/credentials.
//
// Layer   aws; reads files, no network.
// Source  AWS SDKs and Tools reference guide: shared config and credentials files, precedence,
//         service-specific endpoints.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/client.hpp"
#include "aws/config_file.hpp"
#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "base/error.hpp"

namespace s3m::aws {

// How the program reads its environment; tests give a map.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

// The settings of one profile, both files merged (the credentials file wins): keys in lower case,
// nested ones as "s3.addressing_style", those of its services section as
// "services.s3.endpoint_url".
using ProfileSettings = std::map<std::string, std::string, std::less<>>;

class SharedConfig {
 public:
  // Reads both files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else below ~/.aws). Missing
  // files are empty. Errors: config with file and line when one cannot be read or parsed.
  static Result<SharedConfig> load(const Environment& environment);

  const ProfileSettings* profile(std::string_view name) const;  // null when absent
  const ProfileSettings* sso_session(std::string_view name) const;

  // The files as they are: keys and their secret must come from one of them, not be mixed.
  const ConfigFile& config_file() const noexcept { return config_; }
  const ConfigFile& credentials_file() const noexcept { return credentials_; }

  // Where a setting of a profile stands, for messages: "/home/me/.aws/config:12"; the profile's
  // header if it has no such key; the path of the config file if there is no such profile.
  std::string where(std::string_view profile, std::string_view key = {}) const;

  // "there is no profile 'prdo' in FILE or FILE; they have default, prod", and what was written
  // nearly so.
  Error no_such_profile(std::string_view name) const;

 private:
  void merge();
  ConfigFile config_, credentials_;
  std::map<std::string, ProfileSettings, std::less<>> profiles_, sso_sessions_;
};

// HOME, else the home directory of the user; empty when neither is known.
std::string home_directory(const Environment& environment);

// One side's way to AWS as the user asked for it (command line over environment over profile).
struct SideOptions {
  std::string profile;       // empty: AWS_PROFILE, AWS_DEFAULT_PROFILE, else "default"
  std::string region;        // empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's
  std::string endpoint_url;  // of S3; empty: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's
};

struct SideSettings {
  std::string profile;
  EndpointSettings s3, sts;  // region and url resolved for each service
};

// An endpoint of S3 on the command line serves STS too, unless STS has one of its own
// (AWS_ENDPOINT_URL_STS, the profile's services) or it is a host of AWS: radosgw, MinIO and the
// simulator answer both at one address, and a request signed for them has no business at AWS.
//
// Errors: config when a profile named by the user (options, AWS_PROFILE) does not exist, or a value
//         is malformed; it says where the value stands.
Result<SideSettings> resolve_settings(const Environment& environment, const SharedConfig& config,
                                      const SideOptions& options);

// The way to a service that belongs to the program itself and to no side. `service_id` as the
// variables and the files name it: "cloudwatch_logs", "ecs", "cloudwatch", "scheduler".
// Errors: as resolve_settings.
Result<EndpointSettings> resolve_service(const Environment& environment, const SharedConfig& config,
                                         const SideOptions& options, std::string_view service_id);

// What of the environment concerns the HTTP client: AWS_CA_BUNDLE, HTTPS_PROXY, HTTP_PROXY,
// NO_PROXY (the names in lower case win, as with curl). Loopback and the metadata addresses of AWS
// never go through a proxy: there they would be those of another machine.
//
// Errors: config, naming the variable; a password in a proxy's URL is not shown.
Result<net::HttpClientOptions> http_options(const Environment& environment);

// The credentials chain, in the order of the AWS CLI:
//   1 environment keys (not when `options` names a profile)
//   2 role_arn with source_profile or credential_source in the profile
//   3 web identity: environment (not when `options` names a profile), else the profile
//   4 IAM Identity Center in the profile
//   5 keys in the credentials file
//   6 credential_process in the profile
//   7 keys in the config file
//   8 the container endpoint that the environment names
//   9 IMDSv2
// The first that is configured is taken, whether or not it works: a program that quietly went on
// with another identity would be the worse failure. What was tried and why it did not apply is in
// the Error's message, here or, where IMDS was the last hope, in that of fetch().
//
// Errors: config when nothing applies, or what applies is malformed. Network failures come later,
// from the source's fetch().
Result<std::unique_ptr<CredentialsSource>> default_credentials(Runtime& runtime,
                                                               const Environment& environment,
                                                               const SharedConfig& config,
                                                               const SideOptions& options);

}  // namespace s3m::aws
