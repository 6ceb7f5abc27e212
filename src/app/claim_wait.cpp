#include "app/claim_wait.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/liveness.hpp"

namespace s3m::app {
namespace {

constexpr std::chrono::seconds look_again{1};

// Somebody has it, and it cannot be known from here whether he lives.
bool in_doubt(const std::optional<store::JobClaim>& claim) {
  return claim && !store::surely_lives(claim->process) &&
         workflow::is_alive(*claim, system_clock().now());
}

}  // namespace

Result<void> wait_for_claim(store::Store& store, const std::string& job,
                            const HeldSignals& signals) {
  auto first = store.claim_of(job);
  if (!first) return forward(first);
  if (!in_doubt(*first)) return ok;
  log::warning("job {} was run by {}; waiting until {} to see whether it still is", printable(job),
               store::process_words((*first)->process), iso8601((*first)->expires_at));
  for (;;) {
    if (signals.come_within(look_again))
      return fail(Errc::cancelled, fmt::format("ended before job {} was taken up", printable(job)));
    auto claim = store.claim_of(job);
    if (!claim) return forward(claim);
    const bool renewed = *claim && (*claim)->expires_at != (*first)->expires_at;
    if (renewed || !in_doubt(*claim)) return ok;
  }
}

}  // namespace s3m::app
