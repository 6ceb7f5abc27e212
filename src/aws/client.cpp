#include "aws/client.hpp"

#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "aws/classify.hpp"
#include "aws/retry.hpp"
#include "aws/wire.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

double uniform_random() {
  thread_local std::mt19937_64 engine(std::random_device{}());
  return std::uniform_real_distribution<>(0, 1)(engine);
}

// What an attempt says about the service: an answer that refuses for good is still an answer.
AttemptResult outcome_of(const std::optional<Error>& error) noexcept {
  if (!error) return AttemptResult::ok;
  switch (error->retry()) {
    case RetryClass::throttle:
      return AttemptResult::throttled;
    case RetryClass::transient:
      return AttemptResult::failed;
    case RetryClass::never:
    case RetryClass::refresh:
      return error->http_status() == 0 ? AttemptResult::failed : AttemptResult::ok;
  }
  return AttemptResult::failed;
}

void tell(const Request& request, std::chrono::nanoseconds latency,
          const std::optional<Error>& error, const net::HttpResponse& response) {
  log::debug("{} {}{}{}: {} in {} ms", request.operation, printable(request.bucket),
             request.key.empty() ? "" : "/", printable(request.key),
             error ? error->describe() : std::to_string(response.status),
             std::chrono::duration_cast<std::chrono::milliseconds>(latency).count());
}

}  // namespace

class Client::Impl {
 public:
  Impl(Runtime& shared, std::shared_ptr<Identity> who, EndpointSettings where, Admission& permits)
      : runtime(shared), identity(std::move(who)), settings(std::move(where)), admission(permits) {}

  net::Task<Result<net::HttpResponse>> call(Request request);

  Runtime& runtime;
  std::shared_ptr<Identity> identity;
  EndpointSettings settings;
  Admission& admission;

 private:
  // What the attempts of one call have in common.
  struct Course {
    RetryHistory history;
    std::optional<SteadyTime> first_throttle;
    Identity::Handle credentials;  // that the latest attempt was signed with
  };
  struct NamedEndpoint {
    std::string_view service;
    std::string bucket;
    Endpoint endpoint;
  };

  Result<const Endpoint*> endpoint_of(const Request& request);
  Admission& permits_of(const Request& request) const noexcept {
    return request.admission != nullptr ? *request.admission : admission;
  }
  net::Task<Result<net::HttpResponse>> attempt(const Request& request, Course& course);
  net::Task<std::optional<Error>> send(const Request& request, const Endpoint& endpoint,
                                       Course& course, net::HttpResponse& response);
  net::Task<std::optional<Error>> recover(const Request& request, Course& course, Error error);
  bool repair(const Request& request, const Course& course, const Error& error, Repair what);

  Signer signer_;
  std::deque<NamedEndpoint> endpoints_;  // few, and their addresses stay
  std::vector<std::string> idle_heads_;  // buffers of requests that have ended
};

// Gives the endpoint of the request's service and bucket, worked out once.
Result<const Endpoint*> Client::Impl::endpoint_of(const Request& request) {
  for (const auto& known : endpoints_)
    if (known.bucket == request.bucket && known.service == request.service) return &known.endpoint;
  auto endpoint = request.service == "s3" ? s3_endpoint(settings, request.bucket)
                                          : service_endpoint(settings, request.service);
  if (!endpoint) return forward(endpoint);
  endpoints_.push_back({request.service, request.bucket, std::move(*endpoint)});
  return &endpoints_.back().endpoint;
}

net::Task<Result<net::HttpResponse>> Client::Impl::call(Request request) {
  Course course;
  for (;;) {
    if (request.sign && identity) {
      course.credentials = identity->ready();
      if (!course.credentials) {
        auto renewed = co_await identity->get();
        // The way to the credentials has its own retries.
        if (!renewed) co_return fail(with_request(request, std::move(renewed.error())));
        course.credentials = std::move(*renewed);
      }
    }
    auto response = co_await attempt(request, course);
    if (response) {
      settle(runtime.quota, course.history);
      co_return response;
    }
    auto final_error = co_await recover(request, course, std::move(response.error()));
    if (final_error) co_return fail(std::move(*final_error));
  }
}

