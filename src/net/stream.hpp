// stream.hpp: a byte stream over a non-blocking TCP socket, plain or through TLS.
//
// Layer      net.
// Threading  one loop.
//
// Reading is one asynchronous receive into a buffer that the stream keeps, then a synchronous
// hand-over of the text in it. Writing is tried at once and waits only when the socket is full. So
// the two ways of HTTP, client and server, suspend once a message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/steady.hpp"
#include "net/task.hpp"
#include "net/tls_channel.hpp"

namespace s3m::net {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class Stream {
 public:
  enum class Status : std::uint8_t {
    ok,
    full,    // write only: the socket takes no more at present
    closed,  // the peer closed, and meant it
    cut,     // the connection broke, or closed without TLS's goodbye
  };

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}

  Socket& socket() noexcept { return socket_; }
  TlsChannel* tls() noexcept { return tls_.get(); }
  void set_tls(std::unique_ptr<TlsChannel> tls) noexcept { tls_ = std::move(tls); }

  // An operation that completes with (error_code, bytes); give both to received().
  auto receive() {
    make_room();
    return socket_.async_read_some(asio::buffer(buffer_.get(), capacity_),
                                   asio::as_tuple(asio::deferred));
  }

  // Calls sink(std::string_view) with the text that a receive() has brought.
  template <class Sink>
  Status received(const boost::system::error_code& error, std::size_t bytes, Sink&& sink) {
    if (error) return end_of_input(error);
    // It may have been closed after the bytes came and before this coroutine went on.
    if (!socket_.is_open()) return Status::cut;
    active_at_ = coarse_now();
    grow_next_ = bytes == capacity_;
    const std::string_view input(buffer_.get(), bytes);
    if (!tls_) {
      sink(input);
      return Status::ok;
    }
    tls_->put(input);
    return decrypt(sink);
  }

  // Hands over what TLS holds already, without the socket.
  template <class Sink>
  Status decrypt(Sink&& sink) {
    Scratch& scratch = shared_scratch();
    for (;;) {
      std::size_t bytes = 0;
      const TlsChannel::Status status = tls_->read(scratch, bytes);
      if (status != TlsChannel::Status::ok) return after_decrypting(status);
      sink(std::string_view(scratch.data(), bytes));
    }
  }

  // Sends from head followed by body, beginning at `sent`, which it moves on. Never waits.
  Status write(std::string_view head, std::string_view body, std::size_t& sent);
  // Sends the rest, waiting as long as it takes.
  Task<Status> write_all(std::string_view head, std::string_view body, std::size_t& sent);

  // TLS's handshake over a connected socket. Needs set_tls().
  // Gives ok, or failed (see tls()->problem()), or lost.
  Task<TlsChannel::Status> handshake();

  // Closes; operations in progress end with operation_aborted. `politely` says goodbye in TLS.
  void close(bool politely) noexcept;
  // Closes so that the peer sees a reset.
  void reset() noexcept;
  // Gives back a buffer that a large message has made grow.
  void shrink() noexcept;

  // When bytes last went either way.
  SteadyTime active_at() const noexcept { return active_at_; }
  void touch() noexcept { active_at_ = coarse_now(); }

 private:
  static constexpr std::size_t first_capacity = 4u << 10;
  static constexpr std::size_t last_capacity = 64u << 10;
  using Scratch = std::array<char, 16u << 10>;  // a TLS record

  // Of this thread; nothing in it outlives a suspension.
  static Scratch& shared_scratch() noexcept;
  void make_room();
  Status end_of_input(const boost::system::error_code& error) const noexcept;
  Status after_decrypting(TlsChannel::Status status) noexcept;
  Status write_plain(std::string_view head, std::string_view body, std::size_t& sent);
  Status write_tls(std::string_view head, std::string_view body, std::size_t& sent);

  Socket socket_;
  std::unique_ptr<TlsChannel> tls_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  SteadyTime active_at_{};
  bool grow_next_ = false;
  bool said_goodbye_ = false;  // the peer, in TLS
};

}  // namespace s3m::net
