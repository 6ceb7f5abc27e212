#include "transfer/walk.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/task_group.hpp"
#include "transfer/merge.hpp"

namespace s3m::transfer {
namespace {

KeyRangesOptions ranges_options(const Context& context, const WalkOptions& options) {
  const auto longer =
      std::max(context.source.location.prefix.size(), context.destination.location.prefix.size());
  return {.page_size = options.page_size,
          .longest_point = max_key_bytes - std::min(longer, max_key_bytes),
          .split = options.split};
}

// Lanes take ranges from one set until none is left. A lane that finds none waits: the next page of
// a range may make it worth splitting.
class Walk {
 public:
  Walk(Context& context, std::vector<KeyRange> ranges, Visitor& visitor, WalkOptions options)
      : context_(context),
        visitor_(visitor),
        options_(options),
        ranges_(std::move(ranges), ranges_options(context, options)),
        work_(context.runtime.loop) {}

  net::Task<Result<void>> run() {
    net::TaskGroup lanes(context_.runtime.loop);
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.lanes, 1); ++i)
      lanes.spawn(lane());
    co_await lanes.join();
    if (failure_) co_return fail(std::move(*failure_));
    co_return ok;
  }

 private:
  bool over() const { return failure_ || visitor_.stopped(); }

  net::Task<void> lane() {
    while (!over() && !ranges_.over()) {
      auto* range = ranges_.take();
      if (range == nullptr) {
        co_await work_.wait();
        continue;
      }
      Merge merge(shared_, *range);
      auto done = co_await merge.run();
      visitor_.range_ended(range->range, range->flow, done && !over());
      if (!done && !failure_) failure_.emplace(std::move(done.error()));
      ranges_.finished(*range);
      if (over() || ranges_.over()) work_.notify_all();
    }
  }

  void page_came() {
    if (options_.total != nullptr) *options_.total = ranges_.total();
    work_.notify_one();
  }

  Context& context_;
  Visitor& visitor_;
  WalkOptions options_;
  KeyRanges ranges_;
  net::Signal work_;
  std::optional<Error> failure_;
  Merge::Shared shared_{context_,
                        visitor_,
                        ranges_,
                        {options_.page_size, options_.versions},
                        options_.restart_source,
                        [this] { page_came(); },
                        [this] { return over(); }};
};

}  // namespace

net::Task<void> Visitor::room(FlowPtr /*flow*/) {
  co_return;
}

net::Task<void> Visitor::finish_page(FlowPtr /*flow*/) {
  co_return;
}

net::Task<Result<void>> walk(Context& context, std::vector<KeyRange> ranges, Visitor& visitor,
                             WalkOptions options) {
  Walk walk(context, std::move(ranges), visitor, options);
  co_return co_await walk.run();
}

}  // namespace s3m::transfer
