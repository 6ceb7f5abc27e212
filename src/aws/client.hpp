// client.hpp: the one way a request reaches AWS: permit, credentials, signature, send, classify,
// and the retry decorator around it.
//
// Layer      aws.
// Threading  one loop; every object here belongs to it.
//
// Retrying happens here and nowhere else. Each attempt is signed anew (a stale signature is a clock
// skew of its own), takes its own permit, and gives it back before the delay. Full jitter; a quota
// shared by all clients of a Runtime: once it is spent, retries of transient failures wait for the
// longest delay, so that they cannot melt a service (design, section 5; numbers: aws-sdk standard
// mode 2026: 50 ms base, factor 2, 20 s cap, cost 14 of 500). After a throttle the permit is what
// holds a request back: the admission knows the rate. Its delay is short and costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aws/admission.hpp"
#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "aws/request.hpp"
#include "net/http_client.hpp"
#include "net/signal.hpp"

namespace s3m::aws {

struct RetryPolicy {
  int max_attempts = 8;
  std::chrono::milliseconds transient_base{50};
  std::chrono::milliseconds max_delay{20'000};  // after a transient failure
  std::chrono::milliseconds throttle_base{250};
  std::chrono::milliseconds longest_throttle_delay{2'000};
  // Attempts of a throttled request are not bounded by max_attempts but by this time: a storm of
  // 503 is the service asking for patience, not a failure.
  std::chrono::milliseconds throttle_patience{600'000};
};

// Tokens that retries of transient failures spend and successes return.
class RetryQuota {
 public:
  explicit RetryQuota(int capacity = 500) : capacity_(capacity), tokens_(capacity) {}
  bool spend(int cost) noexcept;
  void give_back(int amount) noexcept;
  int tokens() const noexcept { return tokens_; }

 private:
  int capacity_, tokens_;
};

struct RequestCounters {
  std::uint64_t requests = 0;  // attempts sent
  std::uint64_t retried = 0;
  std::uint64_t throttled = 0;
  std::uint64_t refreshed = 0;  // retries after an expired session or a corrected clock
};

// What all clients of one loop share.
struct Runtime {
  net::Loop& loop;
  net::HttpClient& http;
  const Clock& clock = system_clock();
  net::CancelToken* cancel = nullptr;  // ends delays and waiting
  RetryPolicy retry{};
  RetryQuota quota{};
  RequestCounters counters{};
  // Server time minus ours, learned from a refusal; added to the signing time.
  std::chrono::milliseconds clock_offset{0};
  std::string user_agent = "s3migrator";
};

// One identity at one endpoint. Cheap; copies share the Runtime and the Identity.
class Client {
 public:
  Client(Runtime& runtime, std::shared_ptr<Identity> identity, EndpointSettings settings,
         Admission& admission);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Sends `request` until it succeeds, fails for good, or may not be retried.
  //
  // Gives   a response with status 2xx (and, for Answer::xml, a document without <Error>). 304 too.
  // Errors  classified, with operation, bucket, key, status, service code and request id set;
  //         wrong_region carries `region()`; nothing follows a redirect here (guard G2).
  //         When there are no credentials to be had: the error of their source, as it is.
  //         cancelled when Runtime::cancel fires during a delay or while waiting for a permit.
  net::Task<Result<net::HttpResponse>> call(Request request);

  Runtime& runtime() const noexcept;
  const EndpointSettings& settings() const noexcept;
  const std::shared_ptr<Identity>& identity() const noexcept;
  Admission& admission() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace s3m::aws
