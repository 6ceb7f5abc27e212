#include "transfer/merge.hpp"

#include <utility>

namespace s3m::transfer {
namespace {

bool stands_for_the_location(const Side& side, const Side& other, const aws::ObjectEntry& entry,
                             const History* history) {
  const auto& prefix = side.location.prefix;
  const bool empty = entry.size == 0 && (history == nullptr || history->bytes() == 0);
  return other.location.prefix.empty() && empty && prefix.ends_with('/') && entry.key == prefix;
}

// What is reserved on one side has no counterpart on the other.
std::vector<std::string_view> reserved(const Context& context) {
  std::vector<std::string_view> beginnings;
  for (const auto* side : {&context.source, &context.destination})
    if (const auto below = reserved_below(side->location)) beginnings.push_back(*below);
  return beginnings;
}

}  // namespace

Merge::Merge(Shared& shared, ActiveRange& range)
    : shared_(shared),
      range_(range),
      flow_(range.flow ? range.flow : std::make_shared<Flow>(shared.context.governor)),
      source_(shared.context.runtime.loop, shared.context.source, range.range,
              listing_options(shared, WalkSide::source), page_sink(WalkSide::source)),
      destination_(shared.context.runtime.loop, shared.context.destination, range.range,
                   listing_options(shared, WalkSide::destination),
                   page_sink(WalkSide::destination)) {
  range.flow = flow_;
}

ListingOptions Merge::listing_options(const Shared& shared, WalkSide side) {
  return {.pages = shared.pages,
          .restart = shared.restart_source && side == WalkSide::source,
          .left_out = reserved(shared.context)};
}

Listing::PageSink Merge::page_sink(WalkSide side) {
  const auto& listed =
      side == WalkSide::source ? shared_.context.source : shared_.context.destination;
  return [this, side, prefix = listed.location.prefix.size()](
             std::span<const aws::ObjectEntry> entries, bool more,
             std::optional<std::uint64_t> versions) {
    shared_.ranges.fetched(range_, side, entries, prefix, more, versions);
    shared_.on_page();
  };
}

net::Task<Result<void>> Merge::run() {
  source_.start();
  destination_.start();
  auto done = co_await merge();
  co_await source_.close();
  co_await destination_.close();
  co_return done;
}

net::Task<Result<void>> Merge::merge() {
  while (!shared_.over()) {
    if (shared_.context.cancel.cancelled()) co_return fail(Errc::cancelled, "the job was stopped");
    if (shared_.restart_source && source_.needs_page()) {
      co_await shared_.visitor.finish_page(flow_);
      if (shared_.over()) co_return ok;
    }
    auto loaded = co_await source_.load();
    if (!loaded) co_return forward(loaded);
    loaded = co_await destination_.load();
    if (!loaded) co_return forward(loaded);
    if (source_.ended() && destination_.ended()) co_return ok;
    visit_what_is_here();
    if (shared_.visitor.full(flow_)) co_await shared_.visitor.room(flow_);
  }
  co_return ok;
}

void Merge::visit_what_is_here() {
  while (!source_.needs_page() && !destination_.needs_page() && !shared_.visitor.full(flow_)) {
    if (source_.ended() && destination_.ended()) return;
    visit_next();
  }
}

void Merge::visit_next() {
  const bool has_source = source_.has_entry(), has_destination = destination_.has_entry();
  const int order = !has_source        ? 1
                    : !has_destination ? -1
                                       : source_.key().compare(destination_.key());
  Pair pair{.key = order <= 0 ? source_.key() : destination_.key(), .flow = flow_};
  if (order <= 0) {
    pair.source = &source_.entry();
    pair.source_history = source_.history();
  }
  if (order >= 0) {
    pair.destination = &destination_.entry();
    pair.destination_history = destination_.history();
  }
  if (!left_out(pair)) shared_.visitor.visit(pair);
  if (order <= 0) source_.pop();
  if (order >= 0) destination_.pop();
}

bool Merge::left_out(const Pair& pair) const {
  if (!pair.key.empty()) return false;
  const auto& context = shared_.context;
  return pair.source != nullptr
             ? stands_for_the_location(context.source, context.destination, *pair.source,
                                       pair.source_history)
             : stands_for_the_location(context.destination, context.source, *pair.destination,
                                       pair.destination_history);
}

}  // namespace s3m::transfer
