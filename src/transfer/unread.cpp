#include "transfer/unread.hpp"

#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"

namespace s3m::transfer {
namespace {

struct Right {
  std::string_view operation, objects, versions;
};
// Of the operations that a comparison looks with.
constexpr std::array rights =
    std::to_array<Right>({{"HeadObject", "s3:GetObject", "s3:GetObjectVersion"},
                          {"GetObjectTagging", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"},
                          {"GetObjectAcl", "s3:GetObjectAcl", "s3:GetObjectVersionAcl"}});

std::string way_out(const Unread& unread) {
  if (unread.code != Errc::access_denied) return "run again";
  for (const auto& [operation, objects, versions] : rights) {
    if (operation != unread.first.operation) continue;
    return fmt::format(
        "allow {} on arn:aws:s3:::{}/* to the role that reads that bucket, or take away the Deny "
        "that refuses it, then run again",
        unread.first.version.empty() ? objects : versions, printable(unread.first.bucket));
  }
  return "give the role that reads that bucket the right to do so, then run again";
}

}  // namespace

void Unread::add(Errc why, const FailureEvent& failure) {
  if (count++ > 0) return;
  code = why;
  first = failure;
}

Error unread_error(const Unread& unread) {
  const auto& first = unread.first;
  Error error(unread.code,
              fmt::format("{} could not be compared, this one first{}{}. They may well be the "
                          "same, but nothing is proven of them: {}",
                          counted(unread.count, "object"), first.message.empty() ? "" : ": ",
                          first.message, way_out(unread)));
  error.operation(first.operation)
      .bucket(first.bucket)
      .key(first.key)
      .http_status(first.http_status)
      .service_code(first.service_code)
      .request_id(first.request_id);
  return error;
}

}  // namespace s3m::transfer
