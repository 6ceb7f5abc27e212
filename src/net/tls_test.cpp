// Client and server over TLS, with a certificate authority made here.
#include "net/tls.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/signal.hpp"
#include "net/stream.hpp"
#include "net/test_certificates.hpp"
#include "net/test_support.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::Peer;
using testing::run_task;
using testing::ScriptedServer;
using testing::TestAuthority;
using namespace std::chrono_literals;

// Handshakes are slow where all processors are busy.
constexpr HttpTimeouts patient{.connect = 60s};

class TlsTest : public ::testing::Test {
 protected:
  // Starts a server with a certificate for `alternatives`; its client trusts `trusted`.
  void start(const std::string& alternatives, HttpServerOptions options = {}, int days = 1) {
    const auto files = authority_.issue(alternatives, days);
    auto context = TlsContext::server(files.certificate, files.key);
    ASSERT_TRUE(context) << context.error().describe();
    options.tls = *context;
    auto echo = [](HttpRequest request) -> Task<ServerReply> {
      co_return ServerReply{.body = std::move(request.body)};
    };
    server_.emplace(loop_, std::move(options), echo);
    ASSERT_TRUE(server_->start());
    trust({.ca_bundle = authority_.certificate_file()});
  }
  void trust(const TlsOptions& trusted) {
    auto context = TlsContext::client(trusted);
    ASSERT_TRUE(context) << context.error().describe();
    HttpClientOptions options{.tls = *context, .sweep_interval = 5ms};
    options.lookup = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
    client_.emplace(loop_, std::move(options));
  }
  void TearDown() override {
    if (server_) run_task(loop_, server_->stop());
  }
  Result<HttpResponse> put(const std::string& host, const std::string& body = "x") {
    const std::string head =
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const Origin origin{.host = host, .port = server_->port()};
    return run_task(loop_,
                    client_->send(origin, {.head = head, .body = body, .timeouts = patient}));
  }

  Loop loop_{1};
  TestAuthority authority_{"authority"};
  std::optional<HttpServer> server_;
  std::optional<HttpClient> client_;
};

TEST_F(TlsTest, TrustsTheRightNameAndKeepsTheConnection) {
  start("DNS:s3.example");
  for (int i = 0; i < 3; ++i) {
    const auto response = put("s3.example", "body " + std::to_string(i));
    ASSERT_TRUE(response) << response.error().describe();
    EXPECT_EQ(response->body, "body " + std::to_string(i));
  }
  EXPECT_EQ(client_->stats().connections_opened, 1u);
  EXPECT_EQ(client_->stats().tls_handshakes, 1u);
  EXPECT_EQ(client_->stats().tls_resumed, 0u);
}

TEST_F(TlsTest, LargeBodiesGoBothWays) {
  start("DNS:s3.example");
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + i % 23);
  const auto response = put("s3.example", body);
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_TRUE(response->body == body);
}

TEST_F(TlsTest, RefusesAnotherName) {
  start("DNS:s3.example,DNS:*.s3.example");
  for (const std::string host : {"example", "s3.example.other", "a.b.s3.example"}) {
    const auto response = put(host);
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code(), Errc::tls);
    EXPECT_EQ(response.error().retry(), RetryClass::never);
  }
  EXPECT_TRUE(put("bucket.s3.example"));
}

TEST_F(TlsTest, AddressesAreVerifiedAsAddresses) {
  start("IP:127.0.0.1");
  EXPECT_TRUE(put("127.0.0.1"));
  start("DNS:127.0.0.1");
  EXPECT_EQ(put("127.0.0.1").error().code(), Errc::tls);
}

TEST_F(TlsTest, RefusesAnAuthorityItDoesNotKnow) {
  start("DNS:s3.example");
  const TestAuthority stranger("stranger");
  trust({.ca_bundle = stranger.certificate_file()});
  EXPECT_EQ(put("s3.example").error().code(), Errc::tls);
  trust({});  // the system's roots
  EXPECT_EQ(put("s3.example").error().code(), Errc::tls);
}

TEST_F(TlsTest, RefusesACertificateThatHasRunOut) {
  start("DNS:s3.example", {}, -1);
  const auto response = put("s3.example");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::tls);
  EXPECT_NE(response.error().message().find("expired"), std::string::npos)
      << response.error().message();
}

