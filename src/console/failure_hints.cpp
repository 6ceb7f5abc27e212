#include "console/failure_hints.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace s3m::console {

std::string_view hint_for(std::string_view code) {
  using Hint = std::pair<std::string_view, std::string_view>;
  constexpr auto hints = std::to_array<Hint>(
      {{"access_denied",
        "The role may not read the object, use its KMS key or write the copy. Look at the object's "
        "owner, the bucket policy and the key's policy, then retry."},
       {"expired_credentials",
        "The session ended and could not be renewed. Look at the base credentials, then retry."},
       {"invalid_credentials", "The service does not know these keys. Renew them, then retry."},
       {"invalid_state",
        "The object is archived. Copy it with the option restore, or restore it first, then "
        "retry."},
       {"no_such_key",
        "The object was deleted while the job ran. A retry sees the bucket as it is "
        "now."},
       {"precondition_failed",
        "The object was changed while it was copied. A retry copies it as it is now."},
       {"conflict", "Something else worked on the same object. Retry."},
       {"throttled", "The service wants fewer requests. Retry, with a lower rate if it goes on."},
       {"unavailable", "The service had trouble of its own. Retry."},
       {"timeout", "The service did not answer in time. Retry."},
       {"reset", "The connection broke. Retry."},
       {"too_large", "The object is above a limit of the service; the message says which."},
       {"mismatch",
        "Source and copy differ. Retry copies it again; if it differs again, something else writes "
        "to one of the buckets."},
       {"not_supported", "The service does not know the operation; the message says which."},
       {"clock_skew", "This machine's clock is wrong. Set it, then retry."}});
  const auto found = std::ranges::find(hints, code, &Hint::first);
  return found == hints.end() ? "Read the message; the request id helps the service's support."
                              : found->second;
}

}  // namespace s3m::console
