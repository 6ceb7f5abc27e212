// own_calls.hpp: a few requests with the process's own credentials, each waited for.
//
// Layer      app.
// Threading  the thread that made it alone.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "aws/config.hpp"
#include "net/http_client.hpp"
#include "net/signal.hpp"

namespace s3m::app {

class OwnCalls {
 public:
  // Reads the shared configuration. `environment` outlives it. Errors: config.
  static Result<std::unique_ptr<OwnCalls>> make(const aws::Environment& environment);
  ~OwnCalls();
  OwnCalls(const OwnCalls&) = delete;
  OwnCalls& operator=(const OwnCalls&) = delete;

  const aws::SharedConfig& config() const noexcept { return config_; }
  aws::Client client(aws::EndpointSettings settings) const;
  // Of a service as resolve_service() names it. Errors: config.
  Result<aws::Client> client(std::string_view service) const;

  // What has not ended within `span` fails with `cancelled`, and so does all that comes after it.
  // Answers longer than a megabyte are an error.
  template <class T>
  Result<T> wait(net::Task<Result<T>> work, std::chrono::milliseconds span) {
    std::optional<Result<T>> outcome;
    drive(keep(std::move(work), outcome), span);
    return std::move(outcome.value());
  }

 private:
  OwnCalls(const aws::Environment& environment, aws::SharedConfig config,
           net::HttpClientOptions http);

  template <class T>
  static net::Task<void> keep(net::Task<Result<T>> work, std::optional<Result<T>>& outcome) {
    outcome = co_await std::move(work);
  }
  void drive(net::Task<void> work, std::chrono::milliseconds span);

  const aws::Environment& environment_;
  aws::SharedConfig config_;
  net::Loop loop_{1};
  net::CancelToken cancel_{loop_};
  net::HttpClient http_;
  mutable aws::Runtime runtime_;
  std::shared_ptr<aws::Identity> identity_;
};

}  // namespace s3m::app
