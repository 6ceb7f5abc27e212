// How the client finds its way: names, addresses, proxies.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/signal.hpp"
#include "net/test_support.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::Peer;
using testing::run_task;
using testing::ScriptedServer;
using namespace std::chrono_literals;

constexpr std::string_view get_head = "GET /k?q HTTP/1.1\r\nHost: h\r\n\r\n";

// Answers every request of a connection with `name`, without keeping it.
ScriptedServer::Script named(std::string name) {
  auto script = [](Peer& peer, std::string body) -> Task<void> {
    co_await peer.read_head();
    co_await peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body);
    peer.close();
  };
  return [script, name](Peer& peer) { return script(peer, name); };
}

class HttpClientConnectTest : public ::testing::Test {
 protected:
  HttpClientOptions options(std::vector<std::string> addresses = {}) {
    return {.sweep_interval = 5ms, .lookup = [this, addresses](const std::string& host) {
              ++lookups_;
              looked_up_ = host;
              return addresses;
            }};
  }
  static Result<HttpResponse> get(Loop& loop, HttpClient& client, std::uint16_t port,
                                  std::string host = "service.example", bool tls = false) {
    const Origin origin{.tls = tls, .host = std::move(host), .port = port};
    const WireRequest request{.head = get_head, .timeouts = {.connect = 60s}};
    return run_task(loop, client.send(origin, request));
  }
  // A port on which nobody listens, on any address.
  std::uint16_t dead_port() {
    asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor(
        loop_, {asio::ip::make_address("127.0.0.1"), 0});
    return acceptor.local_endpoint().port();
  }

  Loop loop_{1};
  int lookups_ = 0;
  std::string looked_up_;
};

TEST_F(HttpClientConnectTest, UsesAllAddressesInTurn) {
  ScriptedServer one(loop_, named("1"), "127.0.0.1");
  ScriptedServer two(loop_, named("2"), "127.0.0.2", one.port());
  HttpClient client(loop_, options({"127.0.0.1", "127.0.0.2"}));
  std::string bodies;
  for (int i = 0; i < 6; ++i)
    bodies += get(loop_, client, one.port())->body;
  EXPECT_EQ(bodies, "121212");
  EXPECT_EQ(lookups_, 1);
  EXPECT_EQ(looked_up_, "service.example");
}

TEST_F(HttpClientConnectTest, GoesOnToTheNextAddressAndSkipsTheDeadOne) {
  ScriptedServer two(loop_, named("2"), "127.0.0.2");
  HttpClient client(loop_, options({"127.0.0.1", "127.0.0.2"}));
  for (int i = 0; i < 4; ++i) {
    const auto response = get(loop_, client, two.port());
    ASSERT_TRUE(response) << response.error().describe();
    EXPECT_EQ(response->body, "2");
  }
}

TEST_F(HttpClientConnectTest, AnAddressThatFailedIsTriedLastNotNever) {
  std::optional<ScriptedServer> one(std::in_place, loop_, named("1"), "127.0.0.1");
  const std::uint16_t port = one->port();
  HttpClient client(loop_, options({"127.0.0.1", "127.0.0.2"}));
  EXPECT_TRUE(get(loop_, client, port));  // .1
  EXPECT_TRUE(get(loop_, client, port));  // .2 refuses, so .1
  one.reset();
  EXPECT_EQ(get(loop_, client, port).error().code(), Errc::connect);
  one.emplace(loop_, named("1"), "127.0.0.1", port);
  EXPECT_EQ(get(loop_, client, port)->body, "1");
}

// A server that ends every TLS handshake with `text` and a close.
ScriptedServer::Script spoiling(std::string text) {
  auto script = [](Peer& peer, std::string answer) -> Task<void> {
    co_await peer.read_bytes(1);
    co_await peer.send(answer);
    peer.close();
  };
  return [script, text](Peer& peer) { return script(peer, text); };
}

