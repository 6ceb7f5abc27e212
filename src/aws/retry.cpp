#include "aws/retry.hpp"

#include <algorithm>

namespace s3m::aws {
namespace {

using std::chrono::milliseconds;

constexpr int transient_cost = 14;
// How far a delay may exceed the one that the service asks for.
constexpr milliseconds asked_delay_margin{5'000};

bool certainly_not_done(const Error& error) noexcept {
  const bool sent = error.code() != Errc::resolve && error.code() != Errc::connect;
  const bool refused =
      error.retry() == RetryClass::throttle || error.retry() == RetryClass::refresh;
  return !sent || refused;
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

// Paid for if the quota can; else between half and all of the longest delay.
RetryDecision after_transient(const RetryPolicy& policy, RetryQuota& quota, RetryHistory& history,
                              const Error& error, double random) {
  if (history.transient + 1 >= policy.max_attempts) return {};
  const int retries = history.transient++;
  const bool paid = quota.spend(transient_cost);
  history.last_cost = paid ? transient_cost : 0;
  const auto delay =
      paid ? jittered(ceiling(policy.transient_base, retries, policy.max_delay), random)
           : jittered(policy.max_delay, (1 + random) / 2);
  return {.again = true, .delay = honour(error, delay)};
}

// How many go out a second is the admission's to say, which has learned it from this very answer:
// the delay only spreads those that were refused together.
RetryDecision after_throttle(const RetryPolicy& policy, RetryHistory& history, const Error& error,
                             double random) {
  if (history.since_first_throttle >= policy.throttle_patience) return {};
  const auto longest =
      ceiling(policy.throttle_base, history.throttled++, policy.longest_throttle_delay);
  return {.again = true, .delay = honour(error, jittered(longest, random))};
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
  if (!may_send_twice && !certainly_not_done(error)) return {};
  switch (error.retry()) {
    case RetryClass::never:
      return {};
    case RetryClass::transient:
      return after_transient(policy, quota, history, error, random);
    case RetryClass::throttle:
      return after_throttle(policy, history, error, random);
    case RetryClass::refresh:
      return after_refusal(history, error);
  }
  return {};
}

void settle(RetryQuota& quota, const RetryHistory& history) noexcept {
  quota.give_back(std::max(1, history.last_cost));
}

}  // namespace s3m::aws
