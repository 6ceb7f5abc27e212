#include "workflow/plan_job.hpp"

#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/stored_uploads.hpp"

namespace s3m::workflow {

net::Task<Result<PlanEvent>> run_plan(JobContext& context, Access source, Access destination,
                                      CopySpec spec) {
  auto ground = co_await preflight(source, destination, context.runtime, context.governor, {});
  if (!ground) co_return forward(ground);
  for (const auto& text : ground->notes) {
    context.events.emit(NoteEvent{NoteLevel::warning, text});
  }
  Sides sides(context, source, destination, *ground, Writer::source);
  StoredUploads uploads(context.store, context.job_id, service_name(source.endpoint),
                        service_name(destination.endpoint));
  auto transfer =
      sides.context(uploads, [&](const FailureEvent& failure) { context.events.emit(failure); });
  if (!ground->destination.exists) transfer.destination.reader = nullptr;

  transfer::Plan plan;
  std::vector<KeyRange> ranges{KeyRange{}};
  auto planned = co_await transfer::plan(transfer, spec.copy, std::move(ranges), plan);
  if (!planned) co_return forward(planned);
  PlanEvent event{.objects = plan.source_objects,
                  .bytes = plan.source_bytes,
                  .same = plan.same,
                  .same_weak = plan.same_weak,
                  .to_copy = plan.to_copy,
                  .to_copy_bytes = plan.to_copy_bytes,
                  .multipart = plan.multipart,
                  .requests = plan.requests,
                  .destination_only = plan.destination_only,
                  .archived = plan.archived,
                  .first_key = plan.first_key,
                  .last_key = plan.last_key,
                  .destination_exists = ground->destination.exists,
                  .destination_region = ground->destination.region};
  context.events.emit(event);
  co_return event;
}

}  // namespace s3m::workflow
