#include "base/log.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace s3m::log {
namespace {

class Log : public testing::Test {
 protected:
  ~Log() override { set_level(Level::warning); }
};

template <class Work>
std::string stderr_of(Work work) {
  testing::internal::CaptureStderr();
  work();
  return testing::internal::GetCapturedStderr();
}

TEST_F(Log, warnings_show_by_default_and_information_does_not) {
  const auto text = stderr_of([] {
    debug("details {}", 1);
    info("news {}", 2);
    warning("careful {}", 3);
    error("broken {}", 4);
  });
  EXPECT_EQ(text.find("details"), std::string::npos);
  EXPECT_EQ(text.find("news"), std::string::npos);
  EXPECT_NE(text.find("Z warning careful 3\n"), std::string::npos);
  EXPECT_NE(text.find("Z error broken 4\n"), std::string::npos);
}

TEST_F(Log, the_level_decides) {
  set_level(Level::debug);
  EXPECT_NE(stderr_of([] { debug("details"); }).find("details"), std::string::npos);
  set_level(Level::off);
  EXPECT_EQ(stderr_of([] { error("broken"); }), "");
  EXPECT_FALSE(enabled(Level::error));
  EXPECT_FALSE(enabled(Level::off));
}

TEST_F(Log, a_message_stays_one_line_and_runs_nothing) {
  const auto text = stderr_of([] { warning("{}", "a\nERROR forged\x1b[2J {} %v"); });
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_NE(text.find("a\\x0aERROR forged\\x1b[2J {} %v"), std::string::npos);
}

TEST(RedactUrl, passwords_go_and_the_rest_stays) {
  EXPECT_EQ(redact_url("postgresql://user:secret@host:5432/db?sslmode=require"),
            "postgresql://user:***@host:5432/db?sslmode=require");
  EXPECT_EQ(redact_url("postgresql://user@host/db"), "postgresql://user@host/db");
  EXPECT_EQ(redact_url("http://127.0.0.1:9000"), "http://127.0.0.1:9000");
  EXPECT_EQ(redact_url("sqlite:///var/lib/store.db"), "sqlite:///var/lib/store.db");
  EXPECT_EQ(redact_url(""), "");
}

TEST(RedactUrl, passwords_with_odd_characters_go_whole) {
  for (const auto* const password : {"a@b", "a/b", "a:b", "a?b", "a#b", "://", "@", ""}) {
    EXPECT_EQ(redact_url(std::string("postgresql://user:") + password + "@host/db"),
              "postgresql://user:***@host/db");
  }
}

TEST(RedactUrl, passwords_as_parameters_go) {
  EXPECT_EQ(redact_url("postgresql://host/db?user=u&password=secret&sslmode=require"),
            "postgresql://host/db?user=u&password=***&sslmode=require");
  EXPECT_EQ(redact_url("postgresql://u:p@host/db?PassWord=secret"),
            "postgresql://u:***@host/db?PassWord=***");
  EXPECT_EQ(redact_url("host=h password=secret dbname=d"), "host=h password=*** dbname=d");
  EXPECT_EQ(redact_url("host=h password = 'se cr\\'et' dbname=d"),
            "host=h password = *** dbname=d");
  EXPECT_EQ(redact_url("password='never closed"), "password=***");
  EXPECT_EQ(redact_url("password="), "password=***");
}

TEST(RedactUrl, signatures_and_tokens_go) {
  EXPECT_EQ(redact_url("https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=aa&"
                       "X-Amz-Security-Token=bb"),
            "https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=***&"
            "X-Amz-Security-Token=***");
}

}  // namespace
}  // namespace s3m::log
