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
#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "base/error.hpp"

namespace s3m::aws {

// How the program reads its environment; tests give a map.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

// The merged settings of one profile: keys in lower case as in the file; nested services sections
// as "services.s3.endpoint_url".
using ProfileSettings = std::map<std::string, std::string, std::less<>>;

class SharedConfig {
 public:
  // Reads both files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else below ~/.aws). Missing
  // files are empty. Errors: config with file and line when one cannot be read or parsed.
  static Result<SharedConfig> load(const Environment& environment);

  const ProfileSettings* profile(std::string_view name) const;         // null when absent
  const ProfileSettings* sso_session(std::string_view name) const;

 private:
  std::map<std::string, ProfileSettings, std::less<>> profiles_, sso_sessions_, services_;
};

// One side's way to AWS as the user asked for it (command line over environment over profile).
struct SideOptions {
  std::string profile;       // empty: AWS_PROFILE, else "default"
  std::string region;        // empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's
  std::string endpoint_url;  // empty: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
};

struct SideSettings {
  std::string profile;
  EndpointSettings s3, sts;  // region and url resolved for each service
};

// Errors: config when a profile named explicitly does not exist, or a value is malformed.
Result<SideSettings> resolve_settings(const Environment& environment, const SharedConfig& config,
                                      const SideOptions& options);

// What of the environment concerns the HTTP client: AWS_CA_BUNDLE, HTTPS_PROXY, HTTP_PROXY,
// NO_PROXY (also in lower case).
Result<net::HttpClientOptions> http_options(const Environment& environment);

// The credentials chain: environment keys (unless a profile was named explicitly), the profile
// (role_arn with source_profile or credential_source, web identity, SSO, static keys,
// credential_process), web identity from the environment, container endpoint, IMDSv2.
// What was tried and why it did not apply is in the Error's message.
//
// Errors: config when nothing applies, or what applies is malformed. Network failures come later,
// from the Identity.
Result<std::unique_ptr<CredentialsSource>> default_credentials(Runtime& runtime,
                                                               const Environment& environment,
                                                               const SharedConfig& config,
                                                               const SideOptions& options);

}  // namespace s3m::aws
