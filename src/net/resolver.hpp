// resolver.hpp: names to addresses, kept for a while, all of them used in turn.
//
// Layer      net.
// Threading  one loop; the system's resolver runs on a thread of its own, so it never blocks the
//            loop. Lookups of different names wait for one another there.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/flight.hpp"
#include "net/signal.hpp"
#include "net/task.hpp"

namespace s3m::net {

class Resolver : public std::enable_shared_from_this<Resolver> {
 public:
  using Lookup = std::function<std::vector<std::string>(const std::string& host)>;

  // `lookup` replaces the system's resolver when set.
  Resolver(Loop& loop, std::chrono::seconds ttl, Lookup lookup);

  // All addresses of `host` in the order to try them: each call begins with another one; those
  // that failed lately come last. An address literal stands for itself.
  // Errors  resolve: there is none, or the answer took longer than the flight's connect timeout.
  Task<Result<std::vector<asio::ip::address>>> addresses(std::string host, Flight& flight);

  // The address accepted no connection: it is tried last for a while.
  void mark_failed(const std::string& host, const asio::ip::address& address);
  // Ends lookups in progress; nobody waits for them any more.
  void close();

 private:
  struct Address {
    asio::ip::address ip;
    SteadyTime failed_until{};
  };
  struct Entry {
    explicit Entry(Loop& loop) : answered(loop) {}
    std::vector<Address> addresses;
    std::size_t next = 0;
    SteadyTime valid_until{};
    std::string problem;  // of the last lookup, empty if it succeeded
    bool asking = false;
    Signal answered;
  };
  using SystemResolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

  Entry& entry_of(const std::string& host);
  void ask(const std::string& host, Entry& entry);
  void answer(Entry& entry, std::vector<asio::ip::address> found, std::string problem);
  static std::vector<asio::ip::address> in_turn(Entry& entry);

  Loop& loop_;
  std::chrono::seconds ttl_;
  Lookup lookup_;
  SystemResolver system_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};

}  // namespace s3m::net
