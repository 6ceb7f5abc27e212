// connection_pool.hpp: kept connections, and a limit on all of them.
//
// Layer      net.
// Threading  one loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "net/client_connection.hpp"
#include "net/flight.hpp"

namespace s3m::net {

class ConnectionPool {
 public:
  // The right to one connection, with or without the connection. Gives the right back, and closes
  // the connection unless it was kept.
  class Lease {
   public:
    Lease() = default;
    Lease(ConnectionPool& pool, OriginState& origin, std::unique_ptr<ClientConnection> connection)
        : pool_(&pool), origin_(&origin), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { end(); }

    explicit operator bool() const noexcept { return pool_ != nullptr; }
    // Null until one is set.
    ClientConnection* connection() const noexcept { return connection_.get(); }
    void set(std::unique_ptr<ClientConnection> connection) { connection_ = std::move(connection); }
    // The connection may carry another request. Ends the lease.
    void keep();

   private:
    void end();
    ConnectionPool* pool_ = nullptr;
    OriginState* origin_ = nullptr;
    std::unique_ptr<ClientConnection> connection_;
  };

  ConnectionPool(Loop& loop, const HttpClientOptions& options) : loop_(loop), options_(options) {}

  // A lease that is to be had without waiting; else one that is false. Kept connections, the
  // latest used first, come before the right to open one. `once`: only those of which it is all but
  // certain that the server has not closed them.
  Lease try_acquire(OriginState& origin, bool once);
  // Waits for one in arrival order. Errors: what flight.stop() says.
  Task<Result<Lease>> acquire(OriginState& origin, Flight& flight);

  // Closes connections that have been idle for too long. True if any are left.
  bool expire(SteadyTime now);
  // Closes all idle connections.
  void clear();

  std::size_t open() const noexcept { return open_; }
  std::size_t idle() const noexcept { return idle_; }

 private:
  struct Waiter;
  void give_back(OriginState& origin, std::unique_ptr<ClientConnection> kept);
  bool close_oldest_idle();
  bool too_idle_for_once(const OriginState& origin) const;
  static void close(std::unique_ptr<ClientConnection> connection);

  Loop& loop_;
  const HttpClientOptions& options_;
  std::deque<Waiter*> waiters_;
  std::deque<OriginState*> origins_;  // that have kept a connection
  std::size_t open_ = 0;              // leases given and connections idle
  std::size_t idle_ = 0;
};

}  // namespace s3m::net
