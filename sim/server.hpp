// server.hpp: a Cloud behind a port, with a thread of its own.
//
// Layer      sim.
// Threading  every member may be called from any thread but the server's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/tls.hpp"
#include "sim/cloud.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                // 0: chosen by the system
  std::shared_ptr<net::TlsContext> tls;  // null: plain
  const Clock* clock = &system_clock();  // outlives the server
};

class Server {
 public:
  // Listens and answers until stop() or destruction.
  // Errors: io when the address cannot be bound.
  static Result<std::unique_ptr<Server>> start(const Scenario& scenario,
                                               ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "http://127.0.0.1:40311"
  const std::string& endpoint() const noexcept { return endpoint_; }
  std::uint16_t port() const noexcept { return port_; }
  std::string ready_line();

  // Runs `use(Cloud&)` on the server's thread, between two requests, and gives what it returns.
  // After stop() it runs on the caller's.
  template <class Use>
  auto with_cloud(Use use) {
    using Value = std::invoke_result_t<Use&, Cloud&>;
    if constexpr (std::is_void_v<Value>) {
      run_on_loop([&] { use(cloud_); });
    } else {
      std::optional<Value> value;
      run_on_loop([&] { value.emplace(use(cloud_)); });
      return std::move(*value);
    }
  }

  // Closes the port and all connections and joins the thread. Idempotent.
  void stop();

 private:
  class Impl;
  Server(const Scenario& scenario, const ServerOptions& options);
  void run_on_loop(const std::function<void()>& work);  // returns when it has run

  Cloud cloud_;
  std::unique_ptr<Impl> impl_;
  std::string endpoint_;
  std::uint16_t port_ = 0;
};

}  // namespace s3m::sim
