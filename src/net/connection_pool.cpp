#include "net/connection_pool.hpp"

#include <algorithm>
#include <poll.h>
#include <utility>

namespace s3m::net {
namespace {

// Whether nothing has come that was not received. Of a kept connection nothing else than its end
// is to be expected.
bool silent(Socket& socket) noexcept {
  if (!socket.is_open()) return false;
  pollfd watched{.fd = socket.native_handle(), .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, 0) == 0;
}

}  // namespace

// Invariant: while anyone waits, no connection is idle.
struct ConnectionPool::Waiter {
  Waiter(ConnectionPool& its_pool, OriginState& its_origin)
      : pool(its_pool), origin(its_origin), granted(its_pool.loop_) {
    pool.waiters_.push_back(this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!lease) std::erase(pool.waiters_, this);
  }

  ConnectionPool& pool;
  OriginState& origin;
  Signal granted;
  Lease lease;
};

ConnectionPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      origin_(other.origin_),
      connection_(std::move(other.connection_)) {}

ConnectionPool::Lease& ConnectionPool::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  end();
  pool_ = std::exchange(other.pool_, nullptr);
  origin_ = other.origin_;
  connection_ = std::move(other.connection_);
  return *this;
}

void ConnectionPool::Lease::keep() {
  std::exchange(pool_, nullptr)->give_back(*origin_, std::move(connection_));
}

void ConnectionPool::Lease::end() {
  if (pool_ == nullptr) return;
  close(std::move(connection_));
  std::exchange(pool_, nullptr)->give_back(*origin_, nullptr);
}

// All others have been idle for longer than the last.
bool ConnectionPool::too_idle_for_once(const OriginState& origin) const {
  return coarse_now() - origin.idle.back()->stream.active_at() > options_.max_idle_once;
}

ConnectionPool::Lease ConnectionPool::try_acquire(OriginState& origin, bool once) {
  if (!origin.idle.empty() && !(once && too_idle_for_once(origin))) {
    std::unique_ptr<ClientConnection> kept = std::move(origin.idle.back());
    origin.idle.pop_back();
    --idle_;
    const bool ended = once && !silent(kept->stream.socket());
    if (!ended && coarse_now() - kept->stream.active_at() <= options_.max_idle) {
      return Lease(*this, origin, std::move(kept));
    }
    // All others have been idle for longer; the sweep takes them.
    close(std::move(kept));
    return Lease(*this, origin, nullptr);
  }
  if (open_ >= options_.max_connections && !close_oldest_idle()) return {};
  ++open_;
  return Lease(*this, origin, nullptr);
}

Task<Result<ConnectionPool::Lease>> ConnectionPool::acquire(OriginState& origin, Flight& flight) {
  Waiter waiter(*this, origin);
  flight.waits_for(waiter.granted, SteadyTime::max());
  while (!waiter.lease && !flight.stopped())
    co_await waiter.granted.wait();
  flight.rests();
  if (flight.stopped()) co_return flight.stop_error();
  co_return std::move(waiter.lease);
}

void ConnectionPool::give_back(OriginState& origin, std::unique_ptr<ClientConnection> kept) {
  if (!waiters_.empty()) {
    Waiter& first = *waiters_.front();
    waiters_.pop_front();
    if (&first.origin != &origin) close(std::move(kept));
    first.lease = Lease(*this, first.origin, std::move(kept));
    first.granted.notify_one();
    return;
  }
  if (!kept) {
    --open_;
    return;
  }
  if (origin.idle.empty() && std::ranges::find(origins_, &origin) == origins_.end()) {
    origins_.push_back(&origin);
  }
  origin.idle.push_back(std::move(kept));
  ++idle_;
}

bool ConnectionPool::close_oldest_idle() {
  OriginState* oldest = nullptr;
  for (OriginState* origin : origins_) {
    if (origin->idle.empty()) continue;
    const auto age = [](const OriginState* state) {
      return state->idle.front()->stream.active_at();
    };
    if (oldest == nullptr || age(origin) < age(oldest)) oldest = origin;
  }
  if (oldest == nullptr) return false;
  close(std::move(oldest->idle.front()));
  oldest->idle.erase(oldest->idle.begin());
  --idle_;
  --open_;
  return true;
}

bool ConnectionPool::expire(SteadyTime now) {
  for (OriginState* origin : origins_) {
    const auto fresh = std::ranges::find_if(origin->idle, [&](const auto& connection) {
      return now - connection->stream.active_at() <= options_.max_idle;
    });
    const auto count = static_cast<std::size_t>(fresh - origin->idle.begin());
    for (auto old = origin->idle.begin(); old != fresh; ++old)
      close(std::move(*old));
    origin->idle.erase(origin->idle.begin(), fresh);
    idle_ -= count;
    open_ -= count;
  }
  std::erase_if(origins_, [](const OriginState* origin) { return origin->idle.empty(); });
  return !origins_.empty();
}

void ConnectionPool::clear() {
  while (close_oldest_idle()) {
  }
}

void ConnectionPool::close(std::unique_ptr<ClientConnection> connection) {
  if (connection) connection->stream.close(true);
}

}  // namespace s3m::net
