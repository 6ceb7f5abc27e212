#include <utility>

#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// The first walk: how much would go, of how much, and whether there is a source at all.
class CountExtra final : public Visitor {
 public:
  CountExtra(const Filter& filter, Deletion& result) : filter_(filter), result_(result) {}

  void visit(const Pair& pair) override {
    if (!filter_.matches(pair.key)) return;
    if (pair.source != nullptr) result_.source_empty = false;
    if (pair.destination == nullptr) return;
    ++result_.destination_objects;
    if (pair.source == nullptr) ++result_.extra;
  }

 private:
  const Filter& filter_;
  Deletion& result_;
};

// The second walk: looks at both sides anew, so what has come to the source since stays.
class DeleteExtra final : public Visitor, Lanes<aws::ObjectEntry>::Handler {
 public:
  DeleteExtra(Context& context, const Filter& filter, Deletion& result)
      : context_(context),
        filter_(filter),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::remove) {}

  net::Task<Result<void>> run() {
    auto walked = co_await walk(context_, {KeyRange{}}, *this);
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      lanes_.stop();
    }
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source != nullptr || !filter_.matches(pair.key)) return;
    // Never more than was allowed: a source that seems to shrink between two walks is a reason to
    // stop, not to delete.
    if (++met_ > result_.extra) {
      failures_.stop(Error(Errc::refused,
                           "more objects are only in the destination than were counted before: "
                           "the source changed meanwhile; run again"));
      lanes_.stop();
      return;
    }
    lanes_.push(std::move(*pair.destination), pair.flow);
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  net::Task<void> handle(aws::ObjectEntry& extra) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    const auto& destination = context_.destination;
    if (extra.etag.empty()) {
      failed(Error(Errc::refused, "the service lists no ETag to pin the deletion by"), extra);
      co_return;
    }
    auto gone = co_await destination.reader->delete_object(
        {.bucket = destination.location.bucket, .key = extra.key}, extra.etag,
        destination.expected_owner);
    if (gone) {
      ++result_.deleted;
      failures_.succeeded();
    } else {
      failed(std::move(gone.error()), extra);
    }
  }

  void failed(Error error, const aws::ObjectEntry& extra) {
    const Subject subject{"DeleteObject", context_.destination.location.bucket, extra.key};
    if (failures_.failed(std::move(error), subject)) {
      ++result_.failed;
    } else {
      lanes_.stop();
    }
  }

  Context& context_;
  const Filter& filter_;
  Deletion& result_;
  std::uint64_t met_ = 0;
  Failures failures_{context_};
  Lanes<aws::ObjectEntry> lanes_;
};

}  // namespace

net::Task<Result<void>> count_extra(Context& context, const Filter& filter, Deletion& result) {
  CountExtra count(filter, result);
  co_return co_await walk(context, {KeyRange{}}, count);
}

net::Task<Result<void>> delete_extra(Context& context, const Filter& filter,
                                     std::function<Result<void>(const Deletion&)> allow,
                                     Deletion& result) {
  auto counted = co_await count_extra(context, filter, result);
  if (!counted) co_return forward(counted);
  if (result.extra == 0) co_return ok;
  auto allowed = allow(result);
  if (!allowed) co_return forward(allowed);
  DeleteExtra deletion(context, filter, result);
  co_return co_await deletion.run();
}

}  // namespace s3m::transfer
