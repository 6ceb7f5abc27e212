#include "aws/client.hpp"

#include <deque>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_loop.hpp"
#include "net/http_server.hpp"
#include "net/task_group.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Cut = net::ServerReply::Cut;

net::ServerReply reply(int status, std::string body = {}, std::string headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

net::ServerReply refusal(int status, std::string_view code, std::string headers = {}) {
  return reply(status, fmt::format("<Error><Code>{}</Code></Error>", code), std::move(headers));
}

// Numbers its sessions: "key-1", "key-2"...
class Sessions final : public CredentialsSource {
 public:
  explicit Sessions(int& fetches) : fetches_(fetches) {}
  net::Task<Result<Credentials>> fetch() override {
    ++fetches_;
    if (failing) co_return fail(Errc::access_denied, "no session", RetryClass::transient);
    co_return Credentials{.access_key_id = fmt::format("key-{}", fetches_),
                          .secret_access_key = "secret",
                          .session_token = "token",
                          .expiration = system_clock().now() + 1h};
  }
  std::string describe() const override { return "sessions"; }
  bool failing = false;

 private:
  int& fetches_;
};

// Another minute whenever it is read.
class MinuteClock final : public Clock {
 public:
  WallTime now() const override { return now_ += 1min; }

 private:
  mutable WallTime now_ = system_clock().now();
};

// Notes what happens to permits.
class CountingAdmission final : public Admission {
 public:
  bool try_admit(RequestKind) override {
    if (slow_path) return false;
    ++taken;
    return true;
  }
  net::Task<Result<void>> admit(RequestKind) override {
    if (closed) co_return fail(Errc::cancelled, "the job stops");
    ++taken;
    co_return ok;
  }
  void done(RequestKind, std::chrono::nanoseconds latency, AttemptResult result) override {
    EXPECT_GE(latency, 0ns);
    results.push_back(result);
  }
  int taken = 0;
  bool slow_path = false, closed = false;
  std::vector<AttemptResult> results;
};

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    if (!server_.start()) ADD_FAILURE() << "no port";
    runtime_.retry.transient_base = 1ms;
    runtime_.retry.throttle_base = 1ms;
  }
  ~ClientTest() override {
    http_.close();
    net::testing::run_task(loop_, server_.stop());
  }

  net::Task<net::ServerReply> serve(net::HttpRequest request) {
    requests_.push_back(std::move(request));
    if (replies_.empty()) co_return reply(500, "no more replies");
    auto next = std::move(replies_.front());
    replies_.pop_front();
    co_return next;
  }

  Client client() {
    return Client(
        runtime_, identity_,
        {.url = fmt::format("http://127.0.0.1:{}", server_.port()), .region = "us-east-1"},
        admission_);
  }
  Result<net::HttpResponse> call(Request request) {
    auto caller = client();
    return run(loop_, caller.call(std::move(request)));
  }
  Result<net::HttpResponse> get_object() {
    return call({.operation = "GetObject", .bucket = "buck", .key = "k"});
  }
  Result<net::HttpResponse> copy_object() {
    return call({.operation = "CopyObject",
                 .method = Method::put,
                 .kind = RequestKind::copy,
                 .answer = Answer::xml,
                 .bucket = "buck",
                 .key = "k"});
  }
  // The key that signed request number `index`.
  std::string signer_of(std::size_t index) {
    const std::string text(requests_.at(index).headers.get("authorization"));
    const auto begin = text.find("Credential=") + 11;
    return text.substr(begin, text.find('/', begin) - begin);
  }

  net::Loop loop_;
  net::HttpServer server_{
      loop_, {}, [this](net::HttpRequest request) { return serve(std::move(request)); }};
  std::deque<net::ServerReply> replies_;
  std::deque<net::HttpRequest> requests_;
  net::HttpClient http_{loop_, {}};
  Runtime runtime_{.loop = loop_, .http = http_};
  int fetches_ = 0;
  Sessions* source_ = new Sessions(fetches_);
  std::shared_ptr<Identity> identity_ =
      std::make_shared<Identity>(loop_, std::unique_ptr<CredentialsSource>(source_));
  CountingAdmission admission_;
};

TEST_F(ClientTest, ARequestAndItsAnswer) {
  replies_.push_back(reply(200, "content", "x-amz-version-id: v\r\n"));
  const auto response = get_object();
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->body, "content");
  EXPECT_EQ(response->headers.get("x-amz-version-id"), "v");
  ASSERT_EQ(requests_.size(), 1);
  EXPECT_EQ(requests_[0].method, "GET");
  EXPECT_EQ(requests_[0].target, "/buck/k");
  EXPECT_THAT(admission_.results, ElementsAre(AttemptResult::ok));
  EXPECT_EQ(runtime_.counters.requests, 1);
}

TEST_F(ClientTest, RefusalsAreErrorsAndNotRepeated) {
  replies_.push_back(refusal(403, "AccessDenied", "x-amz-request-id: R1\r\n"));
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::access_denied);
  EXPECT_EQ(response.error().describe(),
            "GetObject s3://buck/k: access_denied (AccessDenied, HTTP 403, request id R1)");
  EXPECT_EQ(requests_.size(), 1);
  EXPECT_THAT(admission_.results, ElementsAre(AttemptResult::ok));
}

