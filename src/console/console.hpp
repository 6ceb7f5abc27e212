// console.hpp: the console's server: its API under /api/v1 (openapi.json), the page, /healthz and
// /metrics.
//
// Layer      console.
// Threading  one loop; the store on its thread.
// Secrets    tokens come in as hashes; no answer and no log line holds one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "console/doorkeeper.hpp"
#include "console/job_document.hpp"
#include "console/proxy_gate.hpp"
#include "console/static_files.hpp"
#include "net/http_server.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::console {

class JobRunner;
class Planner;
class Browser;

struct ConsoleOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: chosen by the system
  std::shared_ptr<net::TlsContext> tls;
  std::vector<std::string> hosts;  // other names that it goes by
  DoorkeeperOptions doorkeeper;
  std::optional<ProxyOptions> proxy;  // people whom a load balancer has signed in
  StaticFiles files;
  std::string program, version;  // "s3migrator 0.1.0 (...)", "0.1.0"
  std::string store_kind;        // "sqlite", "postgresql"
  bool simulator = false;        // everything goes to a simulated cloud
  Executor executor;
  JobRunner* runner = nullptr;  // null: it only watches; outlives the console
  Planner* planner = nullptr;   // likewise
  Browser* browser = nullptr;   // likewise

  std::chrono::milliseconds watch_gap{1000};  // how often the store is looked at for pages
  std::chrono::milliseconds heartbeat{15'000};
  // What a client may take, and how much of it.
  std::chrono::milliseconds request_timeout{20'000}, idle_timeout{60'000};
  std::size_t max_head_bytes = 16u << 10, max_body_bytes = 1u << 20;
  std::size_t max_connections = 256, max_streams = 64;
};

class Console {
 public:
  // `loop` and `store` outlive it.
  Console(net::Loop& loop, workflow::StoreThread& store, ConsoleOptions options);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Errors: io where the address cannot be bound.
  Result<void> start();
  std::uint16_t port() const noexcept;
  // Ends streams and connections. Once, after start() succeeded.
  net::Task<void> stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace s3m::console
