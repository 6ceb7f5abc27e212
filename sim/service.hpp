// service.hpp: the way of a request: address, operation, signature, faults, throttle, execution,
// answer.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <functional>
#include <vector>

#include "base/time.hpp"
#include "net/http_message.hpp"
#include "sim/call.hpp"
#include "sim/cloud.hpp"
#include "sim/faults.hpp"
#include "sim/latency.hpp"
#include "sim/metrics.hpp"
#include "sim/scenario.hpp"
#include "sim/sigv4_check.hpp"
#include "sim/throttle.hpp"
#include "sim/world.hpp"

namespace s3m::sim {

class Service {
 public:
  explicit Service(const Scenario& scenario);

  // Answers a request of S3 or STS.
  Answer answer(const net::HttpRequest& request, WallTime now);

  World world;
  Faults faults;
  Metrics metrics;
  Throttle throttle;
  Latencies latencies;
  std::function<void(const RequestRecord&)> hook;

 private:
  // Everything up to the operation's own work.
  Permit prepare(Call& call);
  Permit authenticate(Call& call);
  const FaultRule* find_fault(const Call& call);
  Outcome execute(Call& call);
  Outcome execute(Call& call, const FaultRule& fault);
  Outcome cut_off(Call& call, const FaultRule& fault);
  void meddle(const Call& call, FaultEffect effect);
  net::ServerReply reply_of(const Call& call, Outcome outcome) const;
  std::chrono::microseconds latency_of(const Call& call, const FaultRule* fault, bool worked_on);
  void note(const Call& call, int status, std::string_view error, bool faulted);

  SignatureCheck signatures_;
};

}  // namespace s3m::sim