TEST_F(ClientTest, TransientFailuresAreRepeatedUnderNewPermits) {
  replies_ = {refusal(500, "InternalError"), refusal(503, "SlowDown"), reply(200, "<R/>")};
  ASSERT_TRUE(copy_object());
  EXPECT_THAT(admission_.results,
              ElementsAre(AttemptResult::failed, AttemptResult::throttled, AttemptResult::ok));
  EXPECT_EQ(runtime_.counters.requests, 3);
  EXPECT_EQ(runtime_.counters.retried, 2);
  EXPECT_EQ(runtime_.counters.throttled, 1);
}

TEST_F(ClientTest, AttemptsEnd) {
  runtime_.retry.max_attempts = 3;
  const auto response = get_object();  // 500 each time
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::unavailable);
  EXPECT_EQ(requests_.size(), 3);
}

TEST_F(ClientTest, AStormOf503IsOutlasted) {
  runtime_.retry.longest_throttle_delay = 1ms;
  for (int i = 0; i < 150; ++i)
    replies_.push_back(refusal(503, "SlowDown"));
  replies_.push_back(reply(200));
  ASSERT_TRUE(get_object());
  EXPECT_EQ(runtime_.counters.throttled, 150);
}

TEST_F(ClientTest, PatienceEnds) {
  runtime_.retry.throttle_patience = 0ms;
  replies_ = {refusal(503, "SlowDown"), reply(200)};
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::throttled);
}

TEST_F(ClientTest, AResetInTheMiddleIsRepeated) {
  auto cut = reply(200, "<CopyObjectResult>half");
  cut.cut = Cut::mid_body;
  replies_ = {std::move(cut), reply(200, "<CopyObjectResult/>")};
  ASSERT_TRUE(copy_object());
  EXPECT_THAT(admission_.results, ElementsAre(AttemptResult::failed, AttemptResult::ok));
}

TEST_F(ClientTest, AnErrorInsideA200IsRepeated) {
  replies_ = {refusal(200, "InternalError"), reply(200, "<CopyObjectResult><ETag>"), reply(200, ""),
              reply(200, " \n <CopyObjectResult/>")};
  ASSERT_TRUE(copy_object());
  EXPECT_EQ(requests_.size(), 4);
}

TEST_F(ClientTest, WhatMayNotBeSentTwiceIsNotUnlessItWasRefused) {
  for (auto* const code : {"InternalError", "SlowDown", "ExpiredToken"}) {
    const bool refused = std::string_view(code) != "InternalError";
    requests_.clear();
    replies_ = {refusal(503, code), reply(204)};
    const auto response =
        call({.operation = "DeleteBucket", .method = Method::del, .bucket = "b", .retry = false});
    EXPECT_EQ(response.has_value(), refused) << code;
    EXPECT_EQ(requests_.size(), refused ? 2 : 1) << code;
    replies_.clear();
  }
}

TEST_F(ClientTest, AnExpiredSessionIsRenewedOnceInEachDialect) {
  for (auto* const code : {"ExpiredToken", "InvalidAccessKeyId"}) {
    requests_.clear();
    const int before = fetches_;
    replies_ = {refusal(403, code), reply(200)};
    ASSERT_TRUE(get_object()) << code;
    EXPECT_NE(signer_of(0), signer_of(1)) << code;
    EXPECT_EQ(signer_of(1), fmt::format("key-{}", fetches_));
    EXPECT_LE(fetches_ - before, 2);
  }
  EXPECT_EQ(runtime_.counters.refreshed, 2);
}

TEST_F(ClientTest, ASessionThatStaysExpiredIsAnError) {
  replies_ = {refusal(403, "ExpiredToken"), refusal(403, "ExpiredToken")};
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::expired_credentials);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(ClientTest, AHeadThatCannotSayWhyMayBeAnExpiredSession) {
  ManualClock clock(system_clock().now());
  identity_ = std::make_shared<Identity>(loop_, std::make_unique<Sessions>(fetches_), clock);
  const auto head = [this] {
    return call({.operation = "HeadObject", .method = Method::head, .bucket = "b", .key = "k"});
  };
  replies_ = {reply(403)};
  EXPECT_FALSE(head());
  EXPECT_EQ(requests_.size(), 1);  // the session is new
  clock.advance(31s);
  replies_ = {reply(403), reply(200)};
  EXPECT_TRUE(head());
  EXPECT_EQ(fetches_, 2);
}

