#include "transfer/removal.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/task_group.hpp"

namespace s3m::transfer {
namespace {

constexpr std::size_t most_at_once = 1000;

class RemovalRun {
 public:
  RemovalRun(Context& context, const Side& side, std::vector<KeyRemoval> keys,
             RemovalOptions options, Removed& removed)
      : side_(side),
        keys_(std::move(keys)),
        options_(options),
        removed_(removed),
        most_singles_(std::max<std::size_t>(context.governor.budget(aws::RequestKind::remove), 1)),
        requests_(context.runtime.loop) {}

  // The first of each key, then the second...
  net::Task<Result<void>> run() {
    for (std::size_t turn = 0; !failure_; ++turn) {
      const bool any = divide(turn);
      if (!any) break;
      for (auto& many : batches_)
        requests_.spawn(remove_many(std::move(many)));
      for (const auto* one : singles_) {
        co_await requests_.wait_below(most_singles_);
        requests_.spawn(remove_one(*one));
      }
      co_await requests_.join();
    }
    if (failure_) co_return fail(std::move(*failure_));
    co_return ok;
  }

 private:
  using Batch = std::vector<const Removable*>;

  // What goes in this turn, by how it is sent. False when nothing is left.
  bool divide(std::size_t turn) {
    batches_.clear();
    singles_.clear();
    for (const auto& key : keys_) {
      if (key.size() <= turn) continue;
      const auto& next = key[turn];
      if (!options_.batches || needs_single_delete(next.key)) {
        singles_.push_back(&next);
        continue;
      }
      if (batches_.empty() || batches_.back().size() == most_at_once) batches_.emplace_back();
      batches_.back().push_back(&next);
    }
    return !batches_.empty() || !singles_.empty();
  }

  net::Task<void> remove_many(Batch batch) {
    if (failure_ || !all_pinned(batch)) co_return;
    aws::DeleteManyRequest request{.bucket = side_.location.bucket,
                                   .expected_owner = side_.expected_owner,
                                   .admission = options_.admission};
    for (const auto* object : batch)
      request.objects.push_back({object->key, object->version, object->etag});
    auto outcomes = co_await side_.reader->delete_objects(std::move(request));
    if (!outcomes) {
      failed(std::move(outcomes.error()), *batch.front());
      co_return;
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      auto& outcome = (*outcomes)[i];
      if (!outcome || outcome->code() == Errc::no_such_key) {
        count(*batch[i]);
      } else if (outcome->retry() != RetryClass::never) {
        // By itself it is repeated as patiently as any request.
        requests_.spawn(remove_one(*batch[i]));
      } else {
        failed(std::move(*outcome), *batch[i]);
      }
    }
  }

  net::Task<void> remove_one(const Removable& object) {
    if (failure_ || !all_pinned({&object})) co_return;
    auto gone = co_await side_.reader->delete_object(
        {.bucket = side_.location.bucket, .key = object.key, .version = object.version},
        object.etag, side_.expected_owner);
    if (gone) {
      count(object);
    } else {
      failed(std::move(gone.error()), object);
    }
  }

  bool all_pinned(const Batch& batch) {
    const auto loose = std::ranges::find_if(
        batch, [](const auto* object) { return object->version.empty() && object->etag.empty(); });
    if (loose == batch.end()) return true;
    failed(Error(Errc::refused, "the service lists neither an ETag nor a version to pin it by"),
           **loose);
    return false;
  }

  void count(const Removable& object) {
    ++(object.delete_marker ? removed_.deleted_markers : removed_.deleted);
    removed_.bytes += object.size;
  }

  void failed(Error error, const Removable& object) {
    if (failure_) return;
    if (error.bucket().empty()) error.bucket(side_.location.bucket);
    if (error.key().empty() && error.code() != Errc::protocol) error.key(object.key);
    failure_.emplace(std::move(error));
  }

  const Side& side_;
  std::vector<KeyRemoval> keys_;
  RemovalOptions options_;
  Removed& removed_;
  std::size_t most_singles_;
  std::vector<Batch> batches_;
  Batch singles_;
  std::optional<Error> failure_;
  net::TaskGroup requests_;
};

}  // namespace

Removable removable(std::string key, const aws::ObjectEntry& object) {
  return {.key = std::move(key),
          .version = {},
          .etag = object.etag,
          .size = object.size,
          .delete_marker = false};
}

Removable removable(std::string key, const aws::ObjectVersion& version, bool newest) {
  const bool unnamed = version.id.empty() || version.id == "null";
  const bool replaceable = unnamed && newest && !version.delete_marker;
  return {.key = std::move(key),
          .version = version.id,
          .etag = replaceable ? version.etag : std::string(),
          .size = version.size,
          .delete_marker = version.delete_marker};
}

net::Task<Result<void>> remove_pinned(Context& context, const Side& side,
                                      std::vector<KeyRemoval> keys, RemovalOptions options,
                                      Removed& removed) {
  RemovalRun run(context, side, std::move(keys), options, removed);
  co_return co_await run.run();
}

}  // namespace s3m::transfer
