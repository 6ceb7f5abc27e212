// test_loop.hpp: runs one coroutine of a test to its end.
#pragma once

#include <utility>

#include "net/test_support.hpp"

namespace s3m::aws {

// Gives the task's result. Throws when it can never end, because the loop has run out of work.
template <class T>
T run(net::Loop& loop, net::Task<T> task) {
  return net::testing::run_task(loop, std::move(task));
}

}  // namespace s3m::aws
