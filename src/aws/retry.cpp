#include "aws/retry.hpp"

#include <algorithm>

namespace s3m::aws {
namespace {

using std::chrono::milliseconds;

constexpr int transient_cost = 14;
constexpr int throttle_cost = 5;
// How far a delay may exceed the one that the service asks for.
constexpr milliseconds asked_delay_margin{5'000};

bool nothing_was_sent(const Error& error) noexcept {
  return error.code() == Errc::resolve || error.code() == Errc::connect;
}

// min(base * 2^doublings, cap) without overflow.
milliseconds ceiling(milliseconds base, int doublings, milliseconds cap) noexcept {
  for (; doublings > 0 && base < cap; --doublings)
    base *= 2;
  return std::min(base, cap);
}

milliseconds jittered(milliseconds limit, double random) noexcept {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(limit.count()) * random));
}

milliseconds honour(const Error& error, milliseconds delay) noexcept {
  const auto asked = error.retry_after();
  return asked ? std::clamp(delay, *asked, *asked + asked_delay_margin) : delay;
}

RetryDecision after_transient(const RetryPolicy& policy, RetryQuota& quota, RetryHistory& history,
                              const Error& error, double random) {
  const int attempts = history.transient + 1;
  if (attempts >= policy.max_attempts || !quota.spend(transient_cost)) return {};
  history.last_cost = transient_cost;
  const auto limit = ceiling(policy.transient_base, history.transient++, policy.max_delay);
  return {.again = true, .delay = honour(error, jittered(limit, random))};
}

RetryDecision after_throttle(const RetryPolicy& policy, RetryQuota& quota, RetryHistory& history,
                             const Error& error, double random) {
  if (history.since_first_throttle >= policy.throttle_patience) return {};
  const bool paid = quota.spend(throttle_cost);
  history.last_cost = paid ? throttle_cost : 0;
  const auto limit = ceiling(policy.throttle_base, history.throttled++, policy.max_delay);
  // Without tokens: between half and all of the longest delay.
  const auto delay = paid ? jittered(limit, random) : jittered(policy.max_delay, (1 + random) / 2);
  return {.again = true, .delay = honour(error, delay)};
}

RetryDecision after_refusal(RetryHistory& history, const Error& error) {
  if (error.code() == Errc::expired_credentials && !history.renewed_credentials) {
    history.renewed_credentials = true;
    return {.again = true, .repair = Repair::credentials};
  }
  if (error.code() == Errc::clock_skew && error.server_time() && !history.corrected_clock) {
    history.corrected_clock = true;
    return {.again = true, .repair = Repair::clock};
  }
  return {};
}

}  // namespace

bool RetryQuota::spend(int cost) noexcept {
  if (tokens_ < cost) return false;
  tokens_ -= cost;
  return true;
}

void RetryQuota::give_back(int amount) noexcept {
  tokens_ = std::min(capacity_, tokens_ + amount);
}

RetryDecision decide(const RetryPolicy& policy, RetryQuota& quota, RetryHistory& history,
                     const Error& error, bool may_send_twice, double random) {
  if (!may_send_twice && !nothing_was_sent(error)) return {};
  switch (error.retry()) {
    case RetryClass::never:
      return {};
    case RetryClass::transient:
      return after_transient(policy, quota, history, error, random);
    case RetryClass::throttle:
      return after_throttle(policy, quota, history, error, random);
    case RetryClass::refresh:
      return after_refusal(history, error);
  }
  return {};
}

void settle(RetryQuota& quota, const RetryHistory& history) noexcept {
  quota.give_back(std::max(1, history.last_cost));
}

}  // namespace s3m::aws
