// http_bench.cpp: CPU time of a request, client and server apart.
//
// Client and server run on a thread each, over loopback, with requests and responses of the size
// of a signed CopyObject and its answer. The server's figure is comparable with what
// `wrk -c 64` makes it use, the client's with what wrk itself uses.
#include <memory>
#include <string>
#include <thread>
#include <time.h>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/task_group.hpp"

namespace {

using namespace s3m;
using namespace s3m::net;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// A server on a thread of its own, that answers everything alike.
class BenchServer {
 public:
  BenchServer() : server_(loop_, {}, answer) {
    if (!server_.start()) std::abort();
    thread_ = std::thread([this] {
      const double before = cpu_seconds();
      loop_.run();
      cpu_ = cpu_seconds() - before;
    });
  }
  ~BenchServer() { stop(); }
  BenchServer(const BenchServer&) = delete;
  BenchServer& operator=(const BenchServer&) = delete;

  std::uint16_t port() const { return server_.port(); }
  // Ends the server; gives the CPU time it has used.
  double stop() {
    if (thread_.joinable()) {
      asio::co_spawn(loop_.get_executor(), server_.stop(), [](std::exception_ptr) {});
      thread_.join();
    }
    return cpu_;
  }

 private:
  static Task<ServerReply> answer(HttpRequest) {
    ServerReply reply;
    reply.headers = "Content-Type: application/xml\r\nx-amz-request-id: 0123456789ABCDEF\r\n";
    reply.body.assign(360, 'x');
    co_return reply;
  }

  Loop loop_{1};
  HttpServer server_;
  std::thread thread_;
  double cpu_ = 0;
};

std::string request_head(std::uint16_t port) {
  std::string head =
      "PUT /bucket/some/object/key-0001 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
      "\r\nContent-Length: 0\r\nAuthorization: ";
  return head.append(900 - head.size(), 'a').append("\r\n\r\n");
}

Task<void> send_many(HttpClient& client, Origin origin, std::string head, int count, bool& failed) {
  for (int i = 0; i < count; ++i) {
    auto response = co_await client.send(origin, {.head = head});
    if (!response || response->status != 200) failed = true;
  }
}

void requests(benchmark::State& state) {
  const int connections = static_cast<int>(state.range(0));
  constexpr int requests_each = 1000;
  BenchServer server;
  Loop loop(1);
  HttpClient client(loop, {});
  const Origin origin{.tls = false, .host = "127.0.0.1", .port = server.port()};
  const std::string head = request_head(server.port());
  bool failed = false;
  double client_cpu = 0;
  for (auto _ : state) {
    TaskGroup group(loop);
    for (int i = 0; i < connections; ++i) {
      group.spawn(send_many(client, origin, head, requests_each, failed));
    }
    const double before = cpu_seconds();
    loop.restart();
    while (group.running() > 0 && loop.run_one() > 0) {
    }
    client_cpu += cpu_seconds() - before;
  }
  client.close();
  loop.restart();
  loop.run();
  const double server_cpu = server.stop();
  if (failed) state.SkipWithError("a request failed");
  const auto done =
      static_cast<double>(state.iterations()) * static_cast<double>(connections) * requests_each;
  state.counters["client_us"] = client_cpu / done * 1e6;
  state.counters["server_us"] = server_cpu / done * 1e6;
  state.counters["requests/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}
BENCHMARK(requests)->Arg(64)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
