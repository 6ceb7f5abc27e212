// Requests and responses of the client, against peers that follow a script and know no HTTP.
#include "net/http_client.hpp"

#include <string>

#include <gtest/gtest.h>

#include "net/http_client_fixture.hpp"

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

class HttpClientTest : public testing::HttpClientTest {};

TEST_F(HttpClientTest, SendsTheBytesItWasGiven) {
  std::string seen;
  ScriptedServer server(loop_, [&](Peer& peer) -> Task<void> {
    seen = co_await peer.read_head();
    seen += co_await peer.read_bytes(3);
    co_await peer.send(sized("ok"));
  });
  const std::string head = "PUT /%2f?a=b HTTP/1.1\r\nhost: H\r\nContent-Length: 3\r\n\r\n";
  const auto response = get(origin_of(server.port()), {.head = head, .body = "xyz"});
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(seen, head + "xyz");
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(client().stats().bytes_out, head.size() + 3);
  EXPECT_EQ(client().stats().bytes_in, sized("ok").size());
}

TEST_F(HttpClientTest, KeepsAConnectionForTheNextRequest) {
  ScriptedServer server(loop_, answering({sized("1"), sized("2"), sized("3")}));
  for (const std::string body : {"1", "2", "3"}) {
    const auto response = get(origin_of(server.port()));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, body);
  }
  EXPECT_EQ(server.connections(), 1);
  const HttpClientStats stats = client().stats();
  EXPECT_EQ(stats.requests, 3u);
  EXPECT_EQ(stats.connections_opened, 1u);
  EXPECT_EQ(stats.idle, 1u);
}

TEST_F(HttpClientTest, DropsAConnectionThatMayNotBeKept) {
  for (const std::string& answer :
       {sized("x", "Connection: close\r\n"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"), sized("x") + "surplus"}) {
    ScriptedServer server(loop_, answering({answer, sized("never")}));
    EXPECT_EQ(get(origin_of(server.port()))->body, "x");
    EXPECT_EQ(client().stats().idle, 0u) << answer;
    EXPECT_EQ(client().stats().connections, 0u);
    EXPECT_EQ(get(origin_of(server.port()))->body, "x");
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST_F(HttpClientTest, ABodyWithoutLengthEndsWithTheConnection) {
  ScriptedServer server(loop_, answering({"HTTP/1.1 200 OK\r\n\r\nall of it"}));
  EXPECT_EQ(get(origin_of(server.port()))->body, "all of it");
  EXPECT_EQ(client().stats().idle, 0u);
}

TEST_F(HttpClientTest, ReadsALateErrorBehindWhiteSpace) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      co_await peer.send("1\r\n \r\n");
      co_await sleep_for(1ms);
    }
    co_await peer.send("8\r\n<Error/>\r\n0\r\n\r\n");
  });
  const auto response = get(origin_of(server.port()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "   <Error/>");
  EXPECT_EQ(client().stats().idle, 1u);
}

TEST_F(HttpClientTest, ReadsAResponseAByteAtATime) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    for (const char c : sized("slow", "ETag: \"e\"\r\n")) {
      co_await peer.send(std::string(1, c));
      co_await sleep_for(50us);
    }
  });
  const auto response = get(origin_of(server.port()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.get("etag"), "\"e\"");
  EXPECT_EQ(response->body, "slow");
}

TEST_F(HttpClientTest, AHeadAnswerHasNoBodyWhateverItDeclares) {
  ScriptedServer server(
      loop_, answering({"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n", sized("next")}));
  const auto head = get(origin_of(server.port()), {.head = "HEAD /k HTTP/1.1\r\nHost: h\r\n\r\n",
                                                   .response_has_body = false});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.get("content-length"), "5000000000");
  EXPECT_EQ(get(origin_of(server.port()))->body, "next");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, StatusesWithoutBodyKeepTheConnection) {
  ScriptedServer server(loop_, answering({"HTTP/1.1 204 No Content\r\n\r\n",
                                          "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
                                          "HTTP/1.1 100 Continue\r\n\r\n" + sized("end")}));
  EXPECT_EQ(get(origin_of(server.port()))->status, 204);
  EXPECT_EQ(get(origin_of(server.port()))->status, 304);
  EXPECT_EQ(get(origin_of(server.port()))->body, "end");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, ReplacesAStaleConnectionSilently) {
  // Each connection answers once and then is closed, as after an idle timeout.
  ScriptedServer server(loop_, answering({sized("x")}));
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  EXPECT_EQ(client().stats().idle, 1u);
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  EXPECT_EQ(client().stats().stale_replaced, 1u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, ReplacesAConnectionThatWasReset) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send(sized("x"));
    const std::string second = co_await peer.read_head();
    if (!second.empty()) peer.reset();
  });
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  EXPECT_EQ(client().stats().stale_replaced, 1u);
}

TEST_F(HttpClientTest, WhatMayBeSentOnceIsNotSentOnAnotherConnection) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send(sized("x"));
    const std::string second = co_await peer.read_head();
    if (!second.empty()) peer.reset();
  });
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  const auto second = get(origin_of(server.port()), {.head = get_head, .once = true});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::reset);
  EXPECT_EQ(client().stats().stale_replaced, 0u);
  EXPECT_EQ(server.connections(), 1);
}

