#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/config.hpp"
#include "aws/test_home.hpp"
#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Variables = std::map<std::string, std::string>;

const Variables environment_keys{{"AWS_ACCESS_KEY_ID", "AKIAENV"},
                                 {"AWS_SECRET_ACCESS_KEY", "SENTINEL"}};
const Variables container{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/SENTINEL"}};
const Variables no_metadata{{"AWS_EC2_METADATA_DISABLED", "true"}};
const Variables web_identity{{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                             {"AWS_ROLE_ARN", "arn:aws:iam::1:role/env"}};

const std::string default_keys =
    "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = SENTINEL\n";
const std::string default_role =
    "[default]\nrole_arn = arn:aws:iam::1:role/default\nsource_profile = base\n"
    "role_session_name = me\n"
    "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = SENTINEL\n";
const std::string default_sso =
    "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
    "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = u\n";
const std::string default_process = "[default]\ncredential_process = /bin/true SENTINEL\n";
const std::string default_web_identity =
    "[default]\nrole_arn = arn:aws:iam::1:role/profile\nweb_identity_token_file = /profile-token\n";

Variables operator+(Variables a, const Variables& b) {
  a.insert(b.begin(), b.end());
  return a;
}

struct Choice {
  std::string name, config, credentials;
  Variables variables;
  SideOptions options;
  std::string found;  // part of describe(), or of the message of the Error
};

class CredentialsChain : public testing::TestWithParam<Choice> {};

TEST_P(CredentialsChain, TakesTheFirstThatIsConfigured) {
  const auto& row = GetParam();
  TestHome home;
  TestService service;
  home.config(row.config);
  home.credentials(row.credentials);
  for (const auto& [name, value] : row.variables)
    home.set(name, value);
  const auto environment = home.environment();
  const auto config = home.load();
  const auto found = default_credentials(service.runtime(), environment, config, row.options);
  const auto text = found ? (*found)->describe() : found.error().describe();
  EXPECT_THAT(text, AllOf(HasSubstr(row.found), Not(HasSubstr("SENTINEL"))));
  if (!found) EXPECT_EQ(found.error().code(), Errc::config);
}

const std::string sections =
    "[profile other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = SENTINEL\n";

const Choice choices[] = {
    {"Nothing",
     "",
     "",
     no_metadata,
     {},
     "there are no credentials: AWS_ACCESS_KEY_ID is not set; AWS_WEB_IDENTITY_TOKEN_FILE is not "
     "set; there is no profile default in"},
    {"NothingInTheProfile",
     "[default]\nregion = x\n",
     "",
     no_metadata,
     {},
     "config:1) has no keys, role_arn"},
    {"NothingBesideANamedProfile",
     "[profile p]\n",
     "",
     environment_keys + no_metadata,
     {.profile = "p"},
     "keys in the environment do not count beside a profile that is named"},
    {"Metadata", "", "", {}, {}, "the EC2 instance metadata service at 169.254.169.254"},
    {"MetadataForANamedProfile", "[profile p]\n", "", {}, {.profile = "p"}, "EC2 instance"},
    {"Container", "", "", container, {}, "the container credentials endpoint localhost"},
    {"EnvironmentFirst",
     default_role,
     default_keys,
     environment_keys + web_identity + container,
     {},
     "the environment (AWS_ACCESS_KEY_ID)"},
    {"EnvironmentBeforeTheVariableOfAProfile",
     sections,
     "",
     environment_keys + Variables{{"AWS_PROFILE", "other"}},
     {},
     "the environment"},
    {"NamedProfileBeforeEnvironment",
     sections,
     "",
     environment_keys,
     {.profile = "other"},
     "profile other ("},
    {"VariableOfAProfile",
     sections,
     default_keys,
     {{"AWS_PROFILE", "other"}},
     {},
     "profile other ("},
    {"RoleBeforeKeys",
     default_role,
     default_keys,
     container,
     {},
     "role arn:aws:iam::1:role/default (session me) by profile default ("},
    {"RoleBeforeWebIdentityOfTheEnvironment",
     default_role,
     "",
     web_identity,
     {},
     "role arn:aws:iam::1:role/default"},
    {"WebIdentityOfTheEnvironmentBeforeKeys",
     default_keys,
     default_keys,
     web_identity,
     {},
     "role arn:aws:iam::1:role/env by the web identity token in /token by "
     "AWS_WEB_IDENTITY_TOKEN_FILE"},
    {"WebIdentityOfTheEnvironmentBeforeTheProfiles",
     default_web_identity,
     "",
     web_identity,
     {},
     "role/env by the web identity token in /token"},
    {"WebIdentityMixed",
     default_web_identity,
     "",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}},
     {},
     "role/profile by the web identity token in /token"},
    {"WebIdentityOfTheProfile",
     default_web_identity,
     default_keys,
     {},
     {},
     "role/profile by the web identity token in /profile-token"},
    {"WebIdentityOfANamedProfile",
     default_web_identity,
     "",
     web_identity,
     {.profile = "default"},
     "role/profile by the web identity token in /profile-token"},
    {"SsoBeforeKeys", default_sso, default_keys, {}, {}, "IAM Identity Center (sso-session s"},
    {"CredentialsFileBeforeProcess", default_process, default_keys, {}, {}, "profile default (/"},
    {"ProcessBeforeKeysOfTheConfigFile",
     default_process + default_keys.substr(10),
     "",
     {},
     {},
     "credential_process at"},
    {"KeysOfTheConfigFileBeforeContainer", default_keys, "", container, {}, ".aws/config)"},
    {"NoSuchProfile", sections, "", environment_keys, {.profile = "p"}, "there is no profile 'p'"},
    {"NoSuchProfileOfTheVariable",
     sections,
     "",
     {{"AWS_PROFILE", "p"}},
     {},
     "there is no profile 'p'"},

    {"PartialEnvironmentKeys",
     "",
     default_keys,
     {{"AWS_ACCESS_KEY_ID", "AKIAENV"}},
     {},
     "AWS_SECRET_ACCESS_KEY is not"},
    {"PartialKeys",
     "",
     "[default]\naws_access_key_id = AKIA\n",
     {},
     {},
     "no aws_secret_access_key in the same file"},
    {"RoleWithoutSource",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\n",
     "",
     {},
     {},
     "config:2 (profile default): profile default has a role_arn, but neither source_profile nor"},
    {"RoleWithBothSources",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n"
     "credential_source = Environment\n[profile a]\n",
     "",
     {},
     {},
     "has both source_profile and credential_source"},
    {"RoleThatIsNone",
     "[default]\nrole_arn = role/x\nsource_profile = a\n",
     "",
     {},
     {},
     "config:2 (profile default): role_arn is 'role/x'"},
    {"RoleWithMfa",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n"
     "mfa_serial = arn:aws:iam::1:mfa/me\n",
     default_keys,
     {},
     {},
     "config:4 (profile default): the role needs a code of the MFA device arn:aws:iam::1:mfa/me"},
    {"RoleWithABadDuration",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nduration_seconds = 1h\n",
     "",
     {},
     {},
     "config:3 (profile default): duration_seconds is '1h'"},
    {"SourceProfileMissing",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n",
     "",
     {},
     {},
     "config:3 (profile default): source_profile: there is no profile 'a'"},
    {"SourceProfileWithoutCredentials",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n[profile a]\nregion = r\n",
     "",
     environment_keys,
     {.profile = "default"},
     "config:3 (profile default): the source profile a ("},
    {"Circle",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n"
     "[profile a]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = b\n"
     "[profile b]\nrole_arn = arn:aws:iam::1:role/z\nsource_profile = default\n",
     "",
     {},
     {},
     "the source profiles go in a circle: default -> a -> b -> default"},
    {"CircleOfOneWithoutKeys",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n",
     "",
     {},
     {},
     "circle: default -> default"},
    {"CircleOfOneWithKeys",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n",
     default_keys,
     {},
     {},
     "role arn:aws:iam::1:role/x (session s3migrator-"},
    {"CircleThroughKeysIsStillOne",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n"
     "[profile a]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = default\n",
     default_keys,
     {},
     {},
     "the source profiles go in a circle: default -> a -> default"},
    {"SourceOfNoKind",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = environment\n",
     "",
     {},
     {},
     "credential_source is 'environment'; it can be Environment, Ec2InstanceMetadata or Ecs"},
    {"SourceEnvironmentWithoutKeys",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Environment\n",
     "",
     {},
     {},
     "credential_source is Environment, but AWS_ACCESS_KEY_ID is not set"},
    {"SourceContainerWithoutVariables",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = EcsContainer\n",
     "",
     {},
     {},
     "credential_source is EcsContainer, but neither"},
    {"SourceMetadataForbidden",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Ec2InstanceMetadata\n",
     "",
     no_metadata,
     {},
     "AWS_EC2_METADATA_DISABLED forbids it"},
    {"SourceMetadata",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Ec2InstanceMetadata\n",
     "",
     {},
     {},
     "role arn:aws:iam::1:role/x"},
    {"WebIdentityWithoutRole",
     "",
     "",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}},
     {},
     "AWS_WEB_IDENTITY_TOKEN_FILE: it names a web identity token, but neither"},
    {"WebIdentityAsSource",
     "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\n[profile a]\n"
     "role_arn = arn:aws:iam::1:role/y\nweb_identity_token_file = /t\n",
     "",
     {},
     {},
     "role arn:aws:iam::1:role/x"},
    {"LoginOfTheCli",
     "[default]\nlogin_session = arn:aws:iam::1:user/me\n",
     "",
     container,
     {},
     "config:2 (profile default): profile default is one of `aws login`"},
    {"KeysBeforeLoginOfTheCli",
     "[default]\nlogin_session = x\n",
     default_keys,
     {},
     {},
     "profile default ("},
    {"BadContainerUri",
     "",
     "",
     {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"}},
     {},
     "AWS_CONTAINER_CREDENTIALS_FULL_URI: the host example.com is none"},
};

INSTANTIATE_TEST_SUITE_P(, CredentialsChain, testing::ValuesIn(choices),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace s3m::aws
