// lambda_runtime.hpp: a function of AWS Lambda as a custom runtime.
//
// Layer      app.
// Threading  the calling thread alone.
// Source     AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes"
//            (2018-06-01): next, response, error, init error.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "aws/config.hpp"
#include "base/error.hpp"

namespace s3m::app {

struct LambdaInvocation {
  std::string request_id;
  std::string event;                               // JSON
  std::chrono::steady_clock::time_point deadline;  // the process is stopped then
};

// Gives JSON. An error is the function's, and told to who asked; the next invocation is served.
using LambdaHandler = std::function<Result<std::string>(const LambdaInvocation&)>;

// The host and port of the runtime API; empty where this is no function.
std::string lambda_api(const aws::Environment& environment);

// Serves invocations, one at a time, until the API is gone.
// Gives  never ok: the error that ended it. What runs the function ends the process.
Error serve_lambda(const std::string& api, const LambdaHandler& handler);

// Tells that the function cannot begin. Errors: those of the way there.
Result<void> refuse_lambda(const std::string& api, const Error& why);

}  // namespace s3m::app
