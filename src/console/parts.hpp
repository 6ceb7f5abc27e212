// parts.hpp: what the routes of the console share.
//
// Layer      console.
// Threading  one loop.
#pragma once

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include "console/actions.hpp"
#include "console/console.hpp"
#include "console/event_hub.hpp"
#include "console/failure_counts.hpp"
#include "console/job_document.hpp"
#include "console/metrics.hpp"
#include "console/proxy_gate.hpp"
#include "console/router.hpp"

namespace s3m::console {

inline constexpr std::string_view session_cookie = "s3migrator_session";

struct Parts {
  Parts(net::Loop& on, workflow::StoreThread& kept_in, ConsoleOptions asked)
      : loop(on),
        store(kept_in),
        options(std::move(asked)),
        doorkeeper(options.doorkeeper),
        hub(on),
        executor(options.executor) {
    if (options.proxy) proxy.emplace(*std::move(options.proxy), *options.doorkeeper.clock);
  }

  net::Loop& loop;
  workflow::StoreThread& store;
  ConsoleOptions options;
  Doorkeeper doorkeeper;
  std::optional<ProxyGate> proxy;  // none: nobody comes by a load balancer
  EventHub hub;
  Executor executor;  // safe to be copied to, and called on, the store's thread
  ServerCounters counters;
  FailureCounts failure_counts;  // the store's thread alone
};

// Gives what `work(store)` gives, which runs on the store's thread.
template <class Work>
net::Task<Reply> from_store(Parts& parts, Work work) {
  co_return co_await parts.store.run(parts.loop, std::move(work));
}

// The routes. `parts` outlive the router.
void add_session_routes(Router& router, Parts& parts);
void add_server_routes(Router& router, Parts& parts);
void add_job_routes(Router& router, Parts& parts);
void add_control_routes(Router& router, Parts& parts);
void add_run_routes(Router& router, Parts& parts);
void add_plan_routes(Router& router, Parts& parts);
void add_browse_routes(Router& router, Parts& parts);
void add_configuration_routes(Router& router, Parts& parts);

// Refused tokens, as problems.
Problem wrong_token();
Problem too_many_tokens(std::chrono::seconds wait);

// Whether the operator's token was given again, which what cannot be undone asks for.
Answer<void> token_again(Parts& parts, const Call& call, std::string_view token);

// Who did it, for the job's record.
Action action_of(const Call& call, std::string what, std::string detail = {});

// The job as it is now: schema Job.
Reply job_reply(store::Store& store, const std::string& id, const Executor& executor, int status);

Problem bad_query(std::string_view name);
Problem bad_body();

}  // namespace s3m::console
