#include "workflow/destination.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

// A new bucket is not known everywhere at once (aws-s3 facts 6.7: two minutes are patience enough).
constexpr int attempts = 30;
constexpr std::chrono::milliseconds longest_pause = 5s;

std::unexpected<Error> taken(const std::string& bucket) {
  return fail(Errc::refused,
              fmt::format("the name {} belongs to another account; nothing was written. Choose "
                          "another name for the destination",
                          printable(bucket)));
}

net::Task<Result<void>> create(aws::S3& owner, std::string bucket, std::string region,
                               Pause pause) {
  std::chrono::milliseconds wait = 200ms;
  for (int attempt = 1;; ++attempt) {
    auto created = co_await owner.create_bucket({.bucket = bucket, .region = region});
    if (created || created.error().code() == Errc::bucket_owned) co_return ok;
    if (created.error().code() == Errc::bucket_exists) co_return taken(bucket);
    // Another operation on the name is in progress: a deletion somewhere, say.
    if (created.error().code() != Errc::conflict || attempt == attempts) {
      created.error().context(fmt::format("bucket {} could not be made", printable(bucket)));
      co_return created;
    }
    const bool slept = co_await pause(wait);
    if (!slept) co_return fail(Errc::cancelled, "stopped while the destination bucket was made");
    wait = std::min(wait * 2, longest_pause);
  }
}

bool may_pass(const Error& error) {
  return error.code() == Errc::no_such_bucket || error.code() == Errc::wrong_region;
}

}  // namespace

net::Task<Result<void>> make_destination(aws::S3& owner, std::string bucket, BucketFacts facts,
                                         Pause pause) {
  auto created = co_await create(owner, bucket, facts.region, pause);
  if (!created) co_return created;
  std::chrono::milliseconds wait = 200ms;
  for (int attempt = 1;; ++attempt) {
    auto head = co_await owner.head_bucket(bucket, facts.expected_owner);
    if (head && (head->region.empty() || facts.region.empty() || head->region == facts.region)) {
      co_return ok;
    }
    if (head) {
      co_return fail(Errc::refused, fmt::format("bucket {} was made in {} but answers from {}; "
                                                "nothing was written to it",
                                                printable(bucket), printable(facts.region),
                                                printable(head->region)));
    }
    if (head.error().code() == Errc::access_denied) co_return taken(bucket);
    if (!may_pass(head.error()) || attempt == attempts) co_return forward(head);
    const bool slept = co_await pause(wait);
    if (!slept) co_return fail(Errc::cancelled, "stopped while the destination bucket was made");
    wait = std::min(wait * 2, longest_pause);
  }
}

}  // namespace s3m::workflow
