#include "sim/server.hpp"

#include <string>
#include <thread>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

namespace asio = boost::asio;

// Sends bytes and reads until the server closes.
std::string talk(std::uint16_t port, const std::string& bytes) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::address_v4::loopback(), port});
  asio::write(socket, asio::buffer(bytes));
  std::string answer;
  boost::system::error_code ended;
  asio::read(socket, asio::dynamic_buffer(answer), ended);
  return answer;
}

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n";
}

Scenario open_bucket() {
  Scenario scenario = article_scenario();
  BucketSpec& bucket = scenario.bucket("open", source_account);
  bucket.block_public_access = false;
  bucket.policy = public_policy("open");
  bucket.with(ObjectSpec{.key = "k", .body = "hello"});
  return scenario;
}

TEST(Server, AnswersOverHttp) {
  const auto server = Server::start(open_bucket());
  ASSERT_TRUE(server) << server.error().describe();
  const std::string answer = talk((*server)->port(), get("/open/k") + "Connection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nhello")) << answer;
  EXPECT_EQ((*server)->with_cloud([](Cloud& cloud) { return cloud.metrics().requests(); }), 1u);
}

TEST(Server, ClosesAfterTheRequestsOfAConnection) {
  Scenario scenario = open_bucket();
  scenario.requests_per_connection = 2;
  const auto server = Server::start(scenario);
  ASSERT_TRUE(server);
  const std::string one = get("/open/k") + "\r\n";
  const std::string answers = talk((*server)->port(), one + one + one);
  EXPECT_NE(answers.find("Connection: close"), std::string::npos);
  EXPECT_EQ((*server)->with_cloud([](Cloud& cloud) { return cloud.metrics().requests(); }), 2u);
}

TEST(Server, TheCloudMayBeUsedFromManyThreadsWhileItAnswers) {
  const auto server = Server::start(open_bucket());
  ASSERT_TRUE(server);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 25; ++n) {
        (*server)->with_cloud([&](Cloud& cloud) {
          cloud.put("open", {.key = std::to_string(i) + "/" + std::to_string(n), .body = ""});
        });
        talk((*server)->port(), get("/open/k") + "Connection: close\r\n\r\n");
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ((*server)->with_cloud([](Cloud& cloud) { return cloud.keys("open").size(); }), 101u);
}

TEST(Server, CountsRequestsInFlightWhileTheyTakeTheirTime) {
  Scenario scenario = open_bucket();
  scenario.latencies = {{.operation = "GetObject", .fixed = std::chrono::milliseconds(200)}};
  const auto server = Server::start(scenario);
  ASSERT_TRUE(server);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back(
        [&] { talk((*server)->port(), get("/open/k") + "Connection: close\r\n\r\n"); });
  }
  for (auto& thread : threads)
    thread.join();
  const auto most =
      (*server)->with_cloud([](Cloud& cloud) { return cloud.metrics().most_in_flight(); });
  EXPECT_GE(most, 1u);
  EXPECT_LE(most, 3u);
}

TEST(Server, StopsTwiceAndCanBeLookedAtAfterwards) {
  const auto server = Server::start(open_bucket());
  ASSERT_TRUE(server);
  (*server)->stop();
  (*server)->stop();
  EXPECT_TRUE((*server)->with_cloud([](Cloud& cloud) { return cloud.has_bucket("open"); }));
  EXPECT_NE((*server)->ready_line().find((*server)->endpoint()), std::string::npos);
}

TEST(Server, SaysThatAnAddressCannotBeBound) {
  const auto first = Server::start(open_bucket());
  ASSERT_TRUE(first);
  const auto second = Server::start(open_bucket(), {.port = (*first)->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::io);
}

}  // namespace
}  // namespace s3m::sim
