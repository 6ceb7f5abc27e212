#include "net/server_connection.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "net/http_reply.hpp"
#include "net/signal.hpp"

namespace s3m::net {

namespace {

// How long a refused client may go on sending before its answer is lost to a reset.
constexpr std::chrono::seconds linger_time{2};

std::string text_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

}  // namespace

std::string_view ServerContext::date() {
  const SteadyTime now = coarse_now();
  if (now >= date_until_) {
    date_ = http_date(system_clock().now());
    date_until_ = now + std::chrono::milliseconds(500);
  }
  return date_;
}

ServerConnection::ServerConnection(ServerContext& server, Socket socket)
    : server_(server),
      stream_(std::move(socket)),
      parser_({.head_bytes = server.options().max_head_bytes,
               .body_bytes = server.options().max_body_bytes}) {
  boost::system::error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto peer = stream_.socket().remote_endpoint(ignored);
  peer_ = peer.address().to_string();
  stream_.touch();
  request_began_ = stream_.active_at();
}

// Its body, a chunk at a time.
class ServerConnection::Chunks final : public ReplyBody {
 public:
  explicit Chunks(ServerConnection& connection) : connection_(connection) {}

  Task<bool> send(std::string text) override {
    std::string chunk;
    append_chunk(chunk, text);
    co_return co_await send_wire(std::move(chunk));
  }

  Task<bool> send_wire(std::string wire) {
    if (!open_) co_return false;
    connection_.wait_ = Wait::client;
    open_ = co_await connection_.write(wire, {});
    connection_.wait_ = Wait::handler;
    co_return open_;
  }

