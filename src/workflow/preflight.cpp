#include "workflow/preflight.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

std::string quoted(const std::string& bucket) {
  return "bucket " + printable(bucket);
}

std::string where(const Access& access) {
  return access.endpoint.is_aws() ? "in " + service_name(access.endpoint)
                                  : "at " + service_name(access.endpoint);
}

std::unexpected<Error> missing(const Access& access) {
  Error error(Errc::no_such_bucket,
              fmt::format("there is no {} {}; check the name in {} and {}endpoint-url",
                          quoted(access.location.bucket), where(access),
                          printable(access.location.uri()), access.options));
  return fail(std::move(error));
}

std::unexpected<Error> elsewhere(const Access& access, const std::string& region) {
  return fail(Errc::refused,
              fmt::format("{} is in {}, not in {}; leave {}region out, or correct it",
                          quoted(access.location.bucket), printable(region),
                          printable(access.endpoint.region), access.options));
}

std::unexpected<Error> not_listable(const Access& access, Error error) {
  error.context(fmt::format("the {} identity ({}) may not list {}; it needs s3:ListBucket there",
                            access.side, printable(access.identity->describe()),
                            quoted(access.location.bucket)));
  return fail(std::move(error));
}

std::unexpected<Error> foreign(const Access& access, const std::string& owner) {
  return fail(Errc::refused,
              fmt::format("{} belongs to another account than {}, the {} identity's; nothing was "
                          "written to it. Choose another name, or the role of its owner",
                          quoted(access.location.bucket), owner, access.side));
}

// The region a bucket is in; empty where the service does not say. `exists` false: not there.
net::Task<Result<BucketFacts>> locate(const Access& access, aws::Runtime& runtime,
                                      aws::Admission& admission) {
  auto s3 = s3_for(access, {}, runtime, admission);
  auto located = co_await s3.locate_bucket(access.location.bucket);
  if (!located && located.error().code() == Errc::no_such_bucket) {
    co_return BucketFacts{.exists = false, .region = access.endpoint.region};
  }
  if (!located) {
    located.error().context(
        fmt::format("{} could not be looked for", quoted(access.location.bucket)));
    co_return forward(located);
  }
  const bool differs =
      !located->empty() && !access.endpoint.region.empty() && *located != access.endpoint.region;
  if (differs && access.region_given) co_return elsewhere(access, *located);
  co_return BucketFacts{.region = located->empty() ? access.endpoint.region : *located};
}

// Whether the bucket answers to the owner its identity implies. A source of another account may
// still be read, if that account lets us; a destination of another account is never written.
net::Task<Result<void>> check_owner(const Access& access, const Principal& principal,
                                    BucketFacts& facts, aws::Runtime& runtime,
                                    aws::Admission& admission, std::vector<std::string>& notes) {
  facts.expected_owner = principal.account;
  auto s3 = s3_for(access, facts.region, runtime, admission);
  auto head = co_await s3.head_bucket(access.location.bucket, facts.expected_owner);
  if (head) co_return ok;
  if (head.error().code() == Errc::no_such_bucket) co_return missing(access);
  if (head.error().code() != Errc::access_denied) co_return forward(head);
  if (facts.expected_owner.empty()) co_return not_listable(access, std::move(head.error()));

  auto anyone = co_await s3.head_bucket(access.location.bucket, {});
  if (!anyone) co_return not_listable(access, std::move(anyone.error()));
  if (access.side != "source") co_return foreign(access, principal.account);
  notes.push_back(
      fmt::format("{} belongs to another account than {}, the source identity's; its "
                  "owner is not checked from here on",
                  quoted(access.location.bucket), principal.account));
  facts.expected_owner.clear();
  co_return ok;
}

