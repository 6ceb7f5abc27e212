// When the client gives up, and how it shares its connections.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/http_client_fixture.hpp"
#include "net/http_server.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::get_head;
using testing::Peer;
using testing::run_task;
using testing::ScriptedServer;
using testing::sized;
using namespace std::chrono_literals;

class HttpClientPoolTest : public testing::HttpClientTest {};

// --- deadlines and cancellation

TEST_F(HttpClientPoolTest, SilenceIsATimeout) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> { co_await peer.read_all(); });
  const auto response =
      get(origin_of(server.port()), {.head = get_head, .timeouts = {.response = 20ms}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::timeout);
  EXPECT_EQ(response.error().retry(), RetryClass::transient);
  EXPECT_EQ(client().stats().connections, 0u);
}

// Sends `count` chunks of one space, then the end.
Task<void> trickle(Peer& peer, int count) {
  co_await peer.read_head();
  co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < count && peer.socket().is_open(); ++i) {
    co_await sleep_for(10ms);
    co_await peer.send("1\r\n \r\n");
  }
  co_await peer.send("0\r\n\r\n");
}

TEST_F(HttpClientPoolTest, ATrickleIsNotSilence) {
  ScriptedServer server(loop_, [](Peer& peer) { return trickle(peer, 30); });
  const auto whole =
      get(origin_of(server.port()), {.head = get_head, .timeouts = {.response = 200ms}});
  ASSERT_TRUE(whole) << whole.error().describe();
  EXPECT_EQ(whole->body.size(), 30u);
}

TEST_F(HttpClientPoolTest, ATrickleEndsWithTheTotalTime) {
  ScriptedServer server(loop_, [](Peer& peer) { return trickle(peer, 1'000'000); });
  const auto cut = get(origin_of(server.port()), {.head = get_head, .timeouts = {.total = 30ms}});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code(), Errc::timeout);
}

// Something holds the loop for longer than the request may be silent, and the answer comes right
// after that.
TEST_F(HttpClientPoolTest, ALoopThatWasHeldUpReadsBeforeItGivesUp) {
  ScriptedServer server(loop_, [&](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    asio::post(loop_, [] { std::this_thread::sleep_for(50ms); });
    co_await sleep_for(6ms);
    co_await peer.send(sized("in time"));
  });
  const auto response =
      get(origin_of(server.port()), {.head = get_head, .timeouts = {.response = 10ms}});
  ASSERT_TRUE(response) << response.error().describe();
}

TEST_F(HttpClientPoolTest, ABodyNobodyReadsIsATimeout) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await sleep_for(100ms);
  });
  std::string body;
  body.resize(30'000'000, 'x');
  const auto response = get(origin_of(server.port()),
                            {.head = get_head, .body = body, .timeouts = {.response = 20ms}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::timeout);
}

TEST_F(HttpClientPoolTest, CancelAllEndsRequestsInEveryPhase) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> { co_await peer.read_all(); });
  make({.max_connections = 2});
  TaskGroup group(loop_);
  int cancelled = 0;
  auto request = [&]() -> Task<void> {
    const auto response = co_await client().send(origin_of(server.port()), {.head = get_head});
    if (!response && response.error().code() == Errc::cancelled) ++cancelled;
  };
  for (int i = 0; i < 4; ++i)
    group.spawn(request());  // two wait for a connection
  auto cancel = [&]() -> Task<void> {
    while (server.connections() < 2)
      co_await sleep_for(100us);
    client().cancel_all();
    co_await group.join();
  };
  run_task(loop_, cancel());
  EXPECT_EQ(cancelled, 4);
  EXPECT_EQ(client().stats().connections, 0u);
}

TEST_F(HttpClientPoolTest, MayBeDestroyedWithRequestsInFlight) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> { co_await peer.read_all(); });
  make();
  Errc code = Errc::io;
  TaskGroup group(loop_);
  auto request = [&]() -> Task<void> {
    const auto response = co_await client_->send(origin_of(server.port()), {.head = get_head});
    code = response ? Errc::io : response.error().code();
  };
  group.spawn(request());
  auto destroy = [&]() -> Task<void> {
    while (server.connections() == 0)
      co_await sleep_for(100us);
    client_.reset();
    co_await group.join();
  };
  run_task(loop_, destroy());
  EXPECT_EQ(code, Errc::cancelled);
}

TEST_F(HttpClientPoolTest, ALoopMayBeDestroyedWithRequestsInFlight) {
  auto loop = std::make_unique<Loop>(1);
  auto client = std::make_unique<HttpClient>(*loop, HttpClientOptions{.max_connections = 1});
  auto handle = [](HttpRequest) -> Task<ServerReply> {
    co_await sleep_for(1h);
    co_return ServerReply{};
  };
  auto server = std::make_unique<HttpServer>(*loop, HttpServerOptions{}, handle);
  ASSERT_TRUE(server->start());
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(loop->get_executor(),
                   client->send(origin_of(server->port()), {.head = get_head}),
                   [](std::exception_ptr, Result<HttpResponse>) {});
  }
  loop->run_for(20ms);
  // In either order: what is destroyed last must not miss what went before.
  server.reset();
  client.reset();
  loop.reset();
}

