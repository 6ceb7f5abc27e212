// engine.hpp: the composition root: everything a command runs in, wired once.
//
// Layer      app.
// Threading  one loop, run by the caller; the store has a thread of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/arguments.hpp"
#include "app/identities.hpp"
#include "app/opening.hpp"
#include "net/http_client.hpp"
#include "transfer/governor.hpp"
#include "workflow/job_context.hpp"

namespace s3m::app {

class Engine {
 public:
  // open_for(), and prepares both sides. No request is sent. `environment` and `events` outlive the
  // engine.
  // Errors: config, io.
  static Result<std::unique_ptr<Engine>> make(const Arguments& arguments,
                                              const aws::Environment& environment,
                                              EventSink& events, std::string job_id);

  net::Loop& loop() noexcept { return loop_; }
  net::CancelToken& cancel() noexcept { return cancel_; }
  workflow::JobContext& context() noexcept { return context_; }
  const std::string& job_id() const noexcept { return context_.job_id; }
  const std::optional<workflow::Access>& source() const noexcept { return source_; }
  const workflow::Access& destination() const noexcept { return *destination_; }

  // Other limits, from now on. On the loop's thread.
  void limit(const transfer::GovernorOptions& options) { governor_.change(options); }

  // Stops at once: requests in flight fail with `cancelled`. For work that changes nothing.
  void abandon();

  // The work is done: lets the loop run out.
  void close();

 private:
  Engine(const Arguments& arguments, const aws::Environment& environment, Opening opening,
         EventSink& events, std::string job_id);
  Result<void> prepare_sides(const Arguments& arguments);

  net::Loop loop_{1};
  net::CancelToken cancel_;
  net::HttpClient http_;
  aws::Runtime control_, work_;
  transfer::Governor governor_;
  workflow::StoreThread store_;
  const aws::Environment& environment_;
  aws::SharedConfig config_;
  Identities identities_;
  workflow::JobContext context_;
  std::optional<workflow::Access> source_, destination_;
};

// "s3migrator 0.1.0"
std::string program_name();

}  // namespace s3m::app
