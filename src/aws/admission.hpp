// admission.hpp: the permit that every attempt of every request needs.
//
// Layer      aws declares it; the governor of transfer implements it.
// Threading  one loop.
//
// A permit is held from just before the first byte is sent until the whole response is read, never
// while a retry sleeps, and never while another permit is awaited: so one budget serves small
// copies and the parts of large ones without a deadlock.
#pragma once

#include <chrono>
#include <cstdint>

#include "net/task.hpp"

namespace s3m::aws {

enum class RequestKind : std::uint8_t { list, read, copy, write, remove, control };
inline constexpr std::size_t request_kinds = 6;

enum class AttemptResult : std::uint8_t { ok, throttled, failed };

class Admission {
 public:
  virtual ~Admission() = default;
  // Takes a permit if one is free and nobody waits.
  virtual bool try_admit(RequestKind kind) = 0;
  // Waits for a permit in arrival order. Errors: cancelled when the job stops; no permit is taken.
  virtual net::Task<Result<void>> admit(RequestKind kind) = 0;
  // Returns the permit and says how the attempt went.
  virtual void done(RequestKind kind, std::chrono::nanoseconds latency, AttemptResult result) = 0;
  // A request waits, without a permit, until it may be sent again; and that wait has ended.
  virtual void backs_off(RequestKind /*kind*/) {}
  virtual void comes_back(RequestKind /*kind*/) {}
};

// Admits everything at once; for the few requests outside a job (credentials, STS).
Admission& unlimited_admission() noexcept;

}  // namespace s3m::aws