// --- the pool

TEST_F(HttpClientPoolTest, ClosesConnectionsThatWereIdleTooLong) {
  bool closed = false;
  ScriptedServer server(loop_, [&](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send(sized("x"));
    co_await peer.read_all();
    closed = true;
  });
  make({.max_idle = 20ms});
  EXPECT_TRUE(get(origin_of(server.port())));
  EXPECT_EQ(client().stats().idle, 1u);
  auto wait = [&]() -> Task<void> {
    while (!closed)
      co_await sleep_for(1ms);
  };
  run_task(loop_, wait());
  EXPECT_EQ(client().stats().connections, 0u);
}

TEST_F(HttpClientPoolTest, HoldsItsLimitAndServesWaitersInOrder) {
  int at_once = 0;
  int most = 0;
  auto handle = [&](HttpRequest request) -> Task<ServerReply> {
    most = std::max(most, ++at_once);
    co_await sleep_for(200us);
    --at_once;
    co_return ServerReply{.body = request.target};
  };
  HttpServer server(loop_, {}, handle);
  ASSERT_TRUE(server.start());
  make({.max_connections = 3});
  std::vector<int> order;
  TaskGroup group(loop_);
  auto request = [&](int number) -> Task<void> {
    const std::string head = "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto response = co_await client().send(origin_of(server.port()), {.head = head});
    if (response && response->body == "/" + std::to_string(number)) order.push_back(number);
  };
  for (int i = 0; i < 200; ++i)
    group.spawn(request(i));
  run_task(loop_, group.join());
  EXPECT_EQ(order.size(), 200u);
  EXPECT_EQ(most, 3);
  EXPECT_EQ(client().stats().connections_opened, 3u);
  for (std::size_t i = 0; i < order.size(); ++i) {
    EXPECT_NEAR(order[i], static_cast<int>(i), 3) << "a request overtook others";
  }
  run_task(loop_, server.stop());
}

TEST_F(HttpClientPoolTest, IdleConnectionsToOthersMakeRoom) {
  ScriptedServer one(loop_, answering({sized("1"), sized("1")}));
  ScriptedServer two(loop_, answering({sized("2"), sized("2")}));
  make({.max_connections = 1});
  EXPECT_EQ(get(origin_of(one.port()))->body, "1");
  EXPECT_EQ(get(origin_of(two.port()))->body, "2");
  EXPECT_EQ(client().stats().connections, 1u);
  EXPECT_EQ(get(origin_of(two.port()))->body, "2");
  EXPECT_EQ(client().stats().connections_opened, 2u);
}

TEST_F(HttpClientPoolTest, AWaiterForAnotherOriginGetsTheRoomOfAFinishedRequest) {
  ScriptedServer one(loop_, answering({sized("1"), sized("wrong")}));
  ScriptedServer two(loop_, answering({sized("2")}));
  make({.max_connections = 1});
  TaskGroup group(loop_);
  std::string bodies;
  auto request = [&](std::uint16_t port) -> Task<void> {
    const auto response = co_await client().send(origin_of(port), {.head = get_head});
    if (response) bodies += response->body;
  };
  group.spawn(request(one.port()));
  group.spawn(request(two.port()));
  run_task(loop_, group.join());
  EXPECT_EQ(bodies, "12");
}

TEST_F(HttpClientPoolTest, AWaiterHasItsTotalTime) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> { co_await peer.read_all(); });
  make({.max_connections = 1});
  TaskGroup group(loop_);
  auto first = [&]() -> Task<void> {
    co_await client().send(origin_of(server.port()), {.head = get_head});
  };
  group.spawn(first());
  const auto waited =
      get(origin_of(server.port()), {.head = get_head, .timeouts = {.total = 20ms}});
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code(), Errc::timeout);
  client().cancel_all();
  run_task(loop_, group.join());
  EXPECT_EQ(client().stats().connections, 0u);
}

TEST_F(HttpClientPoolTest, LeavesTheLoopNothingToDoOnceClosed) {
  ScriptedServer server(loop_, answering({sized("x"), sized("x")}));
  Loop loop(1);
  HttpClient client(loop, {});
  // The server runs on the other loop, so both turn here.
  bool done = false;
  asio::co_spawn(
      loop.get_executor(), client.send(origin_of(server.port()), {.head = get_head}),
      [&](std::exception_ptr, Result<HttpResponse> response) { done = response.has_value(); });
  while (!done) {
    loop.poll();
    loop_.poll();
  }
  EXPECT_EQ(client.stats().idle, 1u);
  client.close();
  EXPECT_EQ(client.stats().connections, 0u);
  loop.restart();
  loop.run();  // would run for ever if the client held it
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
