// http_client_fixture.hpp: a client, and scripts for the peers it talks to.
//
// Layer  tests only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/signal.hpp"
#include "net/test_support.hpp"

namespace s3m::net::testing {

using namespace std::chrono_literals;

inline constexpr std::string_view get_head = "GET /k HTTP/1.1\r\nHost: h\r\n\r\n";

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClient& make(HttpClientOptions options = {}) {
    options.sweep_interval = 5ms;
    client_ = std::make_unique<HttpClient>(loop_, std::move(options));
    return *client_;
  }
  HttpClient& client() { return client_ ? *client_ : make(); }

  static Origin origin_of(std::uint16_t port, std::string host = "127.0.0.1") {
    return {.tls = false, .host = std::move(host), .port = port};
  }

  Result<HttpResponse> get(const Origin& origin, WireRequest request = {.head = get_head}) {
    return run_task(loop_, client().send(origin, request));
  }

  // A script that answers each request of a connection with the next of `answers`, then closes.
  static ScriptedServer::Script answering(std::vector<std::string> answers) {
    return [answers = std::move(answers)](Peer& peer) { return answer_all(peer, answers); };
  }
  static Task<void> answer_all(Peer& peer, std::vector<std::string> answers) {
    for (const std::string& answer : answers) {
      const std::string request = co_await peer.read_head();
      if (request.empty()) co_return peer.close();
      co_await peer.send(answer);
    }
    peer.close();
  }

  Loop loop_{1};
  std::unique_ptr<HttpClient> client_;
};

inline std::string sized(std::string_view body, std::string_view fields = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace s3m::net::testing
