// tls_channel.hpp: one TLS connection as a filter between the bytes of a socket and those of HTTP.
//
// Layer      net, over OpenSSL.
// Threading  one loop.
//
// OpenSSL gets its input from the memory that the socket was read into and sends its output
// straight to the descriptor. So a response costs one recv, nothing is copied on the way in, and
// an idle connection holds none of OpenSSL's 16 KiB buffers (SSL_MODE_RELEASE_BUFFERS).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/tls.hpp"

struct ssl_st;
struct ssl_session_st;
struct bio_st;

namespace s3m::net {

// The latest resumable session of one origin.
// Lifetime: outlives the channels it is used for.
class TlsSessionSlot {
 public:
  TlsSessionSlot() = default;
  TlsSessionSlot(const TlsSessionSlot&) = delete;
  TlsSessionSlot& operator=(const TlsSessionSlot&) = delete;
  ~TlsSessionSlot();
  void keep(ssl_session_st* session) noexcept;  // takes the reference
  ssl_session_st* get() const noexcept { return session_; }

 private:
  ssl_session_st* session_ = nullptr;
};

class TlsChannel {
 public:
  enum class Status : std::uint8_t {
    ok,
    want_input,   // put() more bytes from the socket
    want_output,  // the socket takes no more at present
    closed,       // the peer said goodbye
    lost,         // the socket failed
    failed,       // TLS failed, see problem()
  };

  // A channel that connects to `host` (verified when `context` says so), over descriptor `fd`.
  static std::unique_ptr<TlsChannel> client(const TlsContext& context, int fd,
                                            const std::string& host, TlsSessionSlot& sessions);
  static std::unique_ptr<TlsChannel> server(const TlsContext& context, int fd);

  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  // Bytes from the socket. They must stay until a call answers want_input.
  void put(std::string_view input) noexcept { input_ = input; }
  Status handshake();
  // Decrypts into `output`; `bytes` says how much, 0 unless ok.
  Status read(std::span<char> output, std::size_t& bytes);
  // Encrypts and sends from `text`. After want_output the same text must be given again.
  Status write(std::string_view text, std::size_t& bytes);
  // Tells the peer that nothing more will come; best effort.
  void say_goodbye();

  bool resumed() const noexcept;
  // Why a call answered `failed`, for a person.
  const std::string& problem() const noexcept { return problem_; }

 private:
  TlsChannel(ssl_st* ssl, int fd);
  Status status_of(int result);
  static int read_input(bio_st* bio, char* data, int size);
  static int write_output(bio_st* bio, const char* data, int size);
  static long control(bio_st* bio, int command, long number, void* pointer);
  friend struct TlsBio;

  ssl_st* ssl_;
  int fd_;
  std::string_view input_;
  bool established_ = false, broken_ = false;
  std::string problem_;
};

}  // namespace s3m::net
