// liveness.hpp: whether a job is at work, or left behind what it left for good.
//
// Layer      workflow.
// Threading  on the store's thread.
//
// A job is at work while a process has its claim. On this machine it is known whether that process
// lives; elsewhere its lease tells.
#pragma once

#include <chrono>
#include <string>

#include "store/store.hpp"

namespace s3m::workflow {

// By the clock that goes on while the machine sleeps: a lease does, so what watches it must, too
// (guard G25).
std::chrono::milliseconds boot_time();

bool is_alive(const store::JobClaim& claim, WallTime now);

// True only if some process runs the job now. False also when the store cannot be read.
bool is_at_work(store::Store& store, const std::string& job_id);

// True only if the job is known and is not at work. False also when the store cannot be read.
bool is_over(store::Store& store, const std::string& job_id);

}  // namespace s3m::workflow
