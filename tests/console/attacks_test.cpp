// What somebody tries who has no token, the wrong one, or a page of their own.
#include <chrono>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "console/openapi.hpp"
#include "tests/console/rig.hpp"

namespace s3m::console {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string job = "20261122t162800-3f9a1c";

struct Operation {
  std::string method, target, role;
};

// All of the document, with the job's id in its place.
std::vector<Operation> operations() {
  std::vector<Operation> out;
  const auto document = boost::json::parse(openapi_document());
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    std::string target(path);
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, job);
    for (const auto& [method, operation] : methods.as_object()) {
      std::string upper(method);
      for (auto& c : upper)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      out.push_back({upper, target, std::string(operation.at("x-role").as_string())});
    }
  }
  return out;
}

TEST(Attacks, WithoutATokenThereIsNothing) {
  Rig rig;
  rig.add_job(job);
  std::size_t tried = 0;
  for (const auto& [method, target, role] : operations()) {
    if (role == "none") continue;
    const auto response = rig.ask({.method = method, .target = target});
    EXPECT_EQ(response.status, 401) << method << ' ' << target;
    EXPECT_THAT(response.body, Not(HasSubstr("photos"))) << target;
    ++tried;
  }
  EXPECT_GT(tried, 15u);
  EXPECT_EQ(rig.ask({.target = "/api/v1/nothing"}).status, 401);
  EXPECT_EQ(rig.ask({.target = "/api"}).status, 401);
}

TEST(Attacks, AViewerChangesNothing) {
  Rig rig;
  rig.add_job(job);
  const auto cookie = rig.sign_in(viewer_token);
  std::size_t tried = 0;
  for (const auto& [method, target, role] : operations()) {
    if (role != "operator") continue;
    const Ask what{.method = method, .target = target};
    EXPECT_EQ(rig.ask_as(viewer_token, what).status, 403) << method << ' ' << target;
    EXPECT_EQ(rig.ask_page(cookie, what).status, 403) << method << ' ' << target;
    ++tried;
  }
  EXPECT_GT(tried, 2u);
  EXPECT_TRUE(*rig.store().find_job(job));
  EXPECT_EQ(rig.ask_as(viewer_token, {.target = "/api/v1/jobs/" + job}).status, 200);
}

TEST(Attacks, GuessingIsSlow) {
  Rig rig;
  int refused = 0;
  while (rig.ask_as("a-guess-of-mine-0123456789", {.target = "/api/v1/jobs"}).status == 401)
    ASSERT_LT(++refused, 100);
  EXPECT_GE(refused, 3);
  const auto right = rig.ask_as(operator_token, {.target = "/api/v1/jobs"});
  EXPECT_EQ(right.status, 429);
  EXPECT_TRUE(right.headers.has("Retry-After"));
  EXPECT_EQ(rig.sign_in(operator_token), "429");
}

