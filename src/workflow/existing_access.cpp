#include "workflow/existing_access.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/grant_probe.hpp"

namespace s3m::workflow {
namespace {

// `who` against the bucket of `where`: a request goes where the bucket is, whoever signs it.
aws::S3 s3_at(JobContext& context, const Access& who, const Access& where,
              const BucketFacts& facts) {
  auto access = who;
  access.endpoint = where.endpoint;
  return s3_for(access, facts.region, context.runtime, context.governor);
}

}  // namespace

net::Task<Result<Writer>> find_writer(JobContext& context, const Access& source,
                                      const Access& destination, const Ground& ground) {
  const auto& bucket = destination.location.bucket;
  auto writer = s3_at(context, source, destination, ground.destination);
  auto owner = s3_at(context, destination, destination, ground.destination);
  const auto writes = write_probe(
      writer, owner,
      {.bucket = bucket, .expected_owner = ground.destination.expected_owner, .acl = {}});
  auto may_write = co_await writes->use();
  if (may_write) co_return Writer::source;
  if (may_write.error().code() != Errc::access_denied) co_return forward(may_write);

  auto reader = s3_at(context, destination, source, ground.source);
  const auto reads = read_probe(reader, {.bucket = source.location.bucket,
                                         .expected_owner = ground.source.expected_owner,
                                         .acl = {}});
  auto may_read = co_await reads->use();
  if (may_read) co_return Writer::destination;
  if (may_read.error().code() != Errc::access_denied) co_return forward(may_read);
  may_write.error().context(fmt::format(
      "neither may the source identity write into bucket {}, nor the destination identity read "
      "bucket {}; leave --grant none out, or allow one of them",
      printable(bucket), printable(source.location.bucket)));
  co_return forward(may_write);
}

net::Task<Result<std::string>> needed_acl(JobContext& context, const Access& destination,
                                          const Ground& ground, Writer writer) {
  // What the owner's account writes is the owner's.
  if (writer == Writer::destination) co_return std::string{};
  const auto& account = ground.destination_principal.account;
  if (!account.empty() && account == ground.source_principal.account) co_return std::string{};
  auto owner = s3_at(context, destination, destination, ground.destination);
  auto ownership = co_await owner.get_object_ownership(destination.location.bucket,
                                                       ground.destination.expected_owner);
  if (!ownership) {
    ownership.error().context(
        "who will own the copies is not known (s3:GetBucketOwnershipControls)");
    co_return ownership;
  }
  if (*ownership == "BucketOwnerEnforced") co_return std::string{};
  co_return std::string("bucket-owner-full-control");
}

}  // namespace s3m::workflow
