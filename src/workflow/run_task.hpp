// run_task.hpp: for tests: runs one coroutine to its end on a loop.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "net/task.hpp"

namespace s3m::workflow {

template <class T>
T run_task(net::Loop& loop, net::Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&result](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    result.emplace(std::move(value));
  });
  loop.run();
  loop.restart();
  return std::move(result.value());
}

}  // namespace s3m::workflow
