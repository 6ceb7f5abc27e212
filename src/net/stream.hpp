// stream.hpp: a byte stream over a non-blocking TCP socket, plain or through TLS.
//
// Layer      net.
// Threading  one loop.
//
// Reading is one asynchronous receive into a small buffer that the stream keeps, then a synchronous
// hand-over of the text in it; where it filled the buffer, what else is there follows at once,
// through a large buffer that all streams of the thread share. So a page of a listing takes one
// turn of the loop, and a hundred connections need no large buffers. Writing is tried at once and
// waits only when the socket is full. So the two ways of HTTP, client and server, suspend once a
// message.
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
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size);
    return socket_.async_read_some(asio::buffer(buffer_.get(), buffer_size),
                                   asio::as_tuple(asio::deferred));
  }

  // Calls sink(std::string_view) with the text that a receive() has brought, and with what has come
  // behind it. An end that has come too is left for the next receive().
  template <class Sink>
  Status received(const boost::system::error_code& error, std::size_t bytes, Sink&& sink) {
    if (error) return end_of_input(error);
    // It may have been closed after the bytes came and before this coroutine went on.
    if (!socket_.is_open()) return Status::cut;
    active_at_ = coarse_now();
    Status status = hand_over({buffer_.get(), bytes}, sink);
    bool more = bytes == buffer_size;
    for (int reads = 0; more && reads < reads_a_turn && status == Status::ok; ++reads) {
      const std::string_view input = read_now();
      more = input.size() == sizeof(Large);
      if (!input.empty()) status = hand_over(input, sink);
    }
    return status;
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
  // When bytes last went either way.
  SteadyTime active_at() const noexcept { return active_at_; }
  void touch() noexcept { active_at_ = coarse_now(); }

 private:
  static constexpr std::size_t buffer_size = 4u << 10;
  static constexpr int reads_a_turn = 8;        // then others have theirs
  using Scratch = std::array<char, 16u << 10>;  // a TLS record
  using Large = std::array<char, 64u << 10>;

  // Of this thread; nothing in it outlives a suspension.
  static Scratch& shared_scratch() noexcept;
  // What the socket holds, up to 64 KiB, in memory of this thread; empty if nothing or the end.
  std::string_view read_now() noexcept;

  template <class Sink>
  Status hand_over(std::string_view input, Sink&& sink) {
    if (!tls_) {
      sink(input);
      return Status::ok;
    }
    tls_->put(input);
    return decrypt(sink);
  }
  Status end_of_input(const boost::system::error_code& error) const noexcept;
  Status after_decrypting(TlsChannel::Status status) noexcept;
  Status write_plain(std::string_view head, std::string_view body, std::size_t& sent);
  Status write_tls(std::string_view head, std::string_view body, std::size_t& sent);

  Socket socket_;
  std::unique_ptr<TlsChannel> tls_;
  std::unique_ptr<char[]> buffer_;
  SteadyTime active_at_{};
  bool said_goodbye_ = false;  // the peer, in TLS
};

}  // namespace s3m::net
