#include "net/resolver.hpp"

#include <algorithm>
#include <utility>

namespace s3m::net {

namespace {

// How long an address that failed is tried last.
constexpr std::chrono::seconds failure_memory{30};
// A failed lookup leaves the addresses known before in use for so long.
constexpr std::chrono::seconds retry_lookup{5};

}  // namespace

Resolver::Resolver(Loop& loop, std::chrono::seconds ttl, Lookup lookup)
    : loop_(loop), ttl_(ttl), lookup_(std::move(lookup)), system_(loop) {}

Resolver::Entry& Resolver::entry_of(const std::string& host) {
  const auto found = entries_.find(host);
  if (found != entries_.end()) return *found->second;
  return *entries_.emplace(host, std::make_unique<Entry>(loop_)).first->second;
}

Task<Result<std::vector<asio::ip::address>>> Resolver::addresses(std::string host, Flight& flight) {
  boost::system::error_code not_a_literal;
  const auto literal = asio::ip::make_address(host, not_a_literal);
  if (!not_a_literal) co_return std::vector{literal};

  Entry& entry = entry_of(host);
  const SteadyTime until = coarse_now() + flight.timeouts().connect;
  if (coarse_now() >= entry.valid_until && !entry.asking) ask(host, entry);
  flight.waits_for(entry.answered, until);
  while (entry.asking && !flight.stopped() && !flight.late())
    co_await entry.answered.wait();
  const bool late = flight.late();
  flight.rests();
  if (flight.stopped()) co_return flight.stop_error();
  if (entry.addresses.empty()) {
    const std::string& why = late ? "no answer in time" : entry.problem;
    co_return fail(Errc::resolve, "no address for " + host + ": " + why, RetryClass::transient);
  }
  co_return in_turn(entry);
}

void Resolver::ask(const std::string& host, Entry& entry) {
  std::vector<asio::ip::address> found;
  if (lookup_) {
    for (const std::string& text : lookup_(host))
      found.push_back(asio::ip::make_address(text));
    return answer(entry, std::move(found), "unknown host");
  }
  entry.asking = true;
  system_.async_resolve(host, "", asio::ip::resolver_base::address_configured,
                        [self = shared_from_this(), &entry, found](
                            const boost::system::error_code& error, const auto& results) mutable {
                          for (const auto& result : results)
                            found.push_back(result.endpoint().address());
                          self->answer(entry, std::move(found), error.message());
                        });
}

void Resolver::answer(Entry& entry, std::vector<asio::ip::address> found, std::string problem) {
  entry.asking = false;
  const SteadyTime now = coarse_now();
  if (found.empty()) {
    entry.problem = std::move(problem);
    entry.valid_until = entry.addresses.empty() ? now : now + retry_lookup;
  } else {
    std::vector<Address> fresh;
    for (const asio::ip::address& ip : found) {
      const auto same = [&](const Address& known) { return known.ip == ip; };
      if (std::ranges::any_of(fresh, same)) continue;
      const auto known = std::ranges::find_if(entry.addresses, same);
      fresh.push_back({ip, known == entry.addresses.end() ? SteadyTime{} : known->failed_until});
    }
    entry.addresses = std::move(fresh);
    entry.valid_until = now + ttl_;
  }
  entry.answered.notify_all();
}

std::vector<asio::ip::address> Resolver::in_turn(Entry& entry) {
  const SteadyTime now = coarse_now();
  const std::size_t count = entry.addresses.size();
  const std::size_t first = entry.next++ % count;
  std::vector<asio::ip::address> order;
  order.reserve(count);
  for (const bool failed : {false, true}) {
    for (std::size_t i = 0; i < count; ++i) {
      const Address& address = entry.addresses[(first + i) % count];
      if ((address.failed_until > now) == failed) order.push_back(address.ip);
    }
  }
  return order;
}

void Resolver::mark_failed(const std::string& host, const asio::ip::address& ip) {
  const auto entry = entries_.find(host);
  if (entry == entries_.end()) return;
  for (Address& address : entry->second->addresses) {
    if (address.ip == ip) address.failed_until = coarse_now() + failure_memory;
  }
}

void Resolver::close() {
  system_.cancel();
}

}  // namespace s3m::net