// A destination that does not exist yet: where it will be made, and whether the two endpoints can
// be one service at all. Its owner will be the identity's account.
net::Task<Result<void>> foresee(const Access& source, const Access& destination, Ground& ground,
                                aws::Runtime& runtime, aws::Admission& admission) {
  ground.destination.expected_owner = ground.destination_principal.account;
  if (ground.destination.region.empty()) ground.destination.region = ground.source.region;
  if (!ground.same_service_unproven) co_return ok;
  auto s3 = s3_for(destination, ground.destination.region, runtime, admission);
  auto seen = co_await s3.locate_bucket(source.location.bucket);
  if (seen || seen.error().code() != Errc::no_such_bucket) co_return ok;
  co_return fail(Errc::refused,
                 fmt::format("{} and {} are different services: {} is not known at the latter. "
                             "s3migrator copies inside one service",
                             service_name(source.endpoint), service_name(destination.endpoint),
                             quoted(source.location.bucket)));
}

Result<void> check_partitions(const Access& source, const Access& destination,
                              const Ground& ground) {
  if (!is_aws(source.endpoint) || !is_aws(destination.endpoint)) return ok;
  const auto from = aws::partition_of(ground.source.region);
  const auto to = aws::partition_of(ground.destination.region);
  if (from == to) return ok;
  return fail(Errc::refused,
              fmt::format("{} is in partition {} ({}) and {} in {} ({}); S3 copies nothing between "
                          "partitions",
                          quoted(source.location.bucket), from, ground.source.region,
                          quoted(destination.location.bucket), to, ground.destination.region));
}

}  // namespace

Result<void> check_overlap(const Access& source, const Access& destination) {
  if (service_name(source.endpoint) != service_name(destination.endpoint)) return ok;
  if (!transfer::overlap(source.location, destination.location)) return ok;
  return fail(Errc::refused,
              fmt::format("{} and {} overlap: the copies would be found as sources again. Choose "
                          "another bucket, or prefixes of which neither begins with the other",
                          printable(source.location.uri()), printable(destination.location.uri())));
}

net::Task<Result<BucketFacts>> look_at_bucket(const Access& access, const Principal& principal,
                                              aws::Runtime& runtime, aws::Admission& admission,
                                              std::vector<std::string>& notes) {
  auto facts = co_await locate(access, runtime, admission);
  if (!facts) co_return facts;
  if (!facts->exists) co_return missing(access);
  auto owned = co_await check_owner(access, principal, *facts, runtime, admission, notes);
  if (!owned) co_return forward(owned);
  co_return facts;
}

net::Task<Result<Ground>> preflight(const Access& source, const Access& destination,
                                    aws::Runtime& runtime, aws::Admission& admission,
                                    PreflightOptions options) {
  auto apart = check_overlap(source, destination);
  if (!apart) co_return forward(apart);
  Ground ground;
  ground.same_service_unproven =
      service_name(source.endpoint) != service_name(destination.endpoint);

  auto source_principal = co_await identify(source);
  if (!source_principal) co_return forward(source_principal);
  ground.source_principal = *std::move(source_principal);
  auto destination_principal = co_await identify(destination);
  if (!destination_principal) co_return forward(destination_principal);
  ground.destination_principal = *std::move(destination_principal);

  auto from =
      co_await look_at_bucket(source, ground.source_principal, runtime, admission, ground.notes);
  if (!from) co_return forward(from);
  ground.source = *std::move(from);

  auto to = co_await locate(destination, runtime, admission);
  if (!to) co_return forward(to);
  ground.destination = *std::move(to);
  if (ground.destination.exists) {
    auto owned = co_await check_owner(destination, ground.destination_principal, ground.destination,
                                      runtime, admission, ground.notes);
    if (!owned) co_return forward(owned);
  } else {
    if (!options.destination_may_be_missing) co_return missing(destination);
    auto possible = co_await foresee(source, destination, ground, runtime, admission);
    if (!possible) co_return forward(possible);
  }
  auto same_partition = check_partitions(source, destination, ground);
  if (!same_partition) co_return forward(same_partition);
  co_return ground;
}

}  // namespace s3m::workflow
