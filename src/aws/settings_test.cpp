#include "aws/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_home.hpp"

namespace s3m::aws {
namespace {

using testing::HasSubstr;
using testing::Not;
using Variables = std::map<std::string, std::string>;

Result<SideSettings> resolve(const std::string& config, const Variables& variables,
                             const SideOptions& options = {}) {
  TestHome home;
  home.config(config);
  for (const auto& [name, value] : variables)
    home.set(name, value);
  const auto environment = home.environment();
  const auto loaded = home.load();
  return resolve_settings(environment, loaded, options);
}

struct Precedence {
  std::string name, config;
  Variables variables;
  SideOptions options;
  std::string region, s3_url, sts_url;
};

class SettingsPrecedence : public testing::TestWithParam<Precedence> {};

TEST_P(SettingsPrecedence, Holds) {
  const auto& row = GetParam();
  const auto side = resolve(row.config, row.variables, row.options);
  ASSERT_TRUE(side) << side.error().message();
  EXPECT_EQ(side->s3.region, row.region);
  EXPECT_EQ(side->sts.region, row.region);
  EXPECT_EQ(side->s3.url, row.s3_url);
  EXPECT_EQ(side->sts.url, row.sts_url);
}

const std::string full =
    "[default]\nregion = r-default\nendpoint_url = http://profile\n"
    "[profile p]\nregion = r-p\nservices = s\nendpoint_url = http://profile\n"
    "[services s]\ns3 =\n  endpoint_url = http://profile-s3\nsts =\n"
    "  endpoint_url = http://profile-sts\n"
    "[profile q]\nregion = r-q\nendpoint_url = http://profile\n"
    "ignore_configured_endpoint_urls = true\n";

const Precedence precedences[] = {
    {"Nothing", "", {}, {}, "", "", ""},
    {"DefaultProfile", full, {}, {}, "r-default", "http://profile", "http://profile"},
    {"NamedByVariable",
     full,
     {{"AWS_PROFILE", "p"}},
     {},
     "r-p",
     "http://profile-s3",
     "http://profile-sts"},
    {"NamedByOldVariable",
     full,
     {{"AWS_DEFAULT_PROFILE", "p"}},
     {},
     "r-p",
     "http://profile-s3",
     "http://profile-sts"},
    {"OptionOverVariable",
     full,
     {{"AWS_PROFILE", "p"}},
     {.profile = "default"},
     "r-default",
     "http://profile",
     "http://profile"},
    {"EmptyVariablesAreNotSet",
     full,
     {{"AWS_PROFILE", ""}, {"AWS_REGION", ""}, {"AWS_ENDPOINT_URL", ""}},
     {},
     "r-default",
     "http://profile",
     "http://profile"},
    {"RegionOfTheEnvironment",
     full,
     {{"AWS_REGION", "r-a"}, {"AWS_DEFAULT_REGION", "r-b"}},
     {},
     "r-a",
     "http://profile",
     "http://profile"},
    {"OldRegionOfTheEnvironment",
     full,
     {{"AWS_DEFAULT_REGION", "r-b"}},
     {},
     "r-b",
     "http://profile",
     "http://profile"},
    {"RegionOption",
     full,
     {{"AWS_REGION", "r-a"}},
     {.region = "r-o"},
     "r-o",
     "http://profile",
     "http://profile"},
    {"GeneralVariableOverProfile",
     full,
     {{"AWS_PROFILE", "p"}, {"AWS_ENDPOINT_URL", "http://env"}},
     {},
     "r-p",
     "http://env",
     "http://env"},
    {"ServiceVariables",
     full,
     {{"AWS_ENDPOINT_URL", "http://env"},
      {"AWS_ENDPOINT_URL_S3", "http://env-s3"},
      {"AWS_ENDPOINT_URL_STS", "http://env-sts"}},
     {},
     "r-default",
     "http://env-s3",
     "http://env-sts"},
    {"OptionServesBoth",
     full,
     {{"AWS_ENDPOINT_URL", "http://env"}},
     {.endpoint_url = "http://option:9000"},
     "r-default",
     "http://option:9000",
     "http://option:9000"},
    {"OptionYieldsToStsOfItsOwn",
     full,
     {{"AWS_ENDPOINT_URL_STS", "http://env-sts"}},
     {.endpoint_url = "http://option:9000"},
     "r-default",
     "http://option:9000",
     "http://env-sts"},
    {"OptionYieldsToStsOfItsOwnInTheProfile",
     full,
     {{"AWS_PROFILE", "p"}},
     {.endpoint_url = "http://option"},
     "r-p",
     "http://option",
     "http://profile-sts"},
    {"OptionAtAwsIsOfS3Alone",
     "",
     {},
     {.endpoint_url = "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com"},
     "",
     "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com",
     ""},
    {"IgnoredByVariable",
     full,
     {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}, {"AWS_ENDPOINT_URL", "http://env"}},
     {},
     "r-default",
     "",
     ""},
    {"IgnoredByProfile", full, {{"AWS_PROFILE", "q"}}, {}, "r-q", "", ""},
    {"IgnoringSparesTheOption",
     full,
     {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
     {.endpoint_url = "http://option"},
     "r-default",
     "http://option",
     "http://option"},
};

INSTANTIATE_TEST_SUITE_P(, SettingsPrecedence, testing::ValuesIn(precedences),
                         [](const auto& test) { return test.param.name; });

Result<EndpointSettings> service(const Variables& variables, std::string_view id) {
  TestHome home;
  home.config(full);
  for (const auto& [name, value] : variables)
    home.set(name, value);
  const auto environment = home.environment();
  const auto loaded = home.load();
  return resolve_service(environment, loaded, {}, id);
}

TEST(Settings, AServiceOfTheProgramsOwn) {
  const auto own = service({{"AWS_REGION", "eu-west-1"},
                            {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://logs"},
                            {"AWS_ENDPOINT_URL", "http://all"}},
                           "cloudwatch_logs");
  ASSERT_TRUE(own) << own.error().message();
  EXPECT_EQ(own->url, "http://logs");
  EXPECT_EQ(own->region, "eu-west-1");
  EXPECT_EQ(service({{"AWS_ENDPOINT_URL", "http://all"}}, "ecs")->url, "http://all");
  EXPECT_EQ(service({}, "ecs")->region, "r-default");
  EXPECT_EQ(service({{"AWS_PROFILE", "none"}}, "ecs").error().code(), Errc::config);
}

TEST(Settings, Switches) {
  const auto plain = resolve("[default]\n", {});
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->s3.fips);
  EXPECT_FALSE(plain->s3.dual_stack);
  const auto from_profile =
      resolve("[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = True\n", {});
  ASSERT_TRUE(from_profile);
  EXPECT_TRUE(from_profile->s3.fips && from_profile->sts.fips);
  EXPECT_TRUE(from_profile->s3.dual_stack && from_profile->sts.dual_stack);
  const auto from_environment =
      resolve("[default]\nuse_fips_endpoint = true\n",
              {{"AWS_USE_FIPS_ENDPOINT", "false"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}});
  ASSERT_TRUE(from_environment);
  EXPECT_FALSE(from_environment->s3.fips);
  EXPECT_TRUE(from_environment->s3.dual_stack);
}

TEST(Settings, AddressingStyle) {
  const std::pair<std::string, Addressing> styles[] = {{"auto", Addressing::automatic},
                                                       {"path", Addressing::path},
                                                       {"virtual", Addressing::virtual_hosted}};
  for (const auto& [word, expected] : styles) {
    const auto side = resolve("[default]\ns3 =\n  addressing_style = " + word + "\n", {});
    ASSERT_TRUE(side);
    EXPECT_EQ(side->s3.addressing, expected);
    EXPECT_EQ(side->sts.addressing, Addressing::automatic);
  }
}

struct Wrong {
  std::string name, config;
  Variables variables;
  SideOptions options;
  std::string message;
};

class SettingsErrors : public testing::TestWithParam<Wrong> {};

TEST_P(SettingsErrors, SayWhereAndWhat) {
  const auto side = resolve(GetParam().config, GetParam().variables, GetParam().options);
  ASSERT_FALSE(side);
  EXPECT_EQ(side.error().code(), Errc::config);
  EXPECT_THAT(side.error().message(), HasSubstr(GetParam().message));
  EXPECT_THAT(side.error().describe(), Not(HasSubstr("SENTINEL")));
}

const Wrong wrongs[] = {
    {"NoSuchProfileOption", "[default]\n", {}, {.profile = "x"}, "there is no profile 'x'"},
    {"NoSuchProfileVariable", "", {{"AWS_PROFILE", "x"}}, {}, "there is no profile 'x'"},
    {"NoSuchServices",
     "[default]\nservices = s\n",
     {},
     {},
     "/.aws/config:2 (profile default): there is no section [services s]"},
    {"Style",
     "[default]\ns3 =\n  addressing_style = dns\n",
     {},
     {},
     "/.aws/config:3 (profile default): addressing_style is 'dns'; it can be auto, path or "
     "virtual"},
    {"Flag",
     "",
     {{"AWS_USE_FIPS_ENDPOINT", "yes"}},
     {},
     "AWS_USE_FIPS_ENDPOINT: use_fips_endpoint is 'yes'; it can be true or false"},
    {"RegionOption",
     "",
     {},
     {.region = "eu west"},
     "the region given on the command line: 'eu west' is not the name of a region"},
    {"RegionVariable", "", {{"AWS_REGION", "a/b"}}, {}, "AWS_REGION: 'a/b' is not"},
    {"RegionOfTheProfile",
     "[default]\nregion = a..b\n",
     {},
     {},
     "/.aws/config:2 (profile default): 'a..b' is not"},
    {"UrlOption", "", {}, {.endpoint_url = "localhost:9000"}, "given on the command line: the end"},
    {"UrlVariable",
     "",
     {{"AWS_ENDPOINT_URL_S3", "ftp://host"}},
     {},
     "AWS_ENDPOINT_URL_S3: the end"},
    {"UrlOfTheProfile",
     "[default]\nendpoint_url = http://\n",
     {},
     {},
     "/.aws/config:2 (profile default): the endpoint URL"},
    {"UrlWithAPassword",
     "",
     {{"AWS_ENDPOINT_URL", "http://me:SENTINEL@host"}},
     {},
     "AWS_ENDPOINT_URL: the endpoint URL"},
    {"StsUrl", "", {{"AWS_ENDPOINT_URL_STS", "host"}}, {}, "AWS_ENDPOINT_URL_STS: "},
};

INSTANTIATE_TEST_SUITE_P(, SettingsErrors, testing::ValuesIn(wrongs),
                         [](const auto& test) { return test.param.name; });

TEST(Settings, Numbers) {
  TestHome home;
  home.config("[default]\nduration_seconds = 900\nbad = 1h\n");
  const auto environment = home.environment();
  const auto config = home.load();
  const Settings settings(environment, config, "default");
  EXPECT_EQ(settings.number("X", "duration_seconds", 1, 1000).value(), 900);
  EXPECT_EQ(settings.number("X", "absent", 1, 1000).value(), std::nullopt);
  EXPECT_FALSE(settings.number("X", "duration_seconds", 901, 1000));
  const auto bad = settings.number("X", "bad", 1, 1000);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message(), HasSubstr("config:3 (profile default): bad is '1h'"));
}

}  // namespace
}  // namespace s3m::aws
