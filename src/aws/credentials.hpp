// credentials.hpp: who signs. Credentials, where they come from, and when they are renewed.
//
// Layer      aws; net and base below.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/signal.hpp"
#include "net/task.hpp"

namespace s3m::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;           // empty for long-term keys
  std::optional<WallTime> expiration;  // absent for long-term keys
  std::string account;                 // 12 digits, where the source tells it
};

// One way to obtain credentials (environment, a role, IMDS...). fetch() always goes to the source.
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  // Errors: config (incomplete settings), access_denied, or what the way there reports.
  virtual net::Task<Result<Credentials>> fetch() = 0;
  // For messages: "profile prod", "role arn:aws:iam::111122223333:role/source".
  virtual std::string describe() const = 0;
};

// Credentials that stay fresh: the cache in front of one source.
//
// Renewed when less than min(15 minutes, a quarter of their life) is left; single-flight; a failed
// early renewal keeps the old ones and is tried again 30 s later. (design, section 7)
class Identity {
 public:
  Identity(net::Loop& loop, std::unique_ptr<CredentialsSource> source,
           const Clock& clock = system_clock());

  using Handle = std::shared_ptr<const Credentials>;

  // The current credentials, or null when get() has something to do: the hot path, no coroutine.
  // While one request renews them early, the others go on with the old ones.
  Handle ready() const;
  // The current credentials, renewed first if due. Errors: those of the source, once the old
  // ones are no longer valid.
  net::Task<Result<Handle>> get();
  // The service rejected `used` as expired. The next get() renews them, unless someone has
  // since, whatever their expiration says (radosgw never says ExpiredToken, clocks differ).
  void rejected(const Handle& used);
  // The service refused `used` and could not say why (a HEAD has no body). True if get() will give
  // others, so that it is worth asking once more: at most every 30 s, or a bucket that denies
  // everything would renew them for each object.
  bool suspected(const Handle& used);

  std::string describe() const { return source_->describe(); }

 private:
  bool usable() const;  // not rejected, not expired by our clock
  bool due() const;
  net::Task<void> renew();
  void finish_renewal(std::optional<Error> failure);

  std::unique_ptr<CredentialsSource> source_;
  const Clock& clock_;
  Handle current_;
  bool rejected_ = false;
  bool renewing_ = false;
  WallTime next_attempt_{};  // of an early renewal, after one that failed
  WallTime obtained_{};
  std::uint64_t renewals_ = 0;           // that have ended
  std::optional<Error> latest_failure_;  // of the latest renewal, if it failed
  net::Signal renewed_;
};

}  // namespace s3m::aws
