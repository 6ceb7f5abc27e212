#include "aws/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_home.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(SharedConfig, NoFilesAreNoProfiles) {
  const TestHome home;
  const auto config = home.load();
  EXPECT_EQ(config.profile("default"), nullptr);
  EXPECT_EQ(config.sso_session("x"), nullptr);
}

TEST(SharedConfig, TheCredentialsFileWins) {
  const TestHome home;
  home.config(
      "[default]\nregion = eu-west-1\naws_access_key_id = from-config\n[profile a]\nk = v\n");
  home.credentials("[default]\naws_access_key_id = from-credentials\n[b]\nk = w\n");
  const auto config = home.load();
  ASSERT_NE(config.profile("default"), nullptr);
  EXPECT_EQ(*config.profile("default"),
            (ProfileSettings{{"region", "eu-west-1"}, {"aws_access_key_id", "from-credentials"}}));
  EXPECT_NE(config.profile("a"), nullptr);
  EXPECT_NE(config.profile("b"), nullptr);
}

TEST(SharedConfig, ServicesAreAddedToTheProfileThatNamesThem) {
  const TestHome home;
  home.config(
      "[profile a]\nservices = local\n[profile b]\nservices = nowhere\n[profile c]\n"
      "[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n");
  const auto config = home.load();
  EXPECT_EQ(config.profile("a")->at("services.s3.endpoint_url"), "http://127.0.0.1:9000");
  EXPECT_FALSE(config.profile("b")->contains("services.s3.endpoint_url"));
  EXPECT_FALSE(config.profile("c")->contains("services.s3.endpoint_url"));
}

TEST(SharedConfig, FilesElsewhere) {
  TestHome home;
  const auto config_path = home.write("else/where.conf", "[profile a]\nk = 1\n");
  home.write("keys", "[b]\nk = 2\n");
  home.config("[profile never]\n");
  home.set("AWS_CONFIG_FILE", config_path);
  home.set("AWS_SHARED_CREDENTIALS_FILE", "~/keys");
  const auto config = home.load();
  EXPECT_NE(config.profile("a"), nullptr);
  EXPECT_NE(config.profile("b"), nullptr);
  EXPECT_EQ(config.profile("never"), nullptr);
  EXPECT_EQ(config.credentials_file().path, home.path() + "/keys");
}

TEST(SharedConfig, AFileThatCannotBeParsedStopsTheLoading) {
  const TestHome home;
  home.credentials("[default]\nnonsense SENTINEL\n");
  const auto loaded = SharedConfig::load(home.environment());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Errc::config);
  EXPECT_THAT(loaded.error().describe(),
              AllOf(HasSubstr(home.path() + "/.aws/credentials:2:"), Not(HasSubstr("SENTINEL"))));
}

TEST(SharedConfig, SaysWhereASettingStands) {
  const TestHome home;
  home.config(
      "[profile a]\nregion = eu-west-1\nservices = s\nk = v\n"
      "[services s]\ns3 =\n  endpoint_url = x\n");
  home.credentials("\n[a]\nk = w\n[b]\n");
  const auto config = home.load();
  const auto config_path = home.path() + "/.aws/config";
  const auto credentials_path = home.path() + "/.aws/credentials";
  EXPECT_EQ(config.where("a", "region"), config_path + ":2");
  EXPECT_EQ(config.where("a", "k"), credentials_path + ":3");
  EXPECT_EQ(config.where("a", "services.s3.endpoint_url"), config_path + ":7");
  EXPECT_EQ(config.where("a", "absent"), config_path + ":1");
  EXPECT_EQ(config.where("a"), config_path + ":1");
  EXPECT_EQ(config.where("b"), credentials_path + ":4");
  EXPECT_EQ(config.where("none"), config_path);
}

TEST(SharedConfig, AMissingProfileIsExplained) {
  const TestHome home;
  home.config("[default]\n[prod]\nk = v\n[profile stage]\n");
  home.credentials("[profile dev]\nk = v\n");
  const auto config = home.load();
  EXPECT_EQ(config.no_such_profile("prdo").code(), Errc::config);
  EXPECT_EQ(config.no_such_profile("prdo").message(),
            "there is no profile 'prdo' in " + home.path() + "/.aws/config or " + home.path() +
                "/.aws/credentials; they have default, stage");
  EXPECT_THAT(config.no_such_profile("prod").message(),
              HasSubstr("/.aws/config:2 has [prod], which must be [profile prod] in that file"));
  EXPECT_THAT(config.no_such_profile("dev").message(),
              HasSubstr("/.aws/credentials:1 has [profile dev], which must be [dev] in that file"));
}

TEST(SharedConfig, HomeOfTheUserWithoutTheVariable) {
  const auto nothing = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_FALSE(home_directory(nothing).empty());
}

TEST(SharedConfig, TheEnvironmentOfTheProcess) {
  ASSERT_EQ(::setenv("S3M_TEST_VARIABLE", "value", 1), 0);
  EXPECT_EQ(process_environment()("S3M_TEST_VARIABLE"), "value");
  ASSERT_EQ(::unsetenv("S3M_TEST_VARIABLE"), 0);
  EXPECT_EQ(process_environment()("S3M_TEST_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace s3m::aws
