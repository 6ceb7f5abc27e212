// test_service.hpp: for tests: an HTTP service in this process that answers as it is told, and the
// Runtime of a client that asks it.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "aws/client.hpp"
#include "base/time.hpp"
#include "net/http_server.hpp"

namespace s3m::aws {

class TestService {
 public:
  using Handler = std::function<net::ServerReply(const net::HttpRequest&)>;

  TestService()
      : server_(loop_, {}, [this](net::HttpRequest request) { return reply(std::move(request)); }) {
    auto started = server_.start();
    EXPECT_TRUE(started) << started.error().message();
  }
  ~TestService() {
    http_.close();
    finish(stop(&server_));
  }
  TestService(const TestService&) = delete;
  TestService& operator=(const TestService&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  // What the next requests are answered with, in order; the last answer stays.
  TestService& answer(int status, std::string body, std::string headers = {}) {
    replies_.push_back({.status = status, .headers = std::move(headers), .body = std::move(body)});
    return *this;
  }
  // Answers everything instead of the replies above.
  void handle(Handler handler) { handler_ = std::move(handler); }
  const std::vector<net::HttpRequest>& requests() const noexcept { return requests_; }
  void forget() {
    requests_.clear();
    replies_.clear();
  }

  Runtime& runtime() noexcept { return runtime_; }
  net::Loop& loop() noexcept { return loop_; }
  ManualClock& clock() noexcept { return clock_; }

  // Runs the loop until `task` has ended.
  template <class T>
  T run(net::Task<T> task) {
    return finish(std::move(task));
  }

 private:
  static net::Task<bool> stop(net::HttpServer* server) {
    co_await server->stop();
    co_return true;
  }

  template <class T>
  T finish(net::Task<T> task) {
    std::optional<T> result;
    net::asio::co_spawn(loop_, std::move(task),
                        [this, &result](std::exception_ptr failure, T value) {
                          if (failure) std::rethrow_exception(failure);
                          result.emplace(std::move(value));
                          loop_.stop();
                        });
    loop_.restart();
    loop_.run();
    return std::move(result.value());
  }

  net::Task<net::ServerReply> reply(net::HttpRequest request) {
    requests_.push_back(request);
    if (handler_) co_return handler_(request);
    if (replies_.empty()) co_return net::ServerReply{.status = 500};
    auto next = replies_.front();
    if (replies_.size() > 1) replies_.pop_front();
    co_return next;
  }

  net::Loop loop_;
  ManualClock clock_{std::chrono::sys_days(std::chrono::November / 22 / 2026)};
  net::HttpServer server_;
  net::HttpClient http_{loop_, {}};
  Runtime runtime_{.loop = loop_, .http = http_, .clock = clock_};
  std::deque<net::ServerReply> replies_;
  std::vector<net::HttpRequest> requests_;
  Handler handler_;
};

}  // namespace s3m::aws
