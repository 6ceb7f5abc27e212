#include "console/doorkeeper.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ids.hpp"

namespace s3m::console {
namespace {

constexpr std::size_t secret_bytes = 32;

bool same(const Sha256& a, const Sha256& b) {
  auto differing = std::byte{0};
  for (std::size_t i = 0; i < a.size(); ++i)
    differing |= a.at(i) ^ b.at(i);
  return differing == std::byte{0};
}

}  // namespace

std::string_view name(Role role) noexcept {
  return role == Role::operator_ ? "operator" : "viewer";
}

Result<Sha256> hash_of_token(std::string_view token) {
  if (token.size() < least_token) {
    return fail(Errc::config, fmt::format("a token has at least {} characters; this makes one: "
                                          "openssl rand -hex 32",
                                          least_token));
  }
  const bool plain = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain) return fail(Errc::config, "a token holds printable ASCII without spaces");
  return sha256(token);
}

Doorkeeper::Doorkeeper(DoorkeeperOptions options)
    : options_(std::move(options)), limit_(*options_.clock, options_.attempts) {}

// Both are compared whatever the first one gave.
std::optional<Role> Doorkeeper::role_of(std::string_view token) const {
  const auto hash = sha256(token);
  const bool is_operator = same(hash, options_.operator_token);
  const bool is_viewer = options_.viewer_token && same(hash, *options_.viewer_token);
  if (is_operator) return Role::operator_;
  return is_viewer ? std::optional(Role::viewer) : std::nullopt;
}

std::variant<Known, Wrong, TooMany> Doorkeeper::bearer(std::string_view token,
                                                       const std::string& peer) {
  const auto wait = limit_.wait(peer);
  if (wait.count() > 0) return TooMany{wait};
  const auto role = role_of(token);
  if (role) return Known{.role = *role, .expires_at = WallTime::max()};
  ++failures_;
  limit_.failed(peer);
  return Wrong{};
}

std::variant<Known, Wrong, TooMany> Doorkeeper::again(std::string_view token,
                                                      const std::string& peer) {
  auto known = bearer(token, peer);
  const auto* const who = std::get_if<Known>(&known);
  if (who != nullptr && who->role != Role::operator_) return Wrong{};
  return known;
}

std::variant<Opened, Wrong, TooMany> Doorkeeper::open(std::string_view token,
                                                      const std::string& peer) {
  const auto known = bearer(token, peer);
  if (const auto* const many = std::get_if<TooMany>(&known)) return *many;
  if (std::holds_alternative<Wrong>(known)) return Wrong{};
  forget_ended();
  if (sessions_.size() >= most_sessions) sessions_.erase(sessions_.begin());
  const auto id = random_hex(secret_bytes);
  const auto now = options_.clock->now();
  const auto& session = sessions_.emplace_back(
      Session{.id = sha256(id), .role = std::get<Known>(known).role, .opened = now, .used = now});
  return Opened{.id = id, .role = session.role, .expires_at = end_of(session)};
}

WallTime Doorkeeper::end_of(const Session& session) const {
  return std::min<WallTime>(session.opened + options_.longest, session.used + options_.idle);
}

std::optional<Known> Doorkeeper::session(std::string_view id) {
  forget_ended();
  const auto hash = sha256(id);
  const auto found =
      std::ranges::find_if(sessions_, [&](const Session& one) { return same(one.id, hash); });
  if (found == sessions_.end()) return std::nullopt;
  found->used = std::max(found->used, options_.clock->now());
  return Known{.role = found->role, .expires_at = end_of(*found)};
}

void Doorkeeper::close(std::string_view id) {
  const auto hash = sha256(id);
  std::erase_if(sessions_, [&](const Session& one) { return same(one.id, hash); });
}

void Doorkeeper::forget_ended() {
  const auto now = options_.clock->now();
  std::erase_if(sessions_, [&](const Session& one) { return end_of(one) <= now; });
}

}  // namespace s3m::console