TEST_F(TlsTest, VerifiesNothingWhenTold) {
  start("DNS:s3.example");
  trust({.verify = false});
  EXPECT_TRUE(put("another.example"));
}

TEST_F(TlsTest, ResumesSessions) {
  start("DNS:s3.example", {.max_requests_per_connection = 1});
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(put("s3.example"));
  EXPECT_EQ(client_->stats().tls_handshakes, 5u);
  EXPECT_EQ(client_->stats().tls_resumed, 4u);
}

TEST_F(TlsTest, ASessionIsForItsOriginAlone) {
  start("DNS:a.example,DNS:b.example", {.max_requests_per_connection = 1});
  EXPECT_TRUE(put("a.example"));
  EXPECT_TRUE(put("b.example"));
  EXPECT_EQ(client_->stats().tls_resumed, 0u);
}

TEST_F(TlsTest, ReplacesAConnectionTheServerClosedWhileIdle) {
  start("DNS:s3.example", {.idle_timeout = 20ms});
  EXPECT_TRUE(put("s3.example"));
  run_task(loop_, sleep_for(60ms));
  EXPECT_TRUE(put("s3.example"));
  EXPECT_EQ(client_->stats().stale_replaced, 1u);
  EXPECT_EQ(client_->stats().tls_resumed, 1u);
}

TEST_F(TlsTest, ManyAtOnce) {
  start("DNS:s3.example", {.max_requests_per_connection = 7});
  TaskGroup group(loop_);
  int good = 0;
  auto one = [&](int number) -> Task<void> {
    const std::string body(static_cast<std::size_t>(number) * 1000, 'x');
    const std::string head =
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const Origin origin{.host = "s3.example", .port = server_->port()};
    const auto response =
        co_await client_->send(origin, {.head = head, .body = body, .timeouts = patient});
    if (response && response->body == body) ++good;
  };
  for (int i = 0; i < 100; ++i)
    group.spawn(one(i));
  run_task(loop_, group.join());
  EXPECT_EQ(good, 100);
}

