#include "net/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace s3m::net {

Stream::Scratch& Stream::shared_scratch() noexcept {
  thread_local Scratch scratch;
  return scratch;
}

std::string_view Stream::read_now() noexcept {
  thread_local Large large;
  for (;;) {
    const ssize_t count = ::recv(socket_.native_handle(), large.data(), large.size(), MSG_DONTWAIT);
    if (count >= 0) return {large.data(), static_cast<std::size_t>(count)};
    if (errno != EINTR) return {};
  }
}

Stream::Status Stream::end_of_input(const boost::system::error_code& error) const noexcept {
  if (error != asio::error::eof) return Status::cut;
  return tls_ && !said_goodbye_ ? Status::cut : Status::closed;
}

Stream::Status Stream::after_decrypting(TlsChannel::Status status) noexcept {
  if (status == TlsChannel::Status::want_input) return Status::ok;
  if (status != TlsChannel::Status::closed) return Status::cut;
  said_goodbye_ = true;
  return Status::closed;
}

Stream::Status Stream::write(std::string_view head, std::string_view body, std::size_t& sent) {
  if (!socket_.is_open()) return Status::cut;
  const Status status = tls_ ? write_tls(head, body, sent) : write_plain(head, body, sent);
  active_at_ = coarse_now();
  return status;
}

Stream::Status Stream::write_plain(std::string_view head, std::string_view body,
                                   std::size_t& sent) {
  const std::size_t total = head.size() + body.size();
  while (sent < total) {
    std::array<iovec, 2> parts{};
    msghdr message{};
    message.msg_iov = parts.data();
    const auto add = [&](std::string_view text) {
      if (!text.empty())
        parts[message.msg_iovlen++] = {const_cast<char*>(text.data()), text.size()};
    };
    if (sent < head.size()) add(head.substr(sent));
    add(body.substr(sent > head.size() ? sent - head.size() : 0));
    const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN ? Status::full : Status::cut;
    sent += static_cast<std::size_t>(count);
  }
  return Status::ok;
}

// A record holds up to 16 KiB. The head and the beginning of the body go into one, so that a small
// request is one record and one segment.
Stream::Status Stream::write_tls(std::string_view head, std::string_view body, std::size_t& sent) {
  const std::size_t total = head.size() + body.size();
  while (sent < total) {
    std::string_view record;
    if (sent < head.size()) {
      Scratch& scratch = shared_scratch();
      const std::size_t from_head = head.copy(scratch.data(), scratch.size(), sent);
      const std::size_t from_body =
          body.copy(scratch.data() + from_head, scratch.size() - from_head);
      record = {scratch.data(), from_head + from_body};
    } else {
      record = body.substr(sent - head.size(), sizeof(Scratch));
    }
    std::size_t count = 0;
    const TlsChannel::Status status = tls_->write(record, count);
    if (status == TlsChannel::Status::want_output) return Status::full;
    if (status != TlsChannel::Status::ok) return Status::cut;
    sent += count;
  }
  return Status::ok;
}

Task<Stream::Status> Stream::write_all(std::string_view head, std::string_view body,
                                       std::size_t& sent) {
  for (;;) {
    const Status status = write(head, body, sent);
    if (status != Status::full) co_return status;
    const auto [error] =
        co_await socket_.async_wait(Socket::wait_write, asio::as_tuple(asio::deferred));
    if (error) co_return Status::cut;
  }
}

Task<TlsChannel::Status> Stream::handshake() {
  for (;;) {
    // The descriptor's number may belong to another socket once this one is closed.
    if (!socket_.is_open()) co_return TlsChannel::Status::lost;
    const TlsChannel::Status status = tls_->handshake();
    if (status == TlsChannel::Status::want_input) {
      const auto [error, bytes] = co_await receive();
      if (error) co_return TlsChannel::Status::lost;
      tls_->put({buffer_.get(), bytes});
    } else if (status == TlsChannel::Status::want_output) {
      const auto [error] =
          co_await socket_.async_wait(Socket::wait_write, asio::as_tuple(asio::deferred));
      if (error) co_return TlsChannel::Status::lost;
    } else {
      touch();
      co_return status;
    }
  }
}

void Stream::close(bool politely) noexcept {
  if (!socket_.is_open()) return;
  if (politely && tls_) tls_->say_goodbye();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Stream::reset() noexcept {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace s3m::net