TEST_F(HttpClientConnectTest, AnAddressThatFailedIsLeftAloneWhileOthersWork) {
  ScriptedServer one(loop_, spoiling(""), "127.0.0.1");
  ScriptedServer two(loop_, spoiling(""), "127.0.0.2", one.port());
  ScriptedServer three(loop_, spoiling("not TLS"), "127.0.0.3", one.port());
  HttpClientOptions with_tls = options({"127.0.0.1", "127.0.0.2", "127.0.0.3"});
  with_tls.tls = *TlsContext::client({});
  HttpClient client(loop_, std::move(with_tls));
  for (int i = 0; i < 6; ++i) {
    const auto response = get(loop_, client, one.port(), "service.example", true);
    EXPECT_EQ(response.error().code(), Errc::tls);
  }
  EXPECT_EQ(one.connections(), 1);
  EXPECT_EQ(two.connections(), 1);
  EXPECT_EQ(three.connections(), 6);
}

TEST_F(HttpClientConnectTest, ATlsErrorIsTheSameAtEveryAddress) {
  ScriptedServer one(loop_, spoiling("not TLS"), "127.0.0.1");
  ScriptedServer two(loop_, spoiling("not TLS"), "127.0.0.2", one.port());
  HttpClientOptions with_tls = options({"127.0.0.1", "127.0.0.2"});
  with_tls.tls = *TlsContext::client({});
  HttpClient client(loop_, std::move(with_tls));
  EXPECT_EQ(get(loop_, client, one.port(), "service.example", true).error().code(), Errc::tls);
  EXPECT_EQ(one.connections() + two.connections(), 1);
}

TEST_F(HttpClientConnectTest, NobodyListeningIsAConnectError) {
  HttpClient client(loop_, options({"127.0.0.1", "127.0.0.2"}));
  const auto response = get(loop_, client, dead_port());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::connect);
  EXPECT_EQ(response.error().retry(), RetryClass::transient);
  EXPECT_EQ(client.stats().connections, 0u);
}

TEST_F(HttpClientConnectTest, ANameWithoutAddressIsAResolveError) {
  HttpClient client(loop_, options({}));
  const auto response = get(loop_, client, 1);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::resolve);
  EXPECT_EQ(response.error().retry(), RetryClass::transient);
  EXPECT_FALSE(get(loop_, client, 1));
  EXPECT_EQ(lookups_, 2) << "a failure must not be kept";
}

TEST_F(HttpClientConnectTest, AddressesAreAskedForAgain) {
  ScriptedServer server(loop_, named("x"));
  HttpClientOptions fast = options({"127.0.0.1"});
  fast.address_ttl = 0s;
  HttpClient client(loop_, std::move(fast));
  EXPECT_TRUE(get(loop_, client, server.port()));
  EXPECT_TRUE(get(loop_, client, server.port()));
  EXPECT_EQ(lookups_, 2);
}

TEST_F(HttpClientConnectTest, KnownAddressesOutliveAFailedLookup) {
  ScriptedServer server(loop_, named("x"));
  HttpClientOptions failing = options();
  failing.address_ttl = 0s;
  failing.lookup = [&](const std::string&) -> std::vector<std::string> {
    if (++lookups_ == 1) return {"127.0.0.1"};
    return {};
  };
  HttpClient client(loop_, std::move(failing));
  EXPECT_TRUE(get(loop_, client, server.port()));
  EXPECT_TRUE(get(loop_, client, server.port()));
  EXPECT_EQ(lookups_, 2);
}

TEST_F(HttpClientConnectTest, LiteralsAndTheSystemsNames) {
  ScriptedServer server(loop_, named("x"));
  HttpClient client(loop_, {.sweep_interval = 5ms});
  EXPECT_TRUE(get(loop_, client, server.port(), "127.0.0.1"));
  const auto local = get(loop_, client, server.port(), "localhost");
  EXPECT_TRUE(local) << local.error().describe();
  const auto unknown = get(loop_, client, server.port(), "no-such-name.invalid");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Errc::resolve);
}

