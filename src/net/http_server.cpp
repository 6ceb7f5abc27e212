#include "net/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "net/server_connection.hpp"
#include "net/signal.hpp"

namespace s3m::net {

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// When accept() fails for want of descriptors, it would fail again at once.
constexpr std::chrono::milliseconds accept_pause{50};

}  // namespace

// Every coroutine of the server holds it, so a server may be destroyed while its loop still has
// them in hand.
class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Loop& loop, HttpServerOptions options, HttpHandler handler)
      : loop_(loop),
        context_(std::move(options), std::move(handler)),
        acceptor_(loop),
        sweep_(loop),
        changed_(loop) {}

  Result<void> start();
  void shut();
  Task<void> join();
  std::uint16_t port() const noexcept { return port_; }

 private:
  using Connections =
      boost::intrusive::list<ServerConnection, boost::intrusive::constant_time_size<false>>;

  static Task<void> accept_all(std::shared_ptr<Impl> self);
  static Task<void> run(std::shared_ptr<ServerConnection> connection);
  void serve(Socket socket);
  void sweep_later();

  Loop& loop_;
  ServerContext context_;
  Acceptor acceptor_;
  Timer sweep_;
  Signal changed_;  // a coroutine has ended
  Connections connections_;
  std::size_t serving_ = 0;
  bool accepting_ = false;
  bool shut_ = false;
  std::atomic<std::uint16_t> port_ = 0;
};

Result<void> HttpServer::Impl::start() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(context_.options().address, error);
  const asio::ip::tcp::endpoint endpoint(address, context_.options().port);
  if (!error) acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(Acceptor::max_listen_connections, error);
  if (error) {
    return fail(Errc::io, fmt::format("cannot listen on {}:{}: {}", context_.options().address,
                                      context_.options().port, error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  accepting_ = true;
  auto ended = [self = shared_from_this()](std::exception_ptr) {
    self->accepting_ = false;
    self->changed_.notify_all();
  };
  asio::co_spawn(loop_.get_executor(), accept_all(shared_from_this()), std::move(ended));
  sweep_later();
  return ok;
}

Task<void> HttpServer::Impl::accept_all(std::shared_ptr<Impl> self) {
  while (!self->shut_) {
    if (self->serving_ >= self->context_.options().max_connections) {
      co_await self->changed_.wait();
      continue;
    }
    auto [error, socket] = co_await self->acceptor_.async_accept(asio::as_tuple(asio::deferred));
    if (self->shut_) break;
    if (!error) {
      self->serve(std::move(socket));
    } else if (error != asio::error::connection_aborted) {
      log::warning("cannot accept a connection: {}", error.message());
      co_await sleep_for(accept_pause);
    }
  }
}

Task<void> HttpServer::Impl::run(std::shared_ptr<ServerConnection> connection) {
  co_await connection->run();
}

void HttpServer::Impl::serve(Socket socket) {
  auto connection = std::make_shared<ServerConnection>(context_, std::move(socket));
  connections_.push_back(*connection);
  ++serving_;
  auto ended = [self = shared_from_this(), connection](std::exception_ptr exception) {
    if (exception && !self->shut_) log::error("a connection ended by an exception");
    --self->serving_;
    self->changed_.notify_all();
  };
  asio::co_spawn(loop_.get_executor(), run(connection),
                 asio::bind_cancellation_slot(connection->cancellation().slot(), std::move(ended)));
}

void HttpServer::Impl::sweep_later() {
  using std::chrono::milliseconds;
  const milliseconds idle = context_.options().idle_timeout;
  sweep_.expires_after(std::clamp(idle / 4, milliseconds(5), milliseconds(500)));
  sweep_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->shut_) return;
    const SteadyTime now = coarse_now();
    for (ServerConnection& connection : self->connections_)
      connection.close_if_idle(now);
    self->sweep_later();
  });
}

void HttpServer::Impl::shut() {
  if (std::exchange(shut_, true)) return;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  sweep_.cancel();
  changed_.notify_all();
  // From the loop: co_spawn would put off a signal that is emitted elsewhere, and then find its
  // coroutine gone.
  asio::post(loop_, [self = shared_from_this()] {
    for (ServerConnection& connection : self->connections_) {
      connection.abort();
    }
  });
}

Task<void> HttpServer::Impl::join() {
  while (serving_ > 0 || accepting_)
    co_await changed_.wait();
}

HttpServer::HttpServer(Loop& loop, HttpServerOptions options, HttpHandler handler)
    : impl_(std::make_shared<Impl>(loop, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() {
  impl_->shut();
}

Result<void> HttpServer::start() {
  return impl_->start();
}

std::uint16_t HttpServer::port() const noexcept {
  return impl_->port();
}

Task<void> HttpServer::stop() {
  const std::shared_ptr<Impl> impl = impl_;
  impl->shut();
  co_await impl->join();
}

}  // namespace s3m::net