// One attempt under one permit.
net::Task<Result<net::HttpResponse>> Client::Impl::attempt(const Request& request, Course& course) {
  const auto endpoint = endpoint_of(request);
  if (!endpoint) co_return fail(with_request(request, endpoint.error().clone()));
  Admission& permits = permits_of(request);
  if (!permits.try_admit(request.kind)) {
    auto admitted = co_await permits.admit(request.kind);
    if (!admitted) co_return fail(with_request(request, std::move(admitted.error())));
    // It may have been a long wait.
    if (course.credentials)
      if (auto newest = identity->ready()) course.credentials = std::move(newest);
  }
  const auto started = std::chrono::steady_clock::now();
  net::HttpResponse response;
  auto error = co_await send(request, **endpoint, course, response);
  const auto latency = std::chrono::steady_clock::now() - started;
  permits.done(request.kind, latency, outcome_of(error));
  if (log::enabled(log::Level::debug)) tell(request, latency, error, response);
  if (error) co_return fail(with_request(request, std::move(*error)));
  co_return response;
}

// Signs, sends, and judges the answer.
net::Task<std::optional<Error>> Client::Impl::send(const Request& request, const Endpoint& endpoint,
                                                   Course& course, net::HttpResponse& response) {
  std::string head;
  if (!idle_heads_.empty()) {
    head = std::move(idle_heads_.back());
    idle_heads_.pop_back();
  }
  const auto time = runtime.clock.now() + runtime.clock_offset;
  auto assembled =
      assemble(head, request, endpoint, {signer_, course.credentials, time}, runtime.user_agent);
  if (!assembled) co_return std::move(assembled.error());

  ++runtime.counters.requests;
  auto answer = co_await runtime.http.send(endpoint.origin,
                                           {.head = head,
                                            .body = request.body,
                                            .response_has_body = request.method != Method::head,
                                            .timeouts = request.timeouts,
                                            .once = !request.retry});
  idle_heads_.push_back(std::move(head));
  if (!answer) co_return std::move(answer.error());
  response = std::move(*answer);
  const bool temporary = course.credentials && !course.credentials->session_token.empty();
  co_return judge(request, {.region = endpoint.region, .temporary = temporary, .time = time},
                  response);
}

// Repairs what can be repaired, or waits, until the request may go again. Gives the final error
// when it may not.
net::Task<std::optional<Error>> Client::Impl::recover(const Request& request, Course& course,
                                                      Error error) {
  auto& counters = runtime.counters;
  if (error.code() == Errc::throttled) {
    ++counters.throttled;
    const auto now = std::chrono::steady_clock::now();
    if (!course.first_throttle) course.first_throttle = now;
    course.history.since_first_throttle =
        std::chrono::floor<std::chrono::milliseconds>(now - *course.first_throttle);
  }
  auto decision =
      decide(runtime.retry, runtime.quota, course.history, error, request.retry, uniform_random());
  if (!decision.again && !course.history.renewed_credentials && course.credentials &&
      may_hide_an_expired_session(request, error) && identity->suspected(course.credentials)) {
    course.history.renewed_credentials = true;
    decision = {.again = true, .repair = Repair::credentials};
  }
  if (!decision.again || !repair(request, course, error, decision.repair)) co_return error;

  ++counters.retried;
  log::debug("{}; again in {} ms", error.describe(), decision.delay.count());
  if (decision.delay.count() == 0) co_return std::nullopt;
  bool slept = true;
  permits_of(request).backs_off(request.kind);
  if (runtime.cancel != nullptr) {
    slept = co_await runtime.cancel->sleep_for(decision.delay);
  } else {
    co_await net::sleep_for(decision.delay);
  }
  permits_of(request).comes_back(request.kind);
  if (slept) co_return std::nullopt;
  Error cancelled(Errc::cancelled, "stopped while it waited to try again: " + error.message());
  co_return with_request(request, std::move(cancelled));
}

// False when there is nothing to repair with.
bool Client::Impl::repair(const Request& request, const Course& course, const Error& error,
                          Repair what) {
  switch (what) {
    case Repair::none:
      return true;
    case Repair::credentials:
      if (!request.sign || !identity) return false;
      identity->rejected(course.credentials);
      break;
    case Repair::clock:
      runtime.clock_offset = *error.server_time() - runtime.clock.now();
      log::debug("the server's clock is {} ms from ours; signing by the server's",
                 runtime.clock_offset.count());
      break;
  }
  ++runtime.counters.refreshed;
  return true;
}

Client::Client(Runtime& runtime, std::shared_ptr<Identity> identity, EndpointSettings settings,
               Admission& admission)
    : impl_(std::make_unique<Impl>(runtime, std::move(identity), std::move(settings), admission)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

net::Task<Result<net::HttpResponse>> Client::call(Request request) {
  return impl_->call(std::move(request));
}

Runtime& Client::runtime() const noexcept {
  return impl_->runtime;
}
const EndpointSettings& Client::settings() const noexcept {
  return impl_->settings;
}
const std::shared_ptr<Identity>& Client::identity() const noexcept {
  return impl_->identity;
}
Admission& Client::admission() const noexcept {
  return impl_->admission;
}

}  // namespace s3m::aws
