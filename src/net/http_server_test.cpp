// The server against a peer that knows no HTTP, so that a mistake which our client shares shows.
#include "net/http_server.hpp"

#include <memory>
#include <regex>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "net/signal.hpp"
#include "net/test_support.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::connect_peer;
using testing::Peer;
using testing::run_task;
using namespace std::chrono_literals;

// Answers with method, target and body, or as the test says.
class HttpServerTest : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    auto handle = [this](HttpRequest request) { return answer(std::move(request)); };
    server_ = std::make_unique<HttpServer>(loop_, std::move(options), handle);
    ASSERT_TRUE(server_->start());
  }
  void TearDown() override {
    if (server_) run_task(loop_, server_->stop());
  }

  Task<ServerReply> answer(HttpRequest request) {
    ++requests_;
    if (request.target == "/throw") throw std::runtime_error("a bug");
    if (request.target == "/sleep") co_await sleep_for(1h);
    ServerReply reply = reply_;
    if (reply.body.empty()) {
      reply.body = request.method + " " + request.target + " [" + request.body + "]";
    }
    co_return reply;
  }

  // Sends `text`, then gives all that comes until the server closes; without the Date.
  std::string talk(std::string text, bool half_close = true) {
    auto task = [&]() -> Task<std::string> {
      Peer peer = co_await connect_peer(loop_, server_->port());
      co_await peer.send(text);
      if (half_close) peer.socket().shutdown(asio::socket_base::shutdown_send);
      co_return co_await peer.read_all();
    };
    const std::string answer = run_task(loop_, task());
    return std::regex_replace(answer, std::regex("Date: [^\r]*\r\n"), "");
  }

  static std::string get(std::string_view target, std::string_view fields = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
  }

  Loop loop_{1};
  ServerReply reply_;
  int requests_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  reply_.headers = "X-A: 1\r\n";
  EXPECT_EQ(talk(get("/1") + get("/2?x=%2F")),
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: 1\r\n\r\nGET /1 []"
            "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nX-A: 1\r\n\r\nGET /2?x=%2F []");
}

TEST_F(HttpServerTest, WritesADate) {
  start();
  auto task = [&]() -> Task<std::string> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(get("/"));
    co_return co_await peer.read_head();
  };
  const std::string head = run_task(loop_, task());
  EXPECT_TRUE(std::regex_search(
      head, std::regex("\r\nDate: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [0-9:]{8} GMT\r\n")))
      << head;
}

TEST_F(HttpServerTest, ReadsBodiesOfBothFramings) {
  start();
  const std::string answer = talk(
      "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "PUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.find("PUT /a [abc]") != std::string::npos) << answer;
  EXPECT_TRUE(answer.find("PUT /b [def]") != std::string::npos) << answer;
}

TEST_F(HttpServerTest, ReadsARequestAByteAtATime) {
  start();
  auto task = [&]() -> Task<std::string> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    for (const char c : std::string("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")) {
      co_await peer.send(std::string(1, c));
    }
    co_await peer.read_head();
    co_return co_await peer.read_bytes(11);
  };
  EXPECT_EQ(run_task(loop_, task()), "PUT /x [ab]");
}

TEST_F(HttpServerTest, ABodyLargerThanAnyBufferComesBackWhole) {
  start();
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + i % 23);
  const std::string answer =
      talk("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nPUT / [" + body + "]"));
}

TEST_F(HttpServerTest, InvitesABodyThatWaits) {
  start();
  auto task = [&]() -> Task<std::string> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(
        "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const std::string invitation = co_await peer.read_head();
    EXPECT_EQ(invitation, "HTTP/1.1 100 Continue\r\n\r\n");
    co_await peer.send("ab");
    co_await peer.read_head();
    co_return co_await peer.read_bytes(11);
  };
  EXPECT_EQ(run_task(loop_, task()), "PUT /x [ab]");
}

TEST_F(HttpServerTest, ClosesWhenTheClientAsks) {
  start();
  const std::string answer = talk(get("/", "Connection: close\r\n") + get("/never"), false);
  EXPECT_EQ(requests_, 1);
  EXPECT_TRUE(answer.find("Connection: close\r\n") != std::string::npos) << answer;
  EXPECT_TRUE(talk("GET / HTTP/1.0\r\n\r\n", false).find("Connection: close") != std::string::npos);
}