 private:
  ServerConnection& connection_;
  bool open_ = true;
};

void ServerConnection::abort() {
  stream_.close(false);
  cancellation_.emit(asio::cancellation_type::terminal);
}

void ServerConnection::close_if_idle(SteadyTime now) {
  if (wait_ == Wait::handler) return;
  if (takes_too_long(now)) return stream_.close(true);
  const auto limit = wait_ == Wait::last_bytes
                         ? std::chrono::duration_cast<std::chrono::milliseconds>(linger_time)
                         : server_.options().idle_timeout;
  if (now - stream_.active_at() > limit) stream_.close(true);
}

bool ServerConnection::takes_too_long(SteadyTime now) const noexcept {
  const auto limit = server_.options().request_timeout;
  return limit.count() != 0 && request_began_ && now - *request_began_ > limit;
}

Task<void> ServerConnection::run() {
  bool open = true;
  if (server_.options().tls) open = co_await accept_tls();
  while (open) {
    open = co_await read_request();
    if (open) open = co_await answer();
  }
  stream_.close(true);
}

Task<bool> ServerConnection::accept_tls() {
  stream_.set_tls(TlsChannel::server(*server_.options().tls, stream_.socket().native_handle()));
  const TlsChannel::Status status = co_await stream_.handshake();
  if (status != TlsChannel::Status::ok) co_return false;
  // The client's first request may have come along.
  const Stream::Status rest =
      stream_.decrypt([this](std::string_view text) { pending_.append(text); });
  co_return rest == Stream::Status::ok;
}

void ServerConnection::take(std::string_view text) {
  if (!request_began_) request_began_ = coarse_now();
  text.remove_prefix(parser_.feed(text));
  if (!text.empty()) pending_.append(text);
}

void ServerConnection::start_request() {
  parser_.start();
  if (pending_.empty()) return;
  const std::string early = std::exchange(pending_, {});
  take(early);
}

// True once a whole request is in the parser. A malformed one is answered here.
Task<bool> ServerConnection::read_request() {
  start_request();
  bool invited = false;
  while (!parser_.done() && !parser_.failed()) {
    if (parser_.head_done() && parser_.expects_continue() && !invited) {
      invited = true;
      const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
      if (!sent) co_return false;
    }
    const auto [error, bytes] = co_await stream_.receive();
    const Stream::Status status =
        stream_.received(error, bytes, [this](std::string_view text) { take(text); });
    if (status != Stream::Status::ok && !parser_.done() && !parser_.failed()) co_return false;
  }
  if (parser_.done()) co_return true;
  head_request_ = false;
  last_reply_ = true;
  ServerReply reply = refusal(parser_.fault());
  co_await send(std::move(reply));
  co_await linger();
  co_return false;
}

// Lets the handler answer; true if the connection may go on.
Task<bool> ServerConnection::answer() {
  const std::uint32_t most = server_.options().max_requests_per_connection;
  ++served_;
  last_reply_ = !parser_.keep_alive() || (most != 0 && served_ >= most);
  ServerRequest request{parser_.take(), peer_};
  request_began_.reset();
  head_request_ = request.method == "HEAD";
  std::optional<ServerReply> reply;
  std::exception_ptr exception;
  wait_ = Wait::handler;
  try {
    reply = co_await server_.handler()(std::move(request));
  } catch (...) {
    exception = std::current_exception();
  }
  wait_ = Wait::client;
  if (!stream_.socket().is_open()) co_return false;
  if (exception) {
    log::error("an HTTP handler failed: {}", text_of(exception));
    reply = ServerReply{.status = 500, .close = true};
  }
  co_return co_await send(std::move(*reply));
}

Task<bool> ServerConnection::send(ServerReply reply) {
  last_reply_ = last_reply_ || reply.close;
  assemble_head(head_, reply,
                {.date = server_.date(), .head_request = head_request_, .close = last_reply_});
  bool sent = false;
  if (reply.cut != ServerReply::Cut::none) {
    co_await send_cut(reply);
  } else if (reply.stream && carries_body(reply, head_request_)) {
    sent = co_await send_stream(reply);
  } else if (reply.chunked && carries_body(reply, head_request_)) {
    sent = co_await send_chunked(reply);
  } else {
    sent = co_await send_simple(reply);
  }
  co_return sent && !last_reply_;
}

Task<bool> ServerConnection::send_simple(const ServerReply& reply) {
  const bool with_body = carries_body(reply, head_request_);
  co_return co_await write(head_, with_body ? std::string_view(reply.body) : std::string_view());
}

Task<bool> ServerConnection::send_chunked(const ServerReply& reply) {
  bool open = true;
  if (!reply.trickle.empty()) {
    open = co_await write(head_, {});
    head_.clear();
  }
  for (std::size_t at = 0; open && at < reply.trickle.size(); ++at) {
    wait_ = Wait::handler;
    co_await sleep_for(reply.trickle_gap);
    wait_ = Wait::client;
    std::string chunk;
    append_chunk(chunk, std::string_view(reply.trickle).substr(at, 1));
    open = co_await write(chunk, {});
  }
  if (!open) co_return false;
  append_chunk(head_, reply.body);
  co_return co_await write(head_, last_chunk);
}

Task<bool> ServerConnection::send_stream(const ServerReply& reply) {
  Chunks chunks(*this);
  const bool begun = co_await chunks.send_wire(head_);
  if (!begun) co_return false;
  std::exception_ptr exception;
  try {
    co_await reply.stream(chunks);
  } catch (...) {
    exception = std::current_exception();
  }
  wait_ = Wait::client;
  if (!stream_.socket().is_open()) co_return false;
  if (exception) {
    log::error("a streamed reply failed: {}", text_of(exception));
    stream_.reset();  // what was sent is not whole, and must not look so
    co_return false;
  }
  co_return co_await write(last_chunk, {});
}

Task<void> ServerConnection::send_cut(const ServerReply& reply) {
  std::string body = reply.body;
  if (reply.chunked) {
    body.clear();
    append_chunk(body, reply.body);
  }
  switch (reply.cut) {
    case ServerReply::Cut::mid_head:
      co_await write(std::string_view(head_).substr(0, head_.size() / 2), {});
      break;
    case ServerReply::Cut::mid_body:
      co_await write(head_, std::string_view(body).substr(0, body.size() / 2));
      break;
    default:
      break;
  }
  stream_.reset();
}

Task<bool> ServerConnection::write(std::string_view head, std::string_view body) {
  std::size_t sent = 0;
  Stream::Status status = stream_.write(head, body, sent);
  if (status == Stream::Status::full) status = co_await stream_.write_all(head, body, sent);
  co_return status == Stream::Status::ok;
}

// A close with unread input would be a reset, which may overtake the reply.
Task<void> ServerConnection::linger() {
  boost::system::error_code ignored;
  stream_.socket().shutdown(Socket::shutdown_send, ignored);
  wait_ = Wait::last_bytes;
  const SteadyTime end = coarse_now() + linger_time;
  while (coarse_now() < end) {
    const auto [error, bytes] = co_await stream_.receive();
    if (error || bytes == 0) break;
  }
}

}  // namespace s3m::net
