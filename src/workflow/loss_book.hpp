// loss_book.hpp: what the copies of a migration lack, over all of its runs.
//
// Layer      workflow.
// Threading  one loop.
// Memory     bounded: kinds of attributes, and the first keys of each.
//
// A loss is told when its object is copied, and never again; so the book is kept in the store while
// objects are copied. What was told in the last two seconds before a kill may be missing in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "net/signal.hpp"
#include "net/task_group.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::workflow {

struct LossGroup {
  struct Lost {
    std::string bucket, key, version;
    friend bool operator==(const Lost&, const Lost&) = default;
  };
  std::string attribute;  // "retention", "acl": transfer::name(Attribute)
  std::string why;        // of the first
  std::uint64_t count = 0;
  std::vector<Lost> first;  // in the order told
  friend bool operator==(const LossGroup&, const LossGroup&) = default;
};
inline constexpr std::size_t most_losses_named = 100;  // of a group

class LossBook {
 public:
  void add(const FailureEvent& loss);
  std::uint64_t count() const noexcept;
  const std::vector<LossGroup>& groups() const noexcept { return groups_; }

  // Keys come back byte for byte.
  std::string to_json() const;
  // Errors: protocol for a text that to_json() did not write.
  static Result<LossBook> from_json(std::string_view text);

 private:
  std::vector<LossGroup> groups_;
};

// Keeps the book in the store every two seconds, from construction until stop() and once more then.
class LossKeeper {
 public:
  // All references outlive this; stop() is awaited before it goes.
  LossKeeper(JobContext& context, StoredMigration& stored, const LossBook& book);
  // Errors: those of the store.
  net::Task<Result<void>> stop();

 private:
  net::Task<void> run();
  net::Task<Result<void>> keep();

  StoredMigration& stored_;
  const LossBook& book_;
  std::uint64_t kept_;
  net::CancelToken stopped_;
  net::TaskGroup group_;
};

}  // namespace s3m::workflow
