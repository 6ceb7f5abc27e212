// admin.hpp: /_sim/: how a test outside the process scripts faults and reads counters.
//
// Layer  sim.
//
//   GET    /_sim/stats     counters as JSON
//   GET    /_sim/records   the recorded requests
//   POST   /_sim/record    starts recording
//   POST   /_sim/reset     forgets counters and records
//   POST   /_sim/fault     adds a rule: {"number": 3}
//   DELETE /_sim/fault     removes all rules, or ?number=3
//   POST   /_sim/switches  changes those that are named
//   POST   /_sim/expire    ends all sessions, or those of {"role": ARN}
//   POST   /_sim/bucket    adds a bucket, as in a scenario
//   POST   /_sim/object    adds an object: {"bucket": ..., "object": {...}}
//   POST   /_sim/throttle  replaces the throttles: {"throttles": [...]}
//   POST   /_sim/latency   replaces the latencies: {"latencies": [...]}
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"
#include "sim/service.hpp"

namespace s3m::sim {

inline constexpr std::string_view admin_root = "/_sim/";

// nullopt when the request is for another path.
std::optional<net::ServerReply> answer_admin(Service& service, const net::HttpRequest& request,
                                             WallTime now);

}  // namespace s3m::sim