TEST_F(ClientTest, AWrongClockIsCorrectedOnce) {
  const auto theirs = iso8601_seconds(system_clock().now() + 2h);
  replies_ = {reply(403, fmt::format("<Error><Code>RequestTimeTooSkewed</Code>"
                                     "<ServerTime>{}</ServerTime></Error>",
                                     theirs)),
              reply(200)};
  ASSERT_TRUE(get_object());
  EXPECT_NEAR(std::chrono::duration<double>(runtime_.clock_offset).count(), 7200, 5);
  const auto signed_at = parse_amz_date(requests_.at(1).headers.get("x-amz-date"));
  ASSERT_TRUE(signed_at);
  EXPECT_GT(*signed_at, system_clock().now() + 119min);
  EXPECT_EQ(runtime_.counters.refreshed, 1);
}

TEST_F(ClientTest, AnotherRegionIsSaidAndNotFollowed) {
  replies_ = {reply(301, "<Error><Code>PermanentRedirect</Code></Error>",
                    "x-amz-bucket-region: eu-west-1\r\nLocation: http://127.0.0.1:1/\r\n")};
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::wrong_region);
  EXPECT_EQ(response.error().region(), "eu-west-1");
  EXPECT_EQ(requests_.size(), 1);
}

TEST_F(ClientTest, EveryAttemptIsSignedAnew) {
  const MinuteClock clock;
  Runtime runtime{.loop = loop_, .http = http_, .clock = clock};
  runtime.retry.transient_base = 1ms;
  Client caller(runtime, identity_, {.url = fmt::format("http://127.0.0.1:{}", server_.port())},
                admission_);
  replies_ = {refusal(500, "InternalError"), reply(200)};
  ASSERT_TRUE(run(loop_, caller.call({.operation = "GetObject", .bucket = "b", .key = "k"})));
  EXPECT_NE(requests_[0].headers.get("x-amz-date"), requests_[1].headers.get("x-amz-date"));
  EXPECT_NE(requests_[0].headers.get("authorization"), requests_[1].headers.get("authorization"));
}

TEST_F(ClientTest, CancellationEndsADelay) {
  net::CancelToken cancel(loop_);
  runtime_.cancel = &cancel;
  runtime_.retry.throttle_base = runtime_.retry.longest_throttle_delay = 1h;
  replies_ = {refusal(503, "SlowDown", "x-amz-retry-after: 3600000\r\n")};
  net::TaskGroup group(loop_);
  const auto stop = [](net::CancelToken& token, CountingAdmission& admission) -> net::Task<void> {
    while (admission.results.empty())
      co_await net::sleep_for(100us);
    token.cancel();
  };
  group.spawn(stop(cancel, admission_));
  const auto response = get_object();
  net::testing::run_task(loop_, group.join());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::cancelled);
  EXPECT_EQ(response.error().operation(), "GetObject");
  EXPECT_EQ(admission_.results.size(), 1);  // the permit went back before the delay
}

TEST_F(ClientTest, AStoppedJobGivesNoPermit) {
  admission_.slow_path = admission_.closed = true;
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::cancelled);
  EXPECT_TRUE(requests_.empty());
  EXPECT_TRUE(admission_.results.empty());
}

TEST_F(ClientTest, APermitThatWasWaitedForIsReturnedToo) {
  admission_.slow_path = true;
  replies_ = {reply(200)};
  ASSERT_TRUE(get_object());
  EXPECT_EQ(admission_.taken, 1);
  EXPECT_EQ(admission_.results.size(), 1);
}

TEST_F(ClientTest, WithoutCredentialsNothingIsSentOrRepeated) {
  source_->failing = true;
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::access_denied);
  EXPECT_EQ(fetches_, 1);
  EXPECT_TRUE(requests_.empty());
  EXPECT_EQ(admission_.taken, 0);
}

TEST_F(ClientTest, AnUnsignedRequestNeedsNoIdentity) {
  identity_ = nullptr;
  replies_ = {reply(200)};
  ASSERT_TRUE(call({.operation = "GetRoleCredentials", .service = "sso", .sign = false}));
  EXPECT_FALSE(requests_[0].headers.has("authorization"));
  replies_ = {reply(200)};
  const auto response = get_object();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::config);
  EXPECT_EQ(admission_.taken, static_cast<int>(admission_.results.size()));
}

TEST_F(ClientTest, NobodyListeningIsRepeatedEvenForWhatMayNotBeSentTwice) {
  runtime_.retry.max_attempts = 3;
  Client caller(runtime_, identity_, {.url = "http://127.0.0.1:1"}, admission_);
  const auto response =
      run(loop_,
          caller.call(
              {.operation = "DeleteBucket", .method = Method::del, .bucket = "b", .retry = false}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::connect);
  EXPECT_EQ(response.error().operation(), "DeleteBucket");
  EXPECT_EQ(runtime_.counters.requests, 3);
}

TEST_F(ClientTest, AConnectionThatIsClosedEachTimeIsOrdinary) {
  auto caller = client();
  for (int i = 0; i < 5; ++i) {
    auto closing = reply(200);
    closing.close = true;
    replies_.push_back(std::move(closing));
    ASSERT_TRUE(run(loop_, caller.call({.operation = "GetObject", .bucket = "b", .key = "k"})));
  }
  EXPECT_EQ(runtime_.counters.retried, 0);
}

}  // namespace
}  // namespace s3m::aws
