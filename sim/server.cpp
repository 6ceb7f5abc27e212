#include "sim/server.hpp"

#include <exception>
#include <future>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "net/http_server.hpp"
#include "net/signal.hpp"
#include "net/task_group.hpp"
#include "sim/admin.hpp"

namespace s3m::sim {
namespace {

// The HTTP server dates its replies by the system's clock. Where the service has another, and did
// not write a date itself, this is its date.
void date_by(const Clock& clock, WallTime now, net::ServerReply& reply) {
  if (&clock == &system_clock() || reply.headers.starts_with("Date: ")) return;
  reply.headers.insert(0, "Date: " + http_date(now) + "\r\n");
}

// Answers one request: at once, or after what the Cloud says it takes.
net::Task<net::ServerReply> serve(Cloud& cloud, const Clock& clock, net::HttpRequest request) {
  const bool counted = !request.target.starts_with(admin_root);
  if (counted) cloud.metrics().request_begins();
  const WallTime now = clock.now();
  Answer answer = cloud.handle(request, now);
  date_by(clock, now, answer.reply);
  if (answer.delay.count() > 0) co_await net::sleep_for(answer.delay);
  if (counted) cloud.metrics().request_ends();
  co_return std::move(answer.reply);
}

net::HttpServerOptions server_options(const Scenario& scenario, const ServerOptions& options) {
  net::HttpServerOptions http;
  http.address = options.address;
  http.port = options.port;
  http.tls = options.tls;
  http.max_body_bytes = 256u << 20;
  http.max_requests_per_connection = scenario.requests_per_connection;
  http.idle_timeout = scenario.idle_close;
  return http;
}

}  // namespace

class Server::Impl {
 public:
  Impl(Cloud& cloud, const Scenario& scenario, const ServerOptions& options)
      : http_(loop_, server_options(scenario, options),
              [&cloud, clock = options.clock](net::HttpRequest request) {
                return serve(cloud, *clock, std::move(request));
              }),
        stopping_(loop_) {}

  Result<void> start() {
    auto bound = http_.start();
    if (bound) thread_ = std::thread([this] { loop_.run(); });
    return bound;
  }
  std::uint16_t port() const noexcept { return http_.port(); }
  bool running() const noexcept { return thread_.joinable(); }

  void run_on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    auto future = done.get_future();
    boost::asio::post(loop_, [&work, done = std::move(done)]() mutable {
      try {
        work();
        done.set_value();
      } catch (...) {
        done.set_exception(std::current_exception());
      }
    });
    future.get();
  }

  void stop() {
    boost::asio::post(loop_, [this] {
      stopping_.spawn(http_.stop());
      guard_.reset();
    });
    thread_.join();
  }

 private:
  net::Loop loop_;
  boost::asio::executor_work_guard<net::Executor> guard_ = boost::asio::make_work_guard(loop_);
  net::HttpServer http_;
  net::TaskGroup stopping_;
  std::thread thread_;
};

Server::Server(const Scenario& scenario, const ServerOptions& options)
    : cloud_(scenario, options.clock->now()),
      impl_(std::make_unique<Impl>(cloud_, scenario, options)) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(options.address, error);
  cloud_.allow_admin(!error && address.is_loopback());
}

Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::start(const Scenario& scenario, ServerOptions options) {
  std::unique_ptr<Server> server(new Server(scenario, options));  // NOLINT: private constructor
  if (auto started = server->impl_->start(); !started) return forward(started);
  server->port_ = server->impl_->port();
  server->endpoint_ =
      fmt::format("{}://{}:{}", options.tls ? "https" : "http", options.address, server->port_);
  return server;
}

std::string Server::ready_line() {
  return with_cloud([this](Cloud& cloud) { return cloud.ready_line(endpoint_); });
}

void Server::run_on_loop(const std::function<void()>& work) {
  if (impl_->running()) {
    impl_->run_on_loop(work);
  } else {
    work();
  }
}

void Server::stop() {
  if (impl_->running()) impl_->stop();
}

}  // namespace s3m::sim
