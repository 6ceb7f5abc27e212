#include "workflow/plan_job.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "transfer/restore.hpp"
#include "workflow/carrying.hpp"
#include "workflow/copy_access.hpp"
#include "workflow/copy_estimate.hpp"
#include "workflow/deletion_limit.hpp"
#include "workflow/permission_book.hpp"
#include "workflow/plan_ticker.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/stored_uploads.hpp"

namespace s3m::workflow {

net::Task<Result<PlanEvent>> run_plan(JobContext& context, Access source, Access destination,
                                      CopySpec spec) {
  auto apart = check_overlap(source, destination);
  if (!apart) co_return forward(apart);
  auto access = co_await copy_access(context, source, destination, spec);
  if (!access) co_return forward(access);
  context.events.emit(access_event(*access));
  auto ground = co_await preflight(source, destination, context.runtime, context.governor, {});
  if (!ground) co_return forward(ground);
  for (const auto& text : ground->notes) {
    context.events.emit(NoteEvent{NoteLevel::warning, text});
  }
  auto from = s3_for(source, ground->source.region, context.runtime, context.governor);
  auto to = s3_for(destination, ground->destination.region, context.runtime, context.governor);
  auto carrying = co_await look_at_configuration(from, to, source, destination, *ground, spec);
  if (!carrying) co_return forward(carrying);
  spec.copy.attributes = std::move(carrying->rules);
  spec.copy.restore.reset();  // reads only
  for (auto& text : carrying->notes)
    context.events.emit(NoteEvent{NoteLevel::warning, std::move(text)});
  Sides sides(context, source, destination, *ground, Writer::source);
  StoredUploads uploads(context.store, context.job_id, service_name(source.endpoint),
                        service_name(destination.endpoint));
  auto transfer =
      sides.context(uploads, [&](const FailureEvent& failure) { context.events.emit(failure); });
  if (!ground->destination.exists) transfer.destination.reader = nullptr;

  transfer::Plan plan;
  std::vector<KeyRange> ranges{KeyRange{}};
  PlanTicker ticker(context, plan);
  auto planned = co_await transfer::plan(transfer, spec.copy, std::move(ranges), plan);
  co_await ticker.stop();
  if (!planned) co_return forward(planned);
  // The tiers of INTELLIGENT_TIERING are in no listing.
  transfer::Archived archived{.objects = plan.archived};
  if (spec.copy.attributes.may_tier && !spec.copy.all_versions) {
    archived = {};
    std::vector<KeyRange> again{KeyRange{}};
    auto found = co_await transfer::find_archived(transfer, spec.copy, std::move(again), archived);
    if (!found) co_return forward(found);
    if (archived.failed > 0) {
      context.events.emit(
          NoteEvent{NoteLevel::warning,
                    fmt::format("{} of INTELLIGENT_TIERING may be archived or not: {}",
                                counted(archived.failed, "object"), archived.first_failure)});
    }
  }
  PlanEvent event{.objects = plan.source_objects,
                  .bytes = plan.source_bytes,
                  .same = plan.same,
                  .same_weak = plan.same_weak,
                  .to_copy = plan.to_copy,
                  .to_copy_bytes = plan.to_copy_bytes,
                  .multipart = plan.multipart,
                  .requests = plan.requests,
                  .looks = plan.looks,
                  .destination_objects = plan.destination_objects,
                  .destination_only = plan.destination_only,
                  .archived = archived.objects,
                  .deletes = spec.delete_extra,
                  .all_versions = spec.copy.all_versions,
                  .version_keys = plan.version_keys,
                  .delete_markers = plan.delete_markers,
                  .markers_to_copy = plan.markers_to_copy,
                  .other_histories = plan.other_histories,
                  .first_key = plan.first_key,
                  .last_key = plan.last_key,
                  .destination_exists = ground->destination.exists,
                  .destination_region = ground->destination.region};
  fill_estimate(event,
                {.source_region = ground->source.region,
                 .destination_region = ground->destination.region,
                 .aws = is_aws(source.endpoint) && is_aws(destination.endpoint),
                 .options = spec.copy,
                 .verify = spec.verify,
                 .strict = spec.strict,
                 .deletes = spec.delete_extra},
                plan);
  context.events.emit(event);
  if (spec.delete_extra) {
    const transfer::Deletion found{.extra = plan.destination_only,
                                   .destination_objects = plan.destination_objects,
                                   .source_empty = plan.source_objects == 0};
    const auto allowed = within_deletion_limit(found, plan.destination_objects, spec,
                                               source.location, destination.location);
    if (!allowed) {
      context.events.emit(
          NoteEvent{NoteLevel::warning, "this would be refused: " + allowed.error().describe()});
    }
  }
  co_return event;
}

}  // namespace s3m::workflow
