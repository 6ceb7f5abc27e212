// test_support.hpp: what the tests of net share: running a task, and peers that speak from a
// script instead of our own server and client.
//
// Layer  tests only.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "net/task_group.hpp"

namespace s3m::net::testing {

using TestSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

// Runs the loop until `task` has ended; gives what it gave.
template <class T>
T run_task(Loop& loop, Task<T> task) {
  std::optional<T> result;
  std::exception_ptr exception;
  bool ended = false;
  asio::co_spawn(loop.get_executor(), std::move(task), [&](std::exception_ptr thrown, T value) {
    exception = std::move(thrown);
    if (!exception) result.emplace(std::move(value));
    ended = true;
  });
  loop.restart();
  while (!ended && loop.run_one() > 0) {
  }
  if (exception) std::rethrow_exception(exception);
  if (!ended) throw std::logic_error("the task waits for something that no one will do");
  return std::move(*result);
}

inline void run_task(Loop& loop, Task<void> task) {
  auto wrapped = [](Task<void> inner) -> Task<bool> {
    co_await std::move(inner);
    co_return true;
  };
  run_task<bool>(loop, wrapped(std::move(task)));
}

// One end of a TCP connection, without any idea of HTTP.
class Peer {
 public:
  explicit Peer(TestSocket socket, int number = 0) : socket_(std::move(socket)), number_(number) {}

  int number() const noexcept { return number_; }  // of the connection, from 0
  TestSocket& socket() noexcept { return socket_; }

  Task<void> send(std::string text) {
    co_await asio::async_write(socket_, asio::buffer(text), asio::as_tuple(asio::deferred));
  }
  // Gives text up to and with `end`, keeping what follows; what there was if the peer closes.
  Task<std::string> read_until(std::string end) {
    for (;;) {
      const std::size_t found = unread_.find(end);
      if (found != std::string::npos) {
        std::string text = unread_.substr(0, found + end.size());
        unread_.erase(0, text.size());
        co_return text;
      }
      const bool more = co_await read_some();
      if (!more) co_return std::exchange(unread_, {});
    }
  }
  Task<std::string> read_head() { return read_until("\r\n\r\n"); }
  Task<std::string> read_bytes(std::size_t count) {
    bool more = true;
    while (more && unread_.size() < count)
      more = co_await read_some();
    std::string text = unread_.substr(0, count);
    unread_.erase(0, text.size());
    co_return text;
  }
  // Gives all text until the peer closes; "[reset]" at its end if it did so by a reset.
  Task<std::string> read_all() {
    bool more = true;
    while (more)
      more = co_await read_some();
    co_return std::exchange(unread_, {}) + (was_reset_ ? "[reset]" : "");
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  void reset() {
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

 private:
  Task<bool> read_some() {
    std::array<char, 4096> buffer{};
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::deferred));
    was_reset_ = error == asio::error::connection_reset;
    unread_.append(buffer.data(), bytes);
    co_return !error;
  }

  TestSocket socket_;
  std::string unread_;
  int number_;
  bool was_reset_ = false;
};

inline Task<Peer> connect_peer(Loop& loop, std::uint16_t port) {
  TestSocket socket(loop);
  co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), port}, asio::deferred);
  co_return Peer(std::move(socket));
}

// A server whose every connection runs `script`.
class ScriptedServer {
 public:
  using Script = std::function<Task<void>(Peer& peer)>;

  ScriptedServer(Loop& loop, Script script, const std::string& address = "127.0.0.1",
                 std::uint16_t port = 0)
      : loop_(loop),
        script_(std::move(script)),
        acceptor_(loop, {asio::ip::make_address(address), port}),
        group_(loop) {
    group_.spawn(accept_all());
  }
  ~ScriptedServer() {
    auto stop = [](ScriptedServer* self) -> Task<void> {
      boost::system::error_code ignored;
      self->acceptor_.close(ignored);
      for (Peer& peer : self->peers_)
        peer.close();
      co_await self->group_.join();
    };
    run_task(loop_, stop(this));
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  int connections() const noexcept { return static_cast<int>(peers_.size()); }

 private:
  Task<void> accept_all() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::deferred));
      if (error) co_return;
      Peer& peer = peers_.emplace_back(std::move(socket), connections());
      group_.spawn(script_(peer));
    }
  }

  Loop& loop_;
  Script script_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  std::deque<Peer> peers_;
  TaskGroup group_;
};

}  // namespace s3m::net::testing
