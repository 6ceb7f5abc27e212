#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/credential_sources.hpp"
#include "aws/test_home.hpp"
#include "aws/test_loop.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ProcessSource : public testing::Test {
 protected:
  // A profile whose credential_process is a script of that text, called with an argument that
  // nobody should see.
  void script(const std::string& text, const std::string& more_config = {}) {
    const auto path = home_.write("my keys.sh", "#!/bin/sh\n" + text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    home_.config("[default]\ncredential_process = \"" + path + "\" --password SENTINEL\n" +
                 more_config);
  }
  MaybeSource make() {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return process_source(Settings(environment, config, "default"));
  }
  Result<Credentials> fetch() {
    auto source = make();
    EXPECT_TRUE(source && *source);
    return run(loop_, (*source)->fetch());
  }
  void expect_failure(const std::string& message) {
    const auto credentials = fetch();
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code(), Errc::config);
    EXPECT_THAT(credentials.error().describe(),
                AllOf(HasSubstr("credential_process at " + home_.path() + "/.aws/config:2"),
                      HasSubstr(message), Not(HasSubstr("SENTINEL"))));
  }

  TestHome home_;
  net::Loop loop_;
};

TEST_F(ProcessSource, IsNullWithoutIt) {
  home_.config("[default]\nregion = x\n");
  const auto source = make();
  ASSERT_TRUE(source);
  EXPECT_EQ(*source, nullptr);
}

TEST_F(ProcessSource, ReadsWhatTheProgramPrints) {
  script(R"(echo '{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"s","SessionToken":"t",)"
         R"("Expiration":"2026-11-22T16:28:00Z"}')",
         "aws_account_id = 111122223333\n");
  const auto credentials = fetch();
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->access_key_id, "ASIA1");
  EXPECT_EQ(credentials->session_token, "t");
  EXPECT_EQ(credentials->expiration, parse_iso8601("2026-11-22T16:28:00Z"));
  EXPECT_EQ(credentials->account, "111122223333");
}

TEST_F(ProcessSource, LongTermKeysAndNulls) {
  script(R"(echo '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s","SessionToken":null}')");
  const auto credentials = fetch();
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->expiration, std::nullopt);
  EXPECT_EQ(credentials->session_token, "");
}

TEST_F(ProcessSource, RunsTheProgramEachTime) {
  script(
      "echo x >> \"$(dirname \"$0\")/runs\"\n"
      R"(echo '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s"}')");
  auto source = make();
  ASSERT_TRUE(source && *source);
  EXPECT_TRUE(run(loop_, (*source)->fetch()));
  EXPECT_TRUE(run(loop_, (*source)->fetch()));
  EXPECT_EQ(std::filesystem::file_size(home_.path() + "/runs"), 4u);
}

TEST_F(ProcessSource, AProgramThatFails) {
  script("echo SENTINEL; echo 'session is over, run okta-login' >&2; exit 3");
  expect_failure("exit code 3; it said: session is over, run okta-login");
  script("echo SENTINEL; exit 1");
  expect_failure("exit code 1; it said nothing on standard error");
}

TEST_F(ProcessSource, OutputThatCannotBeUsed) {
  script("echo SENTINEL");
  expect_failure("it is not a JSON object");
  script(R"(echo '{"AccessKeyId":"SENTINEL","SecretAccessKey":"SENTINEL"}')");
  expect_failure("its Version is not 1");
  script(R"(echo '{"Version":2,"AccessKeyId":"SENTINEL","SecretAccessKey":"SENTINEL"}')");
  expect_failure("its Version is not 1");
  script(R"(echo '{"Version":1,"AccessKeyId":"SENTINEL"}')");
  expect_failure("it has no SecretAccessKey");
  script(R"(echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"SENTINEL","Expiration":"x"}')");
  expect_failure("its Expiration is not a time");
}

TEST_F(ProcessSource, AProgramThatIsNotThere) {
  home_.config("[default]\ncredential_process = /nonexistent/program SENTINEL\n");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_THAT(credentials.error().describe(),
              AllOf(HasSubstr("credential_process at"), Not(HasSubstr("SENTINEL"))));
}

}  // namespace
}  // namespace s3m::aws
