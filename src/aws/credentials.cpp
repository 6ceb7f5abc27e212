#include "aws/credentials.hpp"

#include <algorithm>
#include <utility>

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_margin = 15min;  // before the end, that a renewal begins
constexpr auto pause_between_attempts = 30s;

}  // namespace

Identity::Identity(net::Loop& loop, std::unique_ptr<CredentialsSource> source, const Clock& clock)
    : source_(std::move(source)), clock_(clock), renewed_(loop) {}

bool Identity::usable() const {
  return current_ && !rejected_ && (!current_->expiration || clock_.now() < *current_->expiration);
}

bool Identity::due() const {
  if (!current_ || rejected_) return true;
  if (!current_->expiration) return false;
  const auto now = clock_.now();
  const auto life = *current_->expiration - obtained_;
  // Over when they came: the clocks differ, and the service is the judge.
  if (life <= 0s) return now >= obtained_ + pause_between_attempts;
  const auto left = *current_->expiration - now;
  if (left >= std::min<std::chrono::milliseconds>(longest_margin, life / 4)) return false;
  return left <= 0s || now >= next_attempt_;
}

Identity::Handle Identity::ready() const {
  if (!due() || (renewing_ && usable())) return current_;
  return nullptr;
}

net::Task<Result<Identity::Handle>> Identity::get() {
  if (auto handle = ready()) co_return handle;
  if (renewing_) {
    for (const auto ended = renewals_; renewals_ == ended;)
      co_await renewed_.wait();
  } else {
    co_await renew();
  }
  if (latest_failure_ && !usable()) co_return fail(latest_failure_->clone());
  co_return current_;
}

net::Task<void> Identity::renew() {
  renewing_ = true;
  try {
    auto fetched = co_await source_->fetch();
    if (!fetched) {
      finish_renewal(std::move(fetched.error()));
      co_return;
    }
    current_ = std::make_shared<const Credentials>(std::move(*fetched));
    rejected_ = false;
    obtained_ = clock_.now();
    finish_renewal(std::nullopt);
  } catch (...) {
    finish_renewal(Error(Errc::config, "the credentials could not be read"));
    throw;
  }
}

void Identity::finish_renewal(std::optional<Error> failure) {
  renewing_ = false;
  ++renewals_;
  latest_failure_ = std::move(failure);
  next_attempt_ = clock_.now() + pause_between_attempts;
  renewed_.notify_all();
}

void Identity::rejected(const Handle& used) {
  if (used == current_) rejected_ = true;
}

bool Identity::suspected(const Handle& used) {
  if (used != current_ || rejected_) return true;
  if (!used || !used->expiration) return false;
  const auto now = clock_.now();
  if (now < *used->expiration && now < obtained_ + pause_between_attempts) return false;
  rejected_ = true;
  return true;
}

}  // namespace s3m::aws
