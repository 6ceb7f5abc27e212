#include "console/event_hub.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"

namespace s3m::console {
namespace {

constexpr std::string_view heartbeat = "event: heartbeat\ndata: {}\n\n";
constexpr std::string_view reset = "event: reset\ndata: {}\n\n";
constexpr std::size_t most_at_once = 64u << 10;

// How many streams there are.
class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

EventHub::EventHub(net::Loop& loop, std::size_t capacity)
    : changed_(loop), capacity_(capacity), epoch_(random_hex(4)) {}

std::string EventHub::id_of(std::uint64_t number) const {
  return fmt::format("{}-{}", epoch_, number);
}

std::optional<std::uint64_t> EventHub::number_of(std::string_view id) const {
  if (!id.starts_with(epoch_ + "-")) return std::nullopt;
  const auto number = parse_u64(id.substr(epoch_.size() + 1));
  return number && *number <= last_ ? number : std::nullopt;
}

void EventHub::publish(std::string_view kind, std::string data) {
  ++last_;
  entries_.push_back(
      {last_, fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id_of(last_), kind, data)});
  if (entries_.size() > capacity_) entries_.pop_front();
  changed_.notify_all();
}

void EventHub::beat() {
  ++beats_;
  changed_.notify_all();
}

void EventHub::close() {
  closed_ = true;
  changed_.notify_all();
}

// What was published after `seen`, which is moved on, up to so much at once.
std::string EventHub::after(std::uint64_t& seen) const {
  std::string out;
  if (!entries_.empty() && seen + 1 < entries_.front().number) {
    out = reset;
    seen = last_;
    return out;
  }
  for (const auto& entry : entries_) {
    if (entry.number <= seen) continue;
    if (out.size() > most_at_once) break;
    out += entry.text;
    seen = entry.number;
  }
  return out;
}

net::Task<void> EventHub::stream(net::ReplyBody& body, std::string last_id,
                                 std::function<bool()> may_go_on) {
  const Counted counted(streams_);
  const auto known = number_of(last_id);
  auto seen = known.value_or(last_);
  auto beats = beats_;
  // Something at once: the page sees that it is connected.
  std::string text(!known && !last_id.empty() ? reset : heartbeat);
  while (!closed_ && may_go_on()) {
    text += after(seen);
    if (std::exchange(beats, beats_) != beats_ && text.empty()) text = heartbeat;
    if (text.empty()) {
      co_await changed_.wait();
      continue;
    }
    const bool sent = co_await body.send(std::exchange(text, {}));
    if (!sent) co_return;
  }
}

}  // namespace s3m::console
