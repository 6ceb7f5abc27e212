// task.hpp: the coroutine type of this program and the event loop that runs it.
//
// Layer      net; base below.
// Threading  one io_context a thread, run by that thread alone. A Task and everything it touches
//            stay on the loop they were started on, so coroutine code takes no locks.
//
// Executor is the concrete io_context executor: the type-erased any_io_executor would cost an
// allocation and an indirect call on each hop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/error.hpp"

namespace s3m::net {

namespace asio = boost::asio;

// Make it as `Loop loop(1)`: Asio then takes no lock to post from the loop's own thread.
using Loop = asio::io_context;
using Executor = Loop::executor_type;

template <class T>
using Task = asio::awaitable<T, Executor>;

}  // namespace s3m::net
