#include "workflow/versioning.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

constexpr int attempts = 30;
constexpr std::chrono::milliseconds longest_pause = 5s;

std::unexpected<Error> stopped() {
  return fail(Errc::cancelled, "stopped while versioning took effect");
}

net::Task<Result<void>> wait_until_shown(aws::S3& owner, VersioningRequest request, Pause pause) {
  std::chrono::milliseconds wait = 200ms;
  for (int attempt = 1;; ++attempt) {
    auto status = co_await owner.get_bucket_versioning(request.bucket, request.expected_owner);
    if (!status) co_return forward(status);
    if (*status == "Enabled") co_return ok;
    if (attempt == attempts) {
      co_return fail(
          Errc::refused,
          fmt::format("versioning of bucket {} was switched on, and the service does not "
                      "show it",
                      printable(request.bucket)));
    }
    if (!co_await pause(wait)) co_return stopped();
    wait = std::min(wait * 2, longest_pause);
  }
}

}  // namespace

net::Task<Result<std::string>> enable_versioning(aws::S3& owner, VersioningRequest request,
                                                 Pause pause) {
  auto before = co_await owner.get_bucket_versioning(request.bucket, request.expected_owner);
  if (!before || *before == "Enabled") co_return before;
  auto put = co_await owner.enable_bucket_versioning(request.bucket, request.expected_owner);
  if (!put) {
    put.error().context(
        fmt::format("versioning of bucket {} could not be switched on", printable(request.bucket)));
    co_return forward(put);
  }
  auto shown = co_await wait_until_shown(owner, request, pause);
  if (!shown) co_return forward(shown);
  const bool settles = before->empty() && request.settle.count() > 0;
  if (settles && !co_await pause(request.settle)) co_return stopped();
  co_return before;
}

}  // namespace s3m::workflow