// So that what a server closes while it is idle makes no doubts.
TEST_F(HttpClientTest, WhatMayBeSentOnceTakesNoConnectionThatHasEnded) {
  ScriptedServer server(loop_, answering({sized("x")}));
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  run_task(loop_, sleep_for(5ms));  // the end arrives
  const auto second = get(origin_of(server.port()), {.head = get_head, .once = true});
  ASSERT_TRUE(second) << second.error().describe();
  EXPECT_EQ(client().stats().stale_replaced, 0u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, WhatMayBeSentOnceTakesNoConnectionThatHasBeenIdle) {
  make({.max_idle_once = 2ms});
  ScriptedServer server(loop_, answering({sized("x"), sized("y")}));
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  run_task(loop_, sleep_for(20ms));
  EXPECT_EQ(get(origin_of(server.port()), {.head = get_head, .once = true})->body, "x");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(client().stats().idle, 2u) << "another request may still use the idle one";
}

TEST_F(HttpClientTest, AStaleConnectionIsReplacedOnceOnly) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    if (peer.number() > 0) co_return peer.close();
    co_await peer.send(sized("x"));
    peer.close();
  });
  EXPECT_EQ(get(origin_of(server.port()))->body, "x");
  const auto second = get(origin_of(server.port()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::reset);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, AFreshConnectionThatClosesIsAReset) {
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    peer.close();
  });
  const auto response = get(origin_of(server.port()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::reset);
  EXPECT_EQ(response.error().retry(), RetryClass::transient);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, TruncationIsAResetEvenOnAKeptConnection) {
  const std::string whole = sized("0123456789", "ETag: \"e\"\r\n");
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n";
  for (const std::string& part :
       {whole.substr(0, 10), whole.substr(0, 30), whole.substr(0, whole.size() - 1), chunked}) {
    for (const bool by_reset : {false, true}) {
      ScriptedServer server(loop_, [&](Peer& peer) -> Task<void> {
        co_await peer.read_head();
        co_await peer.send(sized("first"));
        co_await peer.read_head();
        co_await peer.send(part);
        by_reset ? peer.reset() : peer.close();
      });
      ASSERT_TRUE(get(origin_of(server.port())));
      const auto response = get(origin_of(server.port()));
      ASSERT_FALSE(response);
      EXPECT_EQ(response.error().code(), Errc::reset) << part;
      EXPECT_EQ(server.connections(), 1);
      EXPECT_EQ(client().stats().connections, 0u);
    }
  }
}

TEST_F(HttpClientTest, AMalformedResponseIsAProtocolError) {
  for (const std::string& answer : {std::string("nonsense\r\n\r\n"), sized("x", "a : b\r\n"),
                                    sized("x", "Content-Length: 9\r\n")}) {
    ScriptedServer server(loop_, answering({answer}));
    const auto response = get(origin_of(server.port()));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Errc::protocol) << answer;
    EXPECT_EQ(response.error().retry(), RetryClass::never);
    EXPECT_EQ(client().stats().connections, 0u);
  }
}

TEST_F(HttpClientTest, AResponseAboveTheLimitIsTooLarge) {
  make({.max_response_bytes = 100});
  for (const std::string& answer :
       {sized(std::string(101, 'x')), "HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'),
        sized("", "a: " + std::string(70'000, 'x') + "\r\n")}) {
    ScriptedServer server(loop_, answering({answer}));
    const auto response = get(origin_of(server.port()));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Errc::too_large);
    EXPECT_EQ(response.error().retry(), RetryClass::never);
  }
}

TEST_F(HttpClientTest, ABodyOfManyReadsComesWhole) {
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + i % 23);
  ScriptedServer server(loop_, answering({sized(body)}));
  const auto response = get(origin_of(server.port()));
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body == body);
}

TEST_F(HttpClientTest, AnEndBehindManyReadsIsSeen) {
  const std::string body(500'000, 'x');
  ScriptedServer whole(loop_, answering({"HTTP/1.1 200 OK\r\n\r\n" + body}));
  const auto response = get(origin_of(whole.port()));
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body == body);
  ScriptedServer cut(loop_,
                     answering({"HTTP/1.1 200 OK\r\nContent-Length: 500001\r\n\r\n" + body}));
  const auto truncated = get(origin_of(cut.port()));
  ASSERT_FALSE(truncated);
  EXPECT_EQ(truncated.error().code(), Errc::reset);
}

TEST_F(HttpClientTest, ALargeBodyIsSentWhole) {
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + i % 23);
  bool same = false;
  ScriptedServer server(loop_, [&](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await sleep_for(2ms);  // the client's socket fills up
    const std::string got = co_await peer.read_bytes(body.size());
    same = got == body;
    co_await peer.send(sized("ok"));
  });
  EXPECT_TRUE(get(origin_of(server.port()), {.head = get_head, .body = body}));
  EXPECT_TRUE(same);
}

TEST_F(HttpClientTest, AnEarlyRefusalOfALargeBodyIsAnAnswer) {
  const std::string body(8'000'000, 'x');
  ScriptedServer server(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    co_await sleep_for(2ms);
    peer.close();  // with unread input: a reset
  });
  const auto response = get(origin_of(server.port()), {.head = get_head, .body = body});
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->body, "no");
  EXPECT_EQ(client().stats().idle, 0u);
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
