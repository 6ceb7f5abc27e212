#include "workflow/discard_temporary.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/empty.hpp"
#include "workflow/figures.hpp"
#include "workflow/lost_mark.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/temporary_bucket.hpp"

namespace s3m::workflow {
namespace {

// An upload stands in the way of the bucket's deletion, and a killed run may have left some.
net::Task<Result<void>> abort_own_uploads(Migration& m, const Access& owner) {
  const auto facts = Migration::facts_of(m.temporary_bucket());
  Ground ground;
  ground.source = ground.destination = facts;
  Sides sides(m.context, owner, owner, ground, Writer::destination);
  const auto service = service_name(owner.endpoint);
  StoredUploads uploads(m.context.store, m.context.job_id, service, service, OthersUploads::none);
  auto recorded = uploads.recorded(m.temporary_name, {});
  if (!recorded) co_return forward(recorded);
  if (recorded->empty()) co_return ok;
  auto transfer = sides.context(uploads, [&m](const FailureEvent& failure) { m.failed(failure); });
  auto aborted = co_await transfer::abort_orphans(transfer);
  if (!aborted) co_return forward(aborted);
  co_return ok;
}

}  // namespace

net::Task<Result<Discarded>> discard_temporary(Migration& m, Hop& living, Doubt doubt,
                                               std::optional<WallTime> proven_before) {
  auto owner = m.destination_owner();
  const auto bucket = m.temporary_bucket();
  Discarded discarded;
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  // It stands, with all that is in it, and nobody may say that it is gone.
  if (seen->standing == Standing::unmarked) co_return fail(Errc::refused, lost_mark(bucket));
  if (seen->standing == Standing::foreign) discarded.left_alone = not_ours(bucket, *seen);
  if (seen->standing == Standing::ours) {
    auto aborted = co_await abort_own_uploads(m, living.from);
    if (!aborted) co_return forward(aborted);
    const bool accepted = doubt == Doubt::accepted;
    const transfer::EmptyOptions options{
        .all_versions = m.all_versions,
        .accept_weak = accepted || m.spec.accept_weak_proof,
        .beginnings = accepted && !m.first_delete,
        .accept_unpinned = accepted || m.spec.accept_unpinned_delete,
        .proven_before = proven_before};
    transfer::Emptying emptying;
    std::optional<StepTicker> ticker;
    // A cleanup has no steps.
    if (m.steps.open()) {
      ticker.emplace(m.context, m.steps, m.began, [&m, &emptying] {
        return StepFigures{.objects = emptying.deleted + emptying.deleted_markers,
                           .total_objects = m.proven.objects,
                           .final = m.proven.objects > 0};
      });
    }
    auto emptied =
        co_await transfer::empty_source(*living.transfer, options, {KeyRange{}}, emptying);
    if (ticker) co_await ticker->stop();
    if (!emptied) co_return forward(emptied);
    auto removed = co_await remove_temporary(owner, bucket, m.pause());
    if (!removed) co_return forward(removed);
    discarded = {.there = true, .objects = emptying.deleted + emptying.deleted_markers};
  }
  auto forgotten =
      co_await acts::forget_policy(m, service_name(m.destination.endpoint), m.temporary_name);
  if (!forgotten) co_return forward(forgotten);
  co_return discarded;
}

std::string discarded_text(const Migration& m, const Hop& living, const Discarded& discarded) {
  const auto temporary = printable(m.temporary_name);
  if (!discarded.left_alone.empty()) return discarded.left_alone;
  if (!discarded.there) return fmt::format("s3://{} is not there (any more)", temporary);
  return fmt::format("s3://{} is gone; each of its {} objects was proven to be in s3://{}",
                     temporary, human_count(discarded.objects),
                     printable(living.to.location.bucket));
}

}  // namespace s3m::workflow
