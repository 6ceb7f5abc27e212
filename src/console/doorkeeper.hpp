// doorkeeper.hpp: who may come in, and as what: tokens, and the sessions that they open.
//
// Layer      console.
// Threading  one loop.
// Secrets    tokens and session ids are kept as SHA-256 alone; both have 256 random bits, or are
// the
//            choice of who runs the server, of at least `least_token` characters. They are compared
//            in a time that does not depend on them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"
#include "console/attempt_limit.hpp"

namespace s3m::console {

enum class Role : std::uint8_t { viewer, operator_ };
std::string_view name(Role role) noexcept;

inline constexpr std::size_t least_token = 16;

// Errors: config, where it is shorter than least_token or holds white space or control characters.
Result<Sha256> hash_of_token(std::string_view token);

struct DoorkeeperOptions {
  Sha256 operator_token{};
  std::optional<Sha256> viewer_token;
  std::chrono::minutes idle{60};   // a session ends so long after it was last used
  std::chrono::hours longest{12};  // and so long after it was opened
  AttemptRules attempts;
  const Clock* clock = &system_clock();  // outlives the doorkeeper
};

struct Wrong {};
struct TooMany {
  std::chrono::seconds wait{};
};
struct Opened {
  std::string id;  // the cookie's value
  Role role = Role::viewer;
  WallTime expires_at;
};
struct Known {
  Role role = Role::viewer;
  WallTime expires_at;  // of the session; of a bearer token: never
  std::string name{};   // of a person; empty: who has the token
};

class Doorkeeper {
 public:
  explicit Doorkeeper(DoorkeeperOptions options);

  // Each failure counts against `peer`.
  std::variant<Opened, Wrong, TooMany> open(std::string_view token, const std::string& peer);
  std::variant<Known, Wrong, TooMany> bearer(std::string_view token, const std::string& peer);
  // The operator's token, asked again before what cannot be undone.
  std::variant<Known, Wrong, TooMany> again(std::string_view token, const std::string& peer);

  // The session of that id, which is used by this; nullopt: there is none, or it is over.
  std::optional<Known> session(std::string_view id);
  void close(std::string_view id);

  std::size_t sessions() const noexcept { return sessions_.size(); }
  std::uint64_t failures() const noexcept { return failures_; }

  static constexpr std::size_t most_sessions = 1000;

 private:
  struct Session {
    Sha256 id{};
    Role role = Role::viewer;
    WallTime opened, used;
  };
  std::optional<Role> role_of(std::string_view token) const;
  WallTime end_of(const Session& session) const;
  void forget_ended();

  DoorkeeperOptions options_;
  AttemptLimit limit_;
  std::vector<Session> sessions_;  // the oldest first
  std::uint64_t failures_ = 0;
};

}  // namespace s3m::console