TEST_F(HttpClientConnectTest, AHandshakeThatNeverEndsIsAConnectError) {
  ScriptedServer silent(loop_, [](Peer& peer) -> Task<void> { co_await peer.read_all(); });
  HttpClientOptions with_tls = options({"127.0.0.1"});
  with_tls.tls = *TlsContext::client({});
  HttpClient client(loop_, std::move(with_tls));
  const Origin origin{.host = "service.example", .port = silent.port()};
  const auto response =
      run_task(loop_, client.send(origin, {.head = get_head, .timeouts = {.connect = 20ms}}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Errc::connect);
  EXPECT_EQ(client.stats().connections, 0u);
}

// --- proxies

TEST_F(HttpClientConnectTest, PlainRequestsGoThroughAProxyInAbsoluteForm) {
  std::string seen;
  ScriptedServer proxy(loop_, [&](Peer& peer) -> Task<void> {
    for (int i = 0; i < 2; ++i) {
      seen += co_await peer.read_head();
      co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  HttpClientOptions proxied = options();
  proxied.http_proxy = "http://us%40er:pa%3Ass@127.0.0.1:" + std::to_string(proxy.port());
  HttpClient client(loop_, std::move(proxied));
  EXPECT_TRUE(get(loop_, client, 8080));
  EXPECT_TRUE(get(loop_, client, 8080));
  const std::string request =
      "GET http://service.example:8080/k?q HTTP/1.1\r\n"
      "Proxy-Authorization: Basic dXNAZXI6cGE6c3M=\r\nHost: h\r\n\r\n";
  EXPECT_EQ(seen, request + request);
  EXPECT_EQ(lookups_, 0) << "the proxy resolves the origin's name";
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(HttpClientConnectTest, TlsGoesThroughATunnel) {
  std::string seen;
  ScriptedServer proxy(loop_, [&](Peer& peer) -> Task<void> {
    seen = co_await peer.read_head();
    co_await peer.send("HTTP/1.1 200 Connection established\r\nContent-Length: 9\r\n\r\n");
    seen += co_await peer.read_bytes(1);
    peer.close();
  });
  HttpClientOptions proxied = options();
  proxied.tls = *TlsContext::client({});
  proxied.https_proxy = "127.0.0.1:" + std::to_string(proxy.port());
  HttpClient client(loop_, std::move(proxied));
  const auto response = get(loop_, client, 443, "service.example", true);
  EXPECT_EQ(response.error().code(), Errc::connect);
  // What follows the tunnel is a TLS handshake record.
  EXPECT_EQ(seen, "CONNECT service.example:443 HTTP/1.1\r\nHost: service.example:443\r\n\r\n\x16");
}

TEST_F(HttpClientConnectTest, ARefusedTunnelIsAConnectError) {
  for (const auto& [status, retry] :
       {std::pair{"407 Proxy Authentication Required", RetryClass::never},
        std::pair{"503 Busy", RetryClass::transient}}) {
    ScriptedServer proxy(loop_, [&](Peer& peer) -> Task<void> {
      co_await peer.read_head();
      co_await peer.send("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 2\r\n\r\nno");
    });
    HttpClientOptions proxied = options();
    proxied.tls = *TlsContext::client({});
    proxied.https_proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    HttpClient client(loop_, std::move(proxied));
    const auto response = get(loop_, client, 443, "service.example", true);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Errc::connect);
    EXPECT_EQ(response.error().retry(), retry) << status;
    EXPECT_EQ(response.error().http_status(), std::stoi(status));
  }
}

TEST_F(HttpClientConnectTest, AProxyThatCannotBeUsedIsAConfigError) {
  for (const std::string url :
       {"https://proxy:1", "socks5://proxy:1", "http://:1", "http://p:99999"}) {
    HttpClientOptions proxied = options();
    proxied.http_proxy = url;
    HttpClient client(loop_, std::move(proxied));
    const auto response = get(loop_, client, 80);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Errc::config) << url;
  }
}

TEST_F(HttpClientConnectTest, NoProxyGoesStraight) {
  ScriptedServer server(loop_, named("straight"));
  HttpClientOptions proxied = options({"127.0.0.1"});
  proxied.http_proxy = "http://127.0.0.1:1";
  proxied.no_proxy = "other, .example";
  HttpClient client(loop_, std::move(proxied));
  EXPECT_EQ(get(loop_, client, server.port())->body, "straight");
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
