// retry.hpp: whether, when and after what repair a failed attempt is made again.
//
// Layer   aws; pure but for the quota it spends from.
// Source  design, section 5; SDK retry behaviour of 2026 ("standard" mode): full jitter,
//         rand(0, 1) * min(base * 2^n, cap), a transient failure costs 14 tokens. Unlike there, a
//         throttled one costs none and waits less: the SDKs have no rate, the governor has one.
#pragma once

#include <chrono>

#include "aws/client.hpp"
#include "base/error.hpp"

namespace s3m::aws {

// What has happened to one request so far.
struct RetryHistory {
  int transient = 0;  // failures of each class
  int throttled = 0;
  bool renewed_credentials = false;  // each repair is tried once
  bool corrected_clock = false;
  std::chrono::milliseconds since_first_throttle{0};
  int last_cost = 0;  // tokens spent on the latest retry of a transient failure
};

enum class Repair : std::uint8_t { none, credentials, clock };

struct RetryDecision {
  bool again = false;
  Repair repair = Repair::none;
  std::chrono::milliseconds delay{0};
};

// Decides what follows `error`, records it in `history` and spends from `quota`.
//
// A request that may not be sent twice goes again only if it certainly was not done. Throttling
// ends by time, not by count: a storm of 503 asks for patience. It spends no tokens, for the
// admission holds back what the service does not bear. An empty quota makes the retries of
// transient failures slow instead of refusing them: lanes that wait send nothing else, so the
// service gets its rest, and a connection loss of a second does not become a thousand failed
// objects. `random` is uniform in [0, 1).
RetryDecision decide(const RetryPolicy& policy, RetryQuota& quota, RetryHistory& history,
                     const Error& error, bool may_send_twice, double random);

// Returns the tokens of a request that succeeded in the end.
void settle(RetryQuota& quota, const RetryHistory& history) noexcept;

}  // namespace s3m::aws