TEST_F(HttpServerTest, ClosesAfterItsLimitOfRequests) {
  start({.max_requests_per_connection = 2});
  const std::string answer = talk(get("/1") + get("/2") + get("/3"), false);
  EXPECT_EQ(requests_, 2);
  const std::size_t closing = answer.find("Connection: close");
  EXPECT_TRUE(closing > answer.find("GET /1") && closing < answer.find("GET /2")) << answer;
}

TEST_F(HttpServerTest, RefusesWhatItCannotRead) {
  start({.max_head_bytes = 500, .max_body_bytes = 10});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {get("/", "a : b\r\n"), "400"},
      {get("/", "Content-Length: 1\r\nContent-Length: 2\r\n"), "400"},
      {get("/", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {get("/", "Transfer-Encoding: chunked\r\n") + "x", "400"},
      {get("/", "Transfer-Encoding: gzip\r\n"), "501"},
      {get("/", "a: " + std::string(600, 'x') + "\r\n"), "431"},
      {get("/", "Content-Length: 11\r\n"), "413"},
      {get("/", "Transfer-Encoding: chunked\r\n") + "b\r\n", "413"},
      {"GET / HTTP/3.0\r\n\r\n", "505"},
  };
  for (const auto& [request, status] : cases) {
    const std::string answer = talk(request + get("/never"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status + " ")) << request << answer;
    EXPECT_TRUE(answer.find("\r\nConnection: close\r\n") != std::string::npos) << answer;
    EXPECT_TRUE(answer.find("[reset]") == std::string::npos) << answer;
  }
  EXPECT_EQ(requests_, 0);
}

TEST_F(HttpServerTest, ARefusalReachesAClientThatIsStillSending) {
  start({.max_body_bytes = 10});
  const std::string answer = talk("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
                                  std::string(100000, 'x'));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_TRUE(answer.find("[reset]") == std::string::npos) << answer;
}

TEST_F(HttpServerTest, AnswersHeadWithADeclaredLength) {
  start();
  reply_ = {.headers = "ETag: \"e\"\r\n", .declared_length = 5'000'000'000};
  const std::string head = "HEAD /k HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(talk(head + head),
            "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\nETag: \"e\"\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\nETag: \"e\"\r\n\r\n");
}

TEST_F(HttpServerTest, StatusesWithoutBodyHaveNone) {
  start();
  reply_.status = 204;
  EXPECT_EQ(talk(get("/")), "HTTP/1.1 204 No Content\r\n\r\n");
  reply_.status = 304;
  EXPECT_EQ(talk(get("/")), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_F(HttpServerTest, SendsChunksAfterATrickle) {
  start();
  reply_ = {.body = "<Error/>", .chunked = true, .trickle = " \n", .trickle_gap = 1ms};
  EXPECT_EQ(talk(get("/")),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            "1\r\n \r\n1\r\n\n\r\n8\r\n<Error/>\r\n0\r\n\r\n");
}

TEST_F(HttpServerTest, StreamsABodyThatIsMadeWhileItIsSent) {
  start({.idle_timeout = 10ms});
  reply_.stream = [](ReplyBody& body) -> Task<void> {
    co_await body.send("first");
    co_await sleep_for(25ms);  // which is no idleness of the client
    co_await body.send("second");
  };
  const std::string once =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n";
  EXPECT_EQ(talk(get("/") + get("/")), once + once);
}

TEST_F(HttpServerTest, AStreamThatFailsDoesNotLookWhole) {
  start();
  reply_.stream = [](ReplyBody& body) -> Task<void> {
    co_await body.send("first");
    throw std::runtime_error("a bug");
  };
  const std::string answer = talk(get("/"), false);
  EXPECT_TRUE(answer.find("\r\n0\r\n\r\n") == std::string::npos) << answer;
}

TEST_F(HttpServerTest, AStreamLearnsThatItsReaderIsGone) {
  start();
  bool told = false;
  reply_.stream = [&told](ReplyBody& body) -> Task<void> {
    while (!told) {
      const bool sent = co_await body.send(std::string(100'000, 'x'));
      told = !sent;
    }
  };
  auto task = [&]() -> Task<void> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(get("/"));
    co_await peer.read_head();
    peer.reset();
    while (!told)
      co_await sleep_for(100us);
  };
  run_task(loop_, task());
}

TEST_F(HttpServerTest, AReaderThatTakesNothingIsGivenUp) {
  start({.idle_timeout = 20ms});
  bool told = false;
  reply_.stream = [&told](ReplyBody& body) -> Task<void> {
    while (!told) {
      const bool sent = co_await body.send(std::string(1'000'000, 'x'));
      told = !sent;
    }
  };
  auto task = [&]() -> Task<void> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(get("/"));
    while (!told)
      co_await sleep_for(1ms);
  };
  run_task(loop_, task());
}

TEST_F(HttpServerTest, ARequestThatDripsIsNotWaitedFor) {
  start({.idle_timeout = 40ms, .request_timeout = 60ms});
  auto task = [&]() -> Task<void> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(get("/"));
    co_await peer.read_head();
    co_await peer.read_bytes(8);
    bool open = true;
    auto reader = [](Peer& from, bool& is_open) -> Task<void> {
      co_await from.read_all();
      is_open = false;
    };
    TaskGroup group(loop_);
    group.spawn(reader(peer, open));
    while (open) {
      co_await peer.send("G");  // never idle, never whole
      co_await sleep_for(2ms);
    }
    co_await group.join();
  };
  run_task(loop_, task());
  EXPECT_EQ(requests_, 1);
}

TEST_F(HttpServerTest, CutsWhereItIsTold) {
  using Cut = ServerReply::Cut;
  start();
  reply_.body = "0123456789";
  reply_.cut = Cut::before_head;
  EXPECT_EQ(talk(get("/"), false), "[reset]");
  reply_.cut = Cut::mid_head;
  const std::string half = talk(get("/"), false);
  EXPECT_TRUE(half.starts_with("HTTP/1.1 200 OK\r\n") && half.ends_with("[reset]")) << half;
  EXPECT_TRUE(half.find("\r\n\r\n") == std::string::npos) << half;
  reply_.cut = Cut::mid_body;
  EXPECT_EQ(talk(get("/"), false), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234[reset]");
}

TEST_F(HttpServerTest, AHandlerThatThrowsIsAnswered500) {
  start();
  const std::string answer = talk(get("/throw"), false);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
  start({.idle_timeout = 20ms});
  EXPECT_EQ(talk("", false), "");
  EXPECT_EQ(talk("GET / HT", false), "");
}

TEST_F(HttpServerTest, AnAnswerThatTakesLongIsNotIdle) {
  start({.idle_timeout = 10ms});
  reply_ = {.body = "x", .chunked = true, .trickle = "yyyy", .trickle_gap = 15ms};
  EXPECT_TRUE(talk(get("/")).ends_with("1\r\nx\r\n0\r\n\r\n"));
}

TEST_F(HttpServerTest, HoldsItsLimitOfConnections) {
  start({.max_connections = 1});
  auto task = [&]() -> Task<std::string> {
    Peer first = co_await connect_peer(loop_, server_->port());
    co_await first.send(get("/1"));
    co_await first.read_head();
    Peer second = co_await connect_peer(loop_, server_->port());
    co_await second.send(get("/2"));
    co_await sleep_for(5ms);
    EXPECT_EQ(requests_, 1);
    first.close();
    co_await second.read_head();
    co_return co_await second.read_bytes(9);
  };
  EXPECT_EQ(run_task(loop_, task()), "GET /2 []");
}

TEST_F(HttpServerTest, StopEndsHandlersAndConnections) {
  start();
  auto task = [&]() -> Task<std::string> {
    Peer sleeping = co_await connect_peer(loop_, server_->port());
    co_await sleeping.send(get("/sleep"));
    Peer idle = co_await connect_peer(loop_, server_->port());
    co_await idle.send(get("/"));
    co_await idle.read_head();
    EXPECT_EQ(requests_, 2);
    co_await server_->stop();
    co_return co_await sleeping.read_all();
  };
  const std::string answer = run_task(loop_, task());
  EXPECT_TRUE(answer.empty() || answer == "[reset]") << answer;
}

TEST_F(HttpServerTest, MayBeDestroyedWithHandlersInProgress) {
  start();
  auto task = [&]() -> Task<void> {
    Peer peer = co_await connect_peer(loop_, server_->port());
    co_await peer.send(get("/sleep"));
    while (requests_ == 0)
      co_await sleep_for(100us);
    server_.reset();
  };
  run_task(loop_, task());
}

TEST_F(HttpServerTest, SaysWhenItCannotListen) {
  start();
  HttpServer second(loop_, {.port = server_->port()}, nullptr);
  const Result<void> started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Errc::io);
  HttpServer nowhere(loop_, {.address = "not an address"}, nullptr);
  EXPECT_FALSE(nowhere.start());
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
