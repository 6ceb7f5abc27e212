#include "net/http_client.hpp"

#include <map>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>

#include "net/connection_pool.hpp"
#include "net/connector.hpp"
#include "net/flight.hpp"

namespace s3m::net {

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

Errc code_of(HttpFault fault) noexcept {
  switch (fault) {
    case HttpFault::truncated:
      return Errc::reset;
    case HttpFault::head_too_large:
    case HttpFault::body_too_large:
      return Errc::too_large;
    default:
      return Errc::protocol;
  }
}

std::unexpected<Error> fault_error(HttpFault fault) {
  if (fault == HttpFault::truncated) {
    return fail(Errc::reset, "the connection ended before the response was complete",
                RetryClass::transient);
  }
  return fail(code_of(fault), std::string("the response: ").append(describe(fault)));
}

}  // namespace

// Requests hold it, so a client may be destroyed while its loop still has them in hand.
class HttpClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Loop& loop, HttpClientOptions options)
      : options_(std::move(options)),
        connector_(loop, options_, stats_),
        pool_(loop, options_),
        sweep_(loop) {}

  static Task<Result<HttpResponse>> send(std::shared_ptr<Impl> self, Origin origin,
                                         WireRequest request);
  void cancel_all();
  void close();
  HttpClientStats stats() const;

 private:
  using Flights = boost::intrusive::list<Flight, boost::intrusive::constant_time_size<false>>;
  enum class Outcome : std::uint8_t { complete, stale, failed };

  Result<OriginState*> state_of(Origin& origin);
  Task<Outcome> exchange(ClientConnection& connection, Flight& flight, std::string_view head,
                         const WireRequest& request);
  void keep_sweeping();
  void sweep();

  const HttpClientOptions options_;
  HttpClientStats stats_;
  std::map<Origin, OriginState> origins_;
  Connector connector_;
  ConnectionPool pool_;
  Flights flights_;
  Timer sweep_;
  SteadyTime sweep_due_{};
  bool sweeping_ = false;
  bool waived_ = false;  // the last sweep looked at nothing
};

Result<OriginState*> HttpClient::Impl::state_of(Origin& origin) {
  const auto known = origins_.find(origin);
  if (known != origins_.end()) return &known->second;
  Result<std::optional<Proxy>> proxy = proxy_for(options_, origin);
  if (!proxy) return forward(proxy);
  Origin key = origin;
  const auto made = origins_.try_emplace(std::move(key), std::move(origin), std::move(*proxy));
  return &made.first->second;
}

Task<Result<HttpResponse>> HttpClient::Impl::send(std::shared_ptr<Impl> self, Origin origin,
                                                  WireRequest request) {
  Result<OriginState*> state = self->state_of(origin);
  if (!state) co_return forward(state);
  OriginState& target = **state;
  ++self->stats_.requests;
  Flight flight(request.timeouts);
  self->flights_.push_back(flight);
  self->keep_sweeping();

  std::string rewritten;
  std::string_view head = request.head;
  if (target.proxy && !target.origin.tls) {
    head = rewritten = absolute_form(request.head, *target.proxy, target.origin);
  }
  ConnectionPool::Lease lease = self->pool_.try_acquire(target, request.once);
  if (!lease) {
    auto waited = co_await self->pool_.acquire(target, flight);
    if (!waited) co_return forward(waited);
    lease = std::move(*waited);
  }
  for (;;) {
    if (lease.connection() == nullptr) {
      auto opened = co_await self->connector_.open(target, flight);
      if (!opened) co_return forward(opened);
      lease.set(std::move(*opened));
    }
    ClientConnection& connection = *lease.connection();
    const Outcome outcome = co_await self->exchange(connection, flight, head, request);
    if (outcome == Outcome::complete) {
      HttpResponse response = connection.parser.take();
      if (connection.used) lease.keep();
      co_return response;
    }
    if (flight.stopped()) co_return flight.stop_error();
    if (outcome == Outcome::failed || request.once)
      co_return fault_error(connection.parser.fault());
    ++self->stats_.stale_replaced;
    lease.set(nullptr);
  }
}

// One request and its response. `connection.used` says afterwards whether it may carry another.
Task<HttpClient::Impl::Outcome> HttpClient::Impl::exchange(ClientConnection& connection,
                                                           Flight& flight, std::string_view head,
                                                           const WireRequest& request) {
  Stream& stream = connection.stream;
  ResponseParser& parser = connection.parser;
  const bool kept = std::exchange(connection.used, false);
  flight.talks_on(stream);
  parser.start(request.response_has_body);
  std::size_t sent = 0;
  Stream::Status written = stream.write(head, request.body, sent);
  if (written == Stream::Status::full) {
    written = co_await stream.write_all(head, request.body, sent);
  }
  // A server that refuses a body answers, then closes: its answer is there even if the rest of
  // the request could not be sent.
  bool surplus = false;
  while (!parser.done() && !parser.failed()) {
    const auto [error, bytes] = co_await stream.receive();
    const Stream::Status status = stream.received(error, bytes, [&](std::string_view text) {
      stats_.bytes_in += text.size();
      surplus |= parser.feed(text) < text.size();
    });
    if (status != Stream::Status::ok) {
      parser.end_of_input(status == Stream::Status::closed);
      connection.used = false;
      surplus = true;
    }
  }
  stats_.bytes_out += sent;
  flight.rests();
  if (parser.done()) {
    connection.used = parser.keep_alive() && !surplus && written == Stream::Status::ok;
    co_return Outcome::complete;
  }
  co_return kept && !parser.begun() ? Outcome::stale : Outcome::failed;
}

void HttpClient::Impl::cancel_all() {
  for (Flight& flight : flights_)
    flight.stop(Flight::Stop::cancelled);
}

void HttpClient::Impl::close() {
  pool_.clear();
  connector_.close();
  sweep_.cancel();
}

HttpClientStats HttpClient::Impl::stats() const {
  HttpClientStats now = stats_;
  now.connections = static_cast<std::uint32_t>(pool_.open());
  now.idle = static_cast<std::uint32_t>(pool_.idle());
  return now;
}

// The sweep runs while there is something to watch.
void HttpClient::Impl::keep_sweeping() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_due_ = coarse_now() + options_.sweep_interval;
  sweep_.expires_after(options_.sweep_interval);
  sweep_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->sweeping_ = false;
    if (!error) self->sweep();
  });
}

void HttpClient::Impl::sweep() {
  const SteadyTime now = coarse_now();
  // A loop that was kept from running has answers in its sockets that it has not read yet. They
  // come first, once: a loop that is always late must still keep its deadlines.
  const bool late = now - sweep_due_ > options_.sweep_interval;
  waived_ = late && !waived_;
  if (waived_) return keep_sweeping();
  for (Flight& flight : flights_)
    flight.check(now);
  const bool idle_left = pool_.expire(now);
  if (idle_left || !flights_.empty()) keep_sweeping();
}

HttpClient::HttpClient(Loop& loop, HttpClientOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

HttpClient::~HttpClient() {
  impl_->cancel_all();
  impl_->close();
}

Task<Result<HttpResponse>> HttpClient::send(Origin origin, WireRequest request) {
  return Impl::send(impl_, std::move(origin), request);
}

void HttpClient::cancel_all() {
  impl_->cancel_all();
}

void HttpClient::close() {
  impl_->close();
}

HttpClientStats HttpClient::stats() const {
  return impl_->stats();
}

}  // namespace s3m::net
