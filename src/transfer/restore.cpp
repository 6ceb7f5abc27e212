#include "transfer/restore.hpp"

#include <utility>

#include "net/task_group.hpp"
#include "transfer/decision.hpp"
#include "transfer/failures.hpp"
#include "transfer/prover.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view tiered = "INTELLIGENT_TIERING";

class FindArchived final : public Visitor {
 public:
  FindArchived(Context& context, const CopyOptions& options, Archived& result)
      : context_(context), options_(options), result_(result), requests_(context.runtime.loop) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this);
    if (!walked) failures_.stop(std::move(walked.error()));
    co_await requests_.join();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source == nullptr) return;
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    ++result_.examined;
    // Its restore would be paid for, and it is not copied.
    if (options_.left_failure(pair.key) != nullptr) return;
    const auto& source = *pair.source;
    const bool may_tier = options_.attributes.may_tier && source.storage_class == tiered;
    if (!archived(source.storage_class) && !may_tier) return;
    // What a closer look would settle is counted as to be copied: it may be.
    const auto likeness = decide(pair, options_, {.same_service = context_.same_service});
    if (likeness == Likeness::same_strong || likeness == Likeness::same_weak) return;
    if (!may_tier && !needs_restore(source)) {
      ++result_.ready;
      return;
    }
    const bool to_be_sent = options_.restore && source.restore == aws::RestoreState::none;
    if (!may_tier) count(source);
    if (may_tier || to_be_sent) requests_.spawn(handle(std::move(*pair.source)));
  }

  bool full(const FlowPtr& /*flow*/) const override { return requests_.running() >= most(); }
  net::Task<void> room(FlowPtr /*flow*/) override { return requests_.wait_below(most()); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  // A few more than may be in flight: they go on as soon as a permit is free.
  std::size_t most() const { return 2 * context_.governor.budget(); }

  void count(const aws::ObjectEntry& source) {
    ++result_.objects;
    result_.bytes += source.size;
    ++result_.classes[source.storage_class];
    if (source.restore == aws::RestoreState::in_progress) ++result_.in_progress;
  }

  net::Task<void> handle(aws::ObjectEntry object) {
    if (stopped()) co_return;
    if (object.storage_class == tiered) {
      auto head = co_await prover_.head(context_.source, object.key);
      if (!head) {
        failed(std::move(head.error()));
        co_return;
      }
      if (!*head || (*head)->archive_status.empty()) co_return;
      object.restore = (*head)->restore;
      count(object);
      if (!options_.restore || object.restore != aws::RestoreState::none) co_return;
    }
    auto answer = co_await begin_restore(context_, object, *options_.restore);
    if (!answer) {
      failed(std::move(answer.error()));
      co_return;
    }
    failures_.succeeded();
    if (*answer == aws::RestoreAnswer::in_progress) ++result_.in_progress;
    if (*answer != aws::RestoreAnswer::requested) co_return;
    ++result_.requested;
    result_.requested_bytes += object.size;
  }

  // Told as a failure of its object by the copy, which meets the same.
  void failed(Error error) {
    if (result_.failed++ == 0) result_.first_failure = error.describe();
    failures_.endured(std::move(error));
  }

  Context& context_;
  const CopyOptions& options_;
  Archived& result_;
  std::uint64_t heads_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, heads_};
  net::TaskGroup requests_;
};

}  // namespace

bool needs_restore(const aws::ObjectEntry& entry) noexcept {
  return archived(entry.storage_class) && entry.restore != aws::RestoreState::ready;
}

net::Task<Result<aws::RestoreAnswer>> begin_restore(Context& context,
                                                    const aws::ObjectEntry& object,
                                                    RestoreOptions options) {
  const bool no_expedited = object.storage_class == "DEEP_ARCHIVE" && options.tier == "Expedited";
  return context.source.reader->restore_object(
      {.object = {.bucket = context.source.location.bucket, .key = object.key, .version = {}},
       .tier = no_expedited ? "Standard" : std::move(options.tier),
       .days = object.storage_class == tiered ? 0 : options.days,
       .expected_owner = context.source.expected_owner});
}

net::Task<Result<void>> find_archived(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Archived& result) {
  FindArchived operation(context, options, result);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