TEST(Attacks, AnotherSitesPageIsRefused) {
  Rig rig;
  rig.add_job(job);
  const auto cookie = rig.sign_in(operator_token);
  const auto ask_from = [&](std::vector<std::pair<std::string, std::string>> fields) {
    fields.emplace_back("Cookie", "s3migrator_session=" + cookie);
    return rig.ask({.method = "DELETE", .target = "/api/v1/jobs/" + job, .fields = fields}).status;
  };
  EXPECT_EQ(ask_from({{"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(ask_from({{"Origin", "null"}}), 403);
  EXPECT_EQ(ask_from({}), 403);
  EXPECT_EQ(ask_from({{"Origin", "http://" + rig.host()}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(ask_from({{"Origin", "http://127.0.0.1:1"}}), 403) << "another port, another server";
  EXPECT_TRUE(*rig.store().find_job(job));
  EXPECT_EQ(ask_from({{"Origin", "http://" + rig.host()}}), 204);
}

TEST(Attacks, AFormOfAnotherSiteCannotSignIn) {
  Rig rig;
  const Ask what{.method = "POST",
                 .target = "/api/v1/session",
                 .body = R"({"token": ")" + operator_token + "\"}",
                 .fields = {{"Content-Type", "text/plain"}}};
  EXPECT_EQ(rig.ask(what).status, 403);
  auto own = what;
  own.fields.emplace_back("Origin", "http://" + rig.host());
  EXPECT_EQ(rig.ask(own).status, 415);
}

TEST(Attacks, ANameThatWasReboundIsRefused) {
  Rig rig;
  const auto response =
      rig.ask_as(operator_token, {.target = "/api/v1/jobs", .fields = {{"Host", "evil.example"}}});
  EXPECT_EQ(response.status, 421);
  EXPECT_EQ(rig.ask({.target = "/", .fields = {{"Host", "127.0.0.1.evil.example"}}}).status, 421);
  EXPECT_EQ(rig.ask({.target = "/healthz", .fields = {{"Host", "localhost"}}}).status, 200);
}

TEST(Attacks, NoPathLeadsOut) {
  Rig rig;
  for (const char* const target :
       {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd",
        "/assets/%5c..%5cetc", "//etc/passwd", "/api/v1/../../etc/passwd", "/a%00b"}) {
    const auto response = rig.ask({.target = target});
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(response.body, Not(HasSubstr("root:")));
  }
  EXPECT_EQ(rig.ask({.target = "/etc/passwd"}).status, 404);
}

TEST(Attacks, NothingOfARequestBecomesAHeader) {
  Rig rig;
  for (const char* const target :
       {"/api/v1/jobs/a%0d%0aX-Evil:%201", "/api/v1/jobs/%0aSet-Cookie:a=b/failures.csv"})
    EXPECT_EQ(rig.ask_as(operator_token, {.target = target}).status, 400) << target;
  const auto answered =
      rig.ask_as(operator_token, {.target = "/api/v1/jobs?cursor=%0d%0aX-Evil:1&q=%0d%0aX-Evil:1"});
  EXPECT_FALSE(answered.headers.has("X-Evil"));
}

TEST(Attacks, WhatIsTooLargeIsRefused) {
  Rig rig;
  EXPECT_THAT(
      rig.talk("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
      HasSubstr("HTTP/1.1 431 "));
  EXPECT_THAT(rig.talk("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                       "2000000\r\n\r\n"),
              HasSubstr("HTTP/1.1 413 "));
}

TEST(Attacks, ASlowRequestIsNotWaitedFor) {
  ConsoleOptions options;
  options.request_timeout = 30ms;
  Rig rig(std::move(options));
  EXPECT_EQ(rig.talk("GET / HTTP/1.1\r\nHost: loc"), "");
}

TEST(Attacks, AScriptInAKeyStaysText) {
  const std::string key = "<script>alert(1)</script>\u2028\x1b[31m=cmd|'/c calc'!A0\n\xff";
  Rig rig;
  rig.add_job(job, key, "<img src=x onerror=alert(2)>");
  for (const std::string path :
       {"/failures", "/failures/groups", "/failures.json", "", "/events"}) {
    const auto response = rig.ask_as(viewer_token, {.target = "/api/v1/jobs/" + job + path});
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json") << path;
    EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(response.body, Not(HasSubstr("\x1b"))) << path;
    rig.json(response);
  }
  const auto csv = rig.ask_as(viewer_token, {.target = "/api/v1/jobs/" + job + "/failures.csv"});
  EXPECT_THAT(std::string(csv.headers.get("Content-Disposition")), HasSubstr("attachment"));
  const auto page = rig.ask_as(viewer_token, {.target = "/api/v1/jobs/" + job + "/report.html"});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page.body, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(std::string(page.headers.get("Content-Disposition")), HasSubstr("attachment"));
}

TEST(Attacks, ASessionIsOverWhenItIsSignedOut) {
  Rig rig;
  const auto cookie = rig.sign_in(operator_token);
  ASSERT_EQ(cookie.size(), 64u);
  EXPECT_EQ(rig.ask_page(cookie, {.target = "/api/v1/session"}).status, 200);
  EXPECT_EQ(rig.ask_page(cookie, {.method = "DELETE", .target = "/api/v1/session"}).status, 204);
  EXPECT_EQ(rig.ask_page(cookie, {.target = "/api/v1/session"}).status, 401);
  EXPECT_EQ(rig.ask_page("", {.target = "/api/v1/session"}).status, 401);
  EXPECT_EQ(rig.ask_page(operator_token, {.target = "/api/v1/session"}).status, 401);
}

TEST(Attacks, EveryAnswerIsProtected) {
  Rig rig;
  for (const char* const target : {"/", "/nothing", "/api/v1/jobs", "/healthz", "/%zz"}) {
    const auto response = rig.ask({.target = target});
    const auto& headers = response.headers;
    EXPECT_THAT(std::string(headers.get("Content-Security-Policy")),
                HasSubstr("default-src 'none'; script-src 'self';"))
        << target;
    EXPECT_THAT(std::string(headers.get("Content-Security-Policy")),
                HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(headers.get("Referrer-Policy"), "no-referrer");
    EXPECT_TRUE(headers.has("Cache-Control"));
    EXPECT_FALSE(headers.has("Access-Control-Allow-Origin"));
  }
}

}  // namespace
}  // namespace s3m::console
