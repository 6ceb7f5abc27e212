// credentials.hpp: who signs. Credentials, where they come from, and when they are renewed.
//
// Layer      aws; net and base below.
// Threading  one loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

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
// Renewed when less than min(15 minutes, a quarter of their life) is left; single-flight; at most
// one attempt in 30 s while the old ones are still valid; a failed early renewal keeps the old
// ones. (design, section 7)
class Identity {
 public:
  Identity(net::Loop& loop, std::unique_ptr<CredentialsSource> source,
           const Clock& clock = system_clock());

  using Handle = std::shared_ptr<const Credentials>;

  // The current credentials if no renewal is due, else null: the hot path, no coroutine.
  Handle ready() const;
  // The current credentials, renewed first if due. Errors: those of the source, once the old
  // ones are no longer valid.
  net::Task<Result<Handle>> get();
  // The service rejected `used` as expired. The next get() renews them, unless someone has
  // since, whatever their expiration says (radosgw never says ExpiredToken, clocks differ).
  void rejected(const Handle& used);

  std::string describe() const { return source_->describe(); }

 private:
  bool due() const;
  net::Task<Result<void>> renew();
  std::unique_ptr<CredentialsSource> source_;
  const Clock& clock_;
  Handle current_;
  bool rejected_ = false;
  bool renewing_ = false;
  WallTime next_attempt_{};
  WallTime obtained_{};
  net::Signal renewed_;
};

}  // namespace s3m::aws
