// event_hub.hpp: the one stream of server-sent events that all pages share.
//
// Layer      console.
// Threading  one loop.
// Memory     the latest `capacity` events.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_server.hpp"
#include "net/signal.hpp"

namespace s3m::console {

class EventHub {
 public:
  explicit EventHub(net::Loop& loop, std::size_t capacity = 2000);

  // `kind`: "job", "progress"...; `data`: JSON on one line.
  void publish(std::string_view kind, std::string data);
  // Wakes all streams, so that those whose page is gone find it out and the others tell that the
  // server lives.
  void beat();
  // Ends all streams, and those that are opened from now on.
  void close();

  // Writes what comes, until the page goes, `may_go_on` gives false, or close(). `last_id` is what
  // the page knows already; where that is from before, or too old, the stream begins with an event
  // "reset". `may_go_on` is asked before each piece.
  // Lifetime: the hub outlives it.
  net::Task<void> stream(net::ReplyBody& body, std::string last_id,
                         std::function<bool()> may_go_on);

  std::size_t streams() const noexcept { return streams_; }

 private:
  struct Entry {
    std::uint64_t number;
    std::string text;  // as it is sent
  };
  std::string id_of(std::uint64_t number) const;
  std::optional<std::uint64_t> number_of(std::string_view id) const;
  std::string after(std::uint64_t& seen) const;

  net::Signal changed_;
  const std::size_t capacity_;
  const std::string epoch_;  // of this server's life
  std::deque<Entry> entries_;
  std::uint64_t last_ = 0, beats_ = 0;
  std::size_t streams_ = 0;
  bool closed_ = false;
};

}  // namespace s3m::console
