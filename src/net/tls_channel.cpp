#include "net/tls_channel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/tls_internal.hpp"

namespace s3m::net {

TlsSessionSlot::~TlsSessionSlot() {
  SSL_SESSION_free(session_);
}

void TlsSessionSlot::keep(SSL_SESSION* session) noexcept {
  SSL_SESSION_free(std::exchange(session_, session));
}

// --- the BIO between OpenSSL and the channel

struct TlsBio {
  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "s3m");
      BIO_meth_set_read(fresh, &TlsChannel::read_input);
      BIO_meth_set_write(fresh, &TlsChannel::write_output);
      BIO_meth_set_ctrl(fresh, &TlsChannel::control);
      return fresh;
    }();
    return made;
  }
};

int TlsChannel::read_input(BIO* bio, char* data, int size) {
  auto& channel = *static_cast<TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t count = std::min(channel.input_.size(), static_cast<std::size_t>(size));
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(data, channel.input_.data(), count);
  channel.input_.remove_prefix(count);
  return static_cast<int>(count);
}

int TlsChannel::write_output(BIO* bio, const char* data, int size) {
  const auto& channel = *static_cast<TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      ::send(channel.fd_, data, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long TlsChannel::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// --- the channel

TlsChannel::TlsChannel(SSL* ssl, int fd) : ssl_(ssl), fd_(fd) {
  BIO* bio = BIO_new(TlsBio::method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

TlsChannel::~TlsChannel() {
  // Without this OpenSSL would take the connection for cut short and spoil its session.
  if (established_ && !broken_) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

std::unique_ptr<TlsChannel> TlsChannel::client(const TlsContext& context, int fd,
                                               const std::string& host, TlsSessionSlot& sessions) {
  read_awaited_roots(context.native());
  SSL* ssl = SSL_new(context.native());
  if (ssl == nullptr) throw std::bad_alloc();
  std::unique_ptr<TlsChannel> channel(new TlsChannel(ssl, fd));
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  }
  SSL_set_ex_data(ssl, session_slot_index(), &sessions);
  if (sessions.get() != nullptr) SSL_set_session(ssl, sessions.get());
  SSL_set_connect_state(ssl);
  return channel;
}

std::unique_ptr<TlsChannel> TlsChannel::server(const TlsContext& context, int fd) {
  SSL* ssl = SSL_new(context.native());
  if (ssl == nullptr) throw std::bad_alloc();
  std::unique_ptr<TlsChannel> channel(new TlsChannel(ssl, fd));
  SSL_set_accept_state(ssl);
  return channel;
}

TlsChannel::Status TlsChannel::handshake() {
  ERR_clear_error();
  const Status status = status_of(SSL_do_handshake(ssl_));
  established_ = status == Status::ok;
  return status;
}

TlsChannel::Status TlsChannel::read(std::span<char> output, std::size_t& bytes) {
  bytes = 0;
  ERR_clear_error();
  return status_of(SSL_read_ex(ssl_, output.data(), output.size(), &bytes));
}

TlsChannel::Status TlsChannel::write(std::string_view text, std::size_t& bytes) {
  bytes = 0;
  ERR_clear_error();
  return status_of(SSL_write_ex(ssl_, text.data(), text.size(), &bytes));
}

TlsChannel::Status TlsChannel::status_of(int result) {
  if (result == 1) return Status::ok;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Status::want_input;
    case SSL_ERROR_WANT_WRITE:
      return Status::want_output;
    case SSL_ERROR_ZERO_RETURN:
      return Status::closed;
    case SSL_ERROR_SYSCALL:
      broken_ = true;
      problem_ = "the connection broke";
      return Status::failed;
    default:
      break;
  }
  broken_ = true;
  const long verified = SSL_get_verify_result(ssl_);
  problem_ = verified == X509_V_OK ? openssl_problem() : X509_verify_cert_error_string(verified);
  return Status::failed;
}

void TlsChannel::say_goodbye() {
  if (!established_ || broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

bool TlsChannel::resumed() const noexcept {
  return SSL_session_reused(ssl_) == 1;
}

}  // namespace s3m::net
