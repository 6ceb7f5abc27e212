// test_loop.hpp: runs one coroutine of a test to its end.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "net/task.hpp"

namespace s3m::aws {

// Gives the task's result. Throws when it can never end, because the loop has run out of work.
template <class T>
T run(net::Loop& loop, net::Task<T> task) {
  std::optional<T> result;
  loop.restart();
  net::asio::co_spawn(loop, std::move(task), [&result](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    result.emplace(std::move(value));
  });
  loop.run();
  return std::move(result.value());
}

}  // namespace s3m::aws
