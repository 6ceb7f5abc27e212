// claim_wait.hpp: a container that is begun again right after another one died.
//
// Layer      app.
// Threading  the calling thread waits.
#pragma once

#include <string>

#include "app/held_signals.hpp"
#include "store/store.hpp"

namespace s3m::app {

// A process that was killed gives no claim back, and of one elsewhere only its lease tells whether
// it lives: who lives renews it. Waits until the lease of `job` has ended, or until it is renewed:
// then the job is another's, and taking it up is refused as ever.
//
// Errors  cancelled where a signal asked this process to end meanwhile; those of the store.
Result<void> wait_for_claim(store::Store& store, const std::string& job,
                            const HeldSignals& signals);

}  // namespace s3m::app
