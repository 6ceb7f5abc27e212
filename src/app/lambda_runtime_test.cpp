#include "app/lambda_runtime.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_server.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// The runtime API of one function: hands out the events it has, then says that it is going away.
class RuntimeApi {
 public:
  struct Post {
    std::string path, body, error_type;
  };

  RuntimeApi()
      : server_(loop_, {}, [this](net::HttpRequest request) { return reply(std::move(request)); }) {
    EXPECT_TRUE(server_.start());
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RuntimeApi() {
    net::asio::co_spawn(loop_, server_.stop(), [](const std::exception_ptr&) {});
    thread_.join();
  }
  RuntimeApi(const RuntimeApi&) = delete;
  RuntimeApi& operator=(const RuntimeApi&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  void event(std::string body, std::string headers) {
    const std::scoped_lock lock(mutex_);
    events_.push_back({.status = 200, .headers = std::move(headers), .body = std::move(body)});
  }
  void answer_posts_with(int status) { post_status_ = status; }
  std::vector<Post> posts() {
    const std::scoped_lock lock(mutex_);
    return posts_;
  }

 private:
  net::Task<net::ServerReply> reply(net::HttpRequest request) {
    const std::scoped_lock lock(mutex_);
    if (request.method == "POST") {
      posts_.push_back({request.target, request.body,
                        std::string(request.headers.get("lambda-runtime-function-error-type"))});
      co_return net::ServerReply{.status = post_status_, .body = R"({"errorMessage":"no"})"};
    }
    if (request.target != "/2018-06-01/runtime/invocation/next" || events_.empty())
      co_return net::ServerReply{.status = 500};
    auto event = events_.front();
    events_.erase(events_.begin());
    co_return event;
  }

  net::Loop loop_;
  net::HttpServer server_;
  std::mutex mutex_;
  std::vector<net::ServerReply> events_;
  std::vector<Post> posts_;
  std::atomic<int> post_status_ = 202;
  std::thread thread_;
};

std::string headers(const std::string& id, std::chrono::milliseconds left) {
  const auto deadline = (system_clock().now() + left).time_since_epoch().count();
  return "Lambda-Runtime-Aws-Request-Id: " + id +
         "\r\nLambda-Runtime-Deadline-Ms: " + std::to_string(deadline) + "\r\n";
}

// Serves `events` as invocations id-1, id-2..., until the API is gone.
Error serve(RuntimeApi& api, std::vector<std::string> events, const LambdaHandler& handler,
            std::chrono::milliseconds each_lasts = 60s) {
  for (std::size_t n = 0; n < events.size(); ++n)
    api.event(std::move(events[n]), headers("id-" + std::to_string(n + 1), each_lasts));
  return serve_lambda(api.address(), handler);
}

TEST(LambdaRuntime, EventsAreAnsweredOneAfterTheOther) {
  RuntimeApi api;
  std::vector<std::string> handled;
  const auto ended =
      serve(api, {R"({"n":1})", R"({"n":2})"}, [&](const LambdaInvocation& invocation) {
        handled.push_back(invocation.request_id + " " + invocation.event);
        return Result<std::string>(R"({"ok":true})");
      });
  EXPECT_THAT(ended.describe(), HasSubstr("answers 500"));
  EXPECT_THAT(handled, ElementsAre(R"(id-1 {"n":1})", R"(id-2 {"n":2})"));
  const auto posts = api.posts();
  ASSERT_EQ(posts.size(), 2u);
  EXPECT_EQ(posts[0].path, "/2018-06-01/runtime/invocation/id-1/response");
  EXPECT_EQ(posts[0].body, R"({"ok":true})");
  EXPECT_EQ(posts[0].error_type, "");
  EXPECT_EQ(posts[1].path, "/2018-06-01/runtime/invocation/id-2/response");
}

TEST(LambdaRuntime, TheDeadlineIsTheInvocations) {
  RuntimeApi api;
  std::chrono::steady_clock::duration left{};
  const auto look = [&](const LambdaInvocation& invocation) {
    left = invocation.deadline - std::chrono::steady_clock::now();
    return Result<std::string>("{}");
  };
  const auto ended = serve(api, {"{}"}, look, 1h);
  EXPECT_EQ(ended.code(), Errc::unavailable) << "the API was gone in the end";
  EXPECT_GT(left, 30min);
  EXPECT_LE(left, 1h + 1s);
}

TEST(LambdaRuntime, AFailureIsToldAndTheNextEventIsServed) {
  RuntimeApi api;
  int calls = 0;
  const auto ended = serve(api, {"{}", "{}"}, [&](const LambdaInvocation&) -> Result<std::string> {
    if (++calls == 1) return fail(Errc::io, "the store is locked");
    return "{}";
  });
  EXPECT_EQ(ended.code(), Errc::unavailable) << "the API was gone in the end";
  const auto posts = api.posts();
  ASSERT_EQ(posts.size(), 2u);
  EXPECT_EQ(posts[0].path, "/2018-06-01/runtime/invocation/id-1/error");
  EXPECT_EQ(posts[0].error_type, "S3Migrator.io");
  const auto document = boost::json::parse(posts[0].body).as_object();
  EXPECT_EQ(document.at("errorType").as_string(), "S3Migrator.io");
  EXPECT_THAT(std::string(document.at("errorMessage").as_string()),
              HasSubstr("the store is locked"));
  EXPECT_EQ(posts[1].path, "/2018-06-01/runtime/invocation/id-2/response");
}

// 413: the answer is too long, which is that invocation's trouble. 500: the API has failed.
TEST(LambdaRuntime, AnAnswerThatIsNotTakenEndsNothingAndAnApiThatFailsEndsTheFunction) {
  for (const auto& [status, served] : {std::pair(413, 2), std::pair(500, 1)}) {
    RuntimeApi api;
    api.answer_posts_with(status);
    int calls = 0;
    const auto ended = serve(api, {"{}", "{}"}, [&](const LambdaInvocation&) {
      ++calls;
      return Result<std::string>("{}");
    });
    EXPECT_EQ(ended.code(), Errc::unavailable) << status;
    EXPECT_EQ(calls, served) << status;
  }
}

TEST(LambdaRuntime, WhatKeepsAFunctionFromBeginningIsTold) {
  RuntimeApi api;
  ASSERT_TRUE(refuse_lambda(api.address(), Error(Errc::config, "there is no store")));
  const auto posts = api.posts();
  ASSERT_EQ(posts.size(), 1u);
  EXPECT_EQ(posts[0].path, "/2018-06-01/runtime/init/error");
  EXPECT_EQ(posts[0].error_type, "S3Migrator.config");
  EXPECT_THAT(posts[0].body, HasSubstr("there is no store"));
}

}  // namespace
}  // namespace s3m::app
