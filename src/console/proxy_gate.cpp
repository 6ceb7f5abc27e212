#include "console/proxy_gate.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::console {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_keys = 64;
// A key is of its id for good; what was not there may be soon.
constexpr auto key_kept = 24h;
constexpr auto failure_kept = 10s;

}  // namespace

ProxyGate::ProxyGate(ProxyOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

bool ProxyGate::speaks(const net::ServerRequest& request) const {
  return request.headers.has(header) && options_.peers.has(request.peer);
}

net::Task<Result<std::string>> ProxyGate::key(std::string id) {
  const auto now = clock_.now();
  std::erase_if(keys_, [now](const auto& entry) {
    const auto& [pem, fetched] = entry.second;
    return now - fetched > (pem ? std::chrono::seconds(key_kept) : failure_kept);
  });
  auto known = keys_.find(id);
  if (known == keys_.end()) {
    auto fetched = co_await options_.key(id);
    if (keys_.size() >= most_keys) keys_.clear();
    known = keys_.insert_or_assign(id, Key{std::move(fetched), now}).first;
  }
  const auto& pem = known->second.pem;
  if (!pem) co_return fail(pem.error().clone());
  co_return *pem;
}

net::Task<Answer<Known>> ProxyGate::identify(std::string text) {
  const auto not_accepted = [](const Error& error) {
    return refuse({.status = 401,
                   .code = "proxy",
                   .detail = fmt::format("What the load balancer says of who you are does not "
                                         "hold: {}. Sign in there again.",
                                         single_line(error.message()))});
  };
  auto token = OidcToken::parse(text);
  if (!token) co_return not_accepted(token.error());
  auto pem = co_await key(token->key_id());
  if (!pem && pem.error().code() != Errc::not_found) {
    co_return refuse({.status = 503,
                      .code = "proxy-key",
                      .detail = fmt::format("The key that checks what the load balancer says "
                                            "cannot be fetched: {}",
                                            single_line(pem.error().describe()))});
  }
  if (!pem) co_return not_accepted(pem.error());
  auto known = token->check(options_.rules, *pem, clock_.now());
  if (!known) co_return not_accepted(known.error());
  co_return *std::move(known);
}

}  // namespace s3m::console