// A body that ends with the connection might have been cut by anyone, unless TLS says it was not.
TEST_F(TlsTest, ABodyWithoutLengthNeedsTheServersGoodbye) {
  start("DNS:s3.example");
  const auto files = authority_.issue("DNS:s3.example");
  const auto context = *TlsContext::server(files.certificate, files.key);
  for (const bool politely : {true, false}) {
    ScriptedServer open_ended(loop_, [&](Peer& peer) -> Task<void> {
      Stream stream(std::move(peer.socket()));
      stream.set_tls(TlsChannel::server(*context, stream.socket().native_handle()));
      co_await stream.handshake();
      bool asked = false;  // the request may have come with the end of the handshake
      const auto note = [&](std::string_view) { asked = true; };
      stream.decrypt(note);
      while (!asked) {
        const auto [error, bytes] = co_await stream.receive();
        stream.received(error, bytes, note);
      }
      std::size_t sent = 0;
      co_await stream.write_all("HTTP/1.1 200 OK\r\n\r\n", "all of it", sent);
      stream.close(politely);
    });
    const Origin origin{.host = "s3.example", .port = open_ended.port()};
    const auto response = run_task(
        loop_,
        client_->send(origin, {.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n", .timeouts = patient}));
    if (politely) {
      ASSERT_TRUE(response) << response.error().describe();
      EXPECT_EQ(response->body, "all of it");
    } else {
      ASSERT_FALSE(response);
      EXPECT_EQ(response.error().code(), Errc::reset);
    }
  }
}

TEST_F(TlsTest, AConnectionCutInTheHandshakeIsAConnectError) {
  start("DNS:s3.example");
  ScriptedServer cutting(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_bytes(1);
    peer.close();
  });
  const Origin origin{.host = "s3.example", .port = cutting.port()};
  const auto response = run_task(
      loop_,
      client_->send(origin, {.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n", .timeouts = patient}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::connect);
  EXPECT_EQ(response.error().retry(), RetryClass::transient);
}

// Passes bytes on until either side closes.
Task<void> pass_on(Peer& from, Peer& to) {
  for (;;) {
    std::string bytes = co_await from.read_bytes(1);
    if (bytes.empty()) break;
    co_await to.send(std::move(bytes));
  }
  from.close();
  to.close();
}

TEST_F(TlsTest, GoesThroughATunnel) {
  start("DNS:s3.example");
  int tunnels = 0;
  ScriptedServer proxy(loop_, [&](Peer& client) -> Task<void> {
    co_await client.read_head();
    ++tunnels;
    Peer upstream = co_await testing::connect_peer(loop_, server_->port());
    co_await client.send("HTTP/1.0 200 OK\r\n\r\n");
    TaskGroup group(loop_);
    group.spawn(pass_on(client, upstream));
    group.spawn(pass_on(upstream, client));
    co_await group.join();
  });
  client_.emplace(
      loop_,
      HttpClientOptions{.tls = *TlsContext::client({.ca_bundle = authority_.certificate_file()}),
                        .https_proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
  EXPECT_EQ(put("s3.example", "first")->body, "first");
  EXPECT_EQ(put("s3.example", "second")->body, "second");
  EXPECT_EQ(tunnels, 1);
  EXPECT_EQ(put("wrong.example").error().code(), Errc::tls);
}

// One loop a thread, one client a loop, the settings shared: as a program with several loops.
TEST_F(TlsTest, ThreadsShareTheSettings) {
  const auto files = authority_.issue("IP:127.0.0.1");
  const auto server_tls = *TlsContext::server(files.certificate, files.key);
  const auto client_tls = *TlsContext::client({.ca_bundle = authority_.certificate_file()});
  Loop server_loop(1);
  auto echo = [](HttpRequest request) -> Task<ServerReply> {
    co_return ServerReply{.body = std::move(request.body)};
  };
  HttpServer server(server_loop, {.tls = server_tls, .max_requests_per_connection = 3}, echo);
  ASSERT_TRUE(server.start());
  std::thread serving([&] { server_loop.run(); });

  std::atomic<int> good = 0;
  auto work = [&] {
    Loop loop(1);
    HttpClient client(loop, {.tls = client_tls});
    const Origin origin{.host = "127.0.0.1", .port = server.port()};
    const WireRequest request{.head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n",
                              .body = "ab"};
    auto send_some = [&]() -> Task<void> {
      for (int i = 0; i < 20; ++i) {
        const auto response = co_await client.send(origin, request);
        if (response && response->body == "ab") ++good;
      }
    };
    TaskGroup group(loop);
    for (int i = 0; i < 4; ++i)
      group.spawn(send_some());
    run_task(loop, group.join());
  };
  std::thread one(work);
  std::thread two(work);
  one.join();
  two.join();
  asio::co_spawn(server_loop.get_executor(), server.stop(), [](std::exception_ptr) {});
  serving.join();
  EXPECT_EQ(good, 160);
}

TEST_F(TlsTest, APeerThatSpeaksNoTlsIsATlsError) {
  start("DNS:s3.example");
  ScriptedServer plain(loop_, [](Peer& peer) -> Task<void> {
    co_await peer.read_bytes(1);
    co_await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const Origin origin{.host = "s3.example", .port = plain.port()};
  const auto response = run_task(
      loop_,
      client_->send(origin, {.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n", .timeouts = patient}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::tls);
}

TEST_F(TlsTest, AServerSurvivesAClientThatSpeaksNoTls) {
  start("DNS:s3.example");
  auto task = [&]() -> Task<std::string> {
    Peer peer = co_await testing::connect_peer(loop_, server_->port());
    co_await peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    co_return co_await peer.read_all();
  };
  run_task(loop_, task());
  EXPECT_TRUE(put("s3.example"));
}

TEST_F(TlsTest, NeedsAContext) {
  start("DNS:s3.example");
  client_.emplace(loop_, HttpClientOptions{});
  EXPECT_EQ(put("127.0.0.1").error().code(), Errc::tls);
}

TEST(TlsContextTest, FilesThatCannotBeUsedAreConfigErrors) {
  TestAuthority authority("authority");
  const auto one = authority.issue("DNS:a");
  const auto two = authority.issue("DNS:a");
  EXPECT_EQ(TlsContext::client({.ca_bundle = "/no/such/file"}).error().code(), Errc::config);
  EXPECT_EQ(TlsContext::client({.ca_bundle = one.key}).error().code(), Errc::config);
  EXPECT_EQ(TlsContext::server("/no/such/file", one.key).error().code(), Errc::config);
  EXPECT_EQ(TlsContext::server(one.certificate, "/no/such/file").error().code(), Errc::config);
  EXPECT_EQ(TlsContext::server(one.certificate, two.key).error().code(), Errc::config);
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
