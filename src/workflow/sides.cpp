#include "workflow/sides.hpp"

namespace s3m::workflow {
namespace {

aws::S3 writer_s3(JobContext& context, const Access& source, const Access& destination,
                  const Ground& ground, Writer writer) {
  auto access = writer == Writer::source ? source : destination;
  access.endpoint = destination.endpoint;  // the request goes where it writes
  return s3_for(access, ground.destination.region, context.runtime, context.governor);
}

}  // namespace

Sides::Sides(JobContext& context, const Access& source, const Access& destination,
             const Ground& ground, Writer writer)
    : context_(context),
      source_(source.location),
      destination_(destination.location),
      source_owner_(ground.source.expected_owner),
      destination_owner_(ground.destination.expected_owner),
      same_service_(!ground.same_service_unproven),
      source_s3_(s3_for(source, ground.source.region, context.runtime, context.governor)),
      destination_s3_(
          s3_for(destination, ground.destination.region, context.runtime, context.governor)),
      writer_s3_(writer_s3(context, source, destination, ground, writer)) {}

transfer::Side Sides::source_side() {
  return {.location = source_, .reader = &source_s3_, .expected_owner = source_owner_};
}

transfer::Context Sides::context(transfer::UploadJournal& journal,
                                 transfer::FailureSink on_failure) {
  return {.runtime = context_.runtime,
          .governor = context_.governor,
          .cancel = context_.cancel,
          .source = source_side(),
          .destination = {.location = destination_,
                          .reader = &destination_s3_,
                          .expected_owner = destination_owner_},
          .writer = &writer_s3_,
          .journal = journal,
          .on_failure = std::move(on_failure),
          .same_service = same_service_};
}

}  // namespace s3m::workflow
