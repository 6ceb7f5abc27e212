#include "workflow/same_service.hpp"

#include "base/log.hpp"
#include "transfer/scratch.hpp"

namespace s3m::workflow {

net::Task<Result<bool>> sees_marker(const Access& source, const Access& destination,
                                    std::string destination_region, std::string expected_owner,
                                    aws::Runtime& runtime, aws::Admission& admission) {
  const auto& bucket = destination.location.bucket;
  const auto key = transfer::scratch_key("marker");
  auto here = s3_for(destination, destination_region, runtime, admission);
  aws::PutRequest put{.bucket = bucket, .key = key, .write = {.expected_owner = expected_owner}};
  auto written = co_await here.put_object(std::move(put));
  if (!written) {
    written.error().context(
        "the marker that tells whether both endpoints are one service could "
        "not be written");
    co_return forward(written);
  }

  auto from_there = destination;
  from_there.endpoint = source.endpoint;
  auto there = s3_for(from_there, destination_region, runtime, admission);
  aws::HeadRequest head{.object = {bucket, key, {}}};
  auto seen = co_await there.head_object(std::move(head));
  if (!seen) log::info("the marker is not seen: {}", seen.error().describe());

  aws::ObjectAddress marker{bucket, key, std::move(written->version)};
  auto deleted = co_await here.delete_object(std::move(marker), {}, expected_owner);
  if (!deleted) co_return forward(deleted);
  co_return seen.has_value();
}

}  // namespace s3m::workflow
