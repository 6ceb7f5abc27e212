#include "base/error.hpp"

#include <set>
#include <utility>

#include <gtest/gtest.h>

namespace s3m {
namespace {

using namespace std::chrono_literals;

Error full_error() {
  Error error(Errc::access_denied, "Access Denied");
  error.operation("CopyObject").bucket("photos").key("a/b").service_code("AccessDenied");
  error.http_status(403).request_id("R1").region("eu-west-1").retry_after(250ms);
  error.server_time(std::chrono::sys_seconds(5s));
  return error;
}

TEST(Error, every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Errc::cancelled); ++code) {
    names.insert(name(static_cast<Errc>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Errc::cancelled) + 1);
  EXPECT_EQ(name(Errc::usage), "usage");
  EXPECT_EQ(name(Errc::refused), "refused");
  EXPECT_EQ(name(Errc::io), "io");
  EXPECT_EQ(name(Errc::throttled), "throttled");
  EXPECT_EQ(name(Errc::no_such_upload), "no_such_upload");
  EXPECT_EQ(name(Errc::too_large), "too_large");
  EXPECT_EQ(name(Errc::cancelled), "cancelled");
}

TEST(Error, a_result_stays_small) {
  EXPECT_EQ(sizeof(Error), sizeof(void*));
  EXPECT_EQ(sizeof(Result<int>), 16U);
}

TEST(Error, describes_all_it_knows) {
  EXPECT_EQ(full_error().describe(),
            "CopyObject s3://photos/a/b: Access Denied (AccessDenied, HTTP 403, request id R1)");
}

TEST(Error, describes_only_what_it_knows) {
  EXPECT_EQ(Error(Errc::timeout).describe(), "timeout");
  EXPECT_EQ(Error(Errc::timeout, "no answer in 30 s").describe(), "no answer in 30 s");
  Error bucket_alone(Errc::no_such_bucket);
  bucket_alone.bucket("photos");
  EXPECT_EQ(bucket_alone.describe(), "s3://photos: no_such_bucket");
}

TEST(Error, describes_foreign_text_without_letting_it_out) {
  Error error(Errc::invalid_request, "bad\x1b[2Jnews\nand more");
  error.operation("Put\rObject").bucket("b\x07").key("k\xE2\x80\xAEtxt.exe\\").request_id("\x9b");
  error.service_code("A\tB");
  EXPECT_EQ(error.describe(),
            "Put\\x0dObject s3://b\\x07/k\\xe2\\x80\\xaetxt.exe\\\\: bad\\x1b[2Jnews\\x0aand more "
            "(A\\x09B, request id \\x9b)");
}

TEST(Error, context_goes_before_the_message) {
  Error error(Errc::io, "disk full");
  error.context("cannot write report.csv").context("report");
  EXPECT_EQ(error.message(), "report: cannot write report.csv: disk full");
}

TEST(Error, a_clone_is_equal_and_separate) {
  auto error = full_error();
  error.retry(RetryClass::refresh);
  auto copy = error.clone();
  EXPECT_EQ(copy.describe(), error.describe());
  EXPECT_EQ(copy.code(), Errc::access_denied);
  EXPECT_EQ(copy.retry(), RetryClass::refresh);
  EXPECT_EQ(copy.region(), "eu-west-1");
  EXPECT_EQ(copy.retry_after(), 250ms);
  EXPECT_EQ(copy.server_time(), std::chrono::sys_seconds(5s));
  copy.key("other");
  EXPECT_EQ(error.key(), "a/b");
}

Result<int> failing() {
  return fail(Errc::throttled, "slow down", RetryClass::throttle);
}

Result<std::string> passing_on() {
  auto number = failing();
  if (!number) return forward(number);
  return "reached";
}

Result<void> nothing_to_say() {
  return ok;
}

TEST(Result, a_failure_is_carried_into_another_type) {
  const auto result = passing_on();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), Errc::throttled);
  EXPECT_EQ(result.error().retry(), RetryClass::throttle);
  EXPECT_EQ(result.error().message(), "slow down");
}

TEST(Result, ok_is_a_success_without_a_value) {
  EXPECT_TRUE(nothing_to_say().has_value());
}

}  // namespace
}  // namespace s3m
