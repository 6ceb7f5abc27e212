#include "transfer/walk.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/task_group.hpp"
#include "transfer/listing.hpp"

namespace s3m::transfer {
namespace {

struct Walk {
  Context& context;
  std::vector<KeyRange> ranges;
  Visitor& visitor;
  WalkOptions options;
  std::size_t next_range = 0;
  std::optional<Error> failure{};

  bool over() const { return failure || visitor.stopped(); }
};

bool stands_for_the_location(const Side& side, const Side& other, const aws::ObjectEntry& entry) {
  const auto& prefix = side.location.prefix;
  return other.location.prefix.empty() && entry.size == 0 && prefix.ends_with('/') &&
         entry.key == prefix;
}

// The merge of one range. Holds no entry of its own: the listings do.
class Merge {
 public:
  Merge(Walk& walk, const KeyRange& range)
      : walk_(walk),
        source_(walk.context.runtime.loop, walk.context.source, range, walk.options.page_size),
        destination_(walk.context.runtime.loop, walk.context.destination, range,
                     walk.options.page_size) {}

  net::Task<Result<void>> run() {
    source_.start();
    destination_.start();
    auto done = co_await merge();
    co_await source_.close();
    co_await destination_.close();
    co_return done;
  }

 private:
  net::Task<Result<void>> merge() {
    while (!walk_.over()) {
      if (walk_.context.cancel.cancelled()) co_return fail(Errc::cancelled, "the job was stopped");
      auto loaded = co_await source_.load();
      if (!loaded) co_return forward(loaded);
      loaded = co_await destination_.load();
      if (!loaded) co_return forward(loaded);
      if (source_.ended() && destination_.ended()) co_return ok;
      visit_what_is_here();
      if (walk_.visitor.full(flow_)) co_await walk_.visitor.room(flow_);
    }
    co_return ok;
  }

  void visit_what_is_here() {
    while (!source_.needs_page() && !destination_.needs_page() && !walk_.visitor.full(flow_)) {
      if (source_.ended() && destination_.ended()) return;
      visit_next();
    }
  }

  void visit_next() {
    const bool has_source = source_.has_entry(), has_destination = destination_.has_entry();
    const int order = !has_source        ? 1
                      : !has_destination ? -1
                                         : source_.key().compare(destination_.key());
    Pair pair{.key = order <= 0 ? source_.key() : destination_.key(), .flow = flow_};
    if (order <= 0) pair.source = &source_.entry();
    if (order >= 0) pair.destination = &destination_.entry();
    if (!left_out(pair)) walk_.visitor.visit(pair);
    if (order <= 0) source_.pop();
    if (order >= 0) destination_.pop();
  }

  bool left_out(const Pair& pair) const {
    if (!pair.key.empty()) return false;
    const auto& context = walk_.context;
    return pair.source != nullptr
               ? stands_for_the_location(context.source, context.destination, *pair.source)
               : stands_for_the_location(context.destination, context.source, *pair.destination);
  }

  Walk& walk_;
  FlowPtr flow_ = std::make_shared<Flow>(walk_.context.governor);
  Listing source_, destination_;
};

net::Task<void> walk_lane(Walk& walk) {
  while (!walk.over() && walk.next_range < walk.ranges.size()) {
    Merge merge(walk, walk.ranges[walk.next_range++]);
    auto done = co_await merge.run();
    if (!done && !walk.failure) walk.failure.emplace(std::move(done.error()));
  }
}

}  // namespace

net::Task<void> Visitor::room(FlowPtr /*flow*/) {
  co_return;
}

net::Task<Result<void>> walk(Context& context, std::vector<KeyRange> ranges, Visitor& visitor,
                             WalkOptions options) {
  Walk state{context, std::move(ranges), visitor, options};
  net::TaskGroup lanes(context.runtime.loop);
  const auto count = std::min(std::max<std::size_t>(options.lanes, 1), state.ranges.size());
  for (std::size_t i = 0; i < count; ++i)
    lanes.spawn(walk_lane(state));
  co_await lanes.join();
  if (state.failure) co_return fail(std::move(*state.failure));
  co_return ok;
}

}  // namespace s3m::transfer
