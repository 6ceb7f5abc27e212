// serve_browser.hpp: buckets for who chooses one in the console.
//
// Layer      app.
// Threading  the console's loop.
//
// A side's session is kept for some minutes: who opens folder after folder assumes its role once.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "aws/client.hpp"
#include "aws/config.hpp"
#include "console/browser.hpp"
#include "console/runner.hpp"
#include "net/http_client.hpp"
#include "net/signal.hpp"

namespace s3m::app {

class ServeBrowser final : public console::Browser {
 public:
  // `loop` and `environment` outlive it.
  // Errors: config, of the environment.
  static Result<std::unique_ptr<ServeBrowser>> make(net::Loop& loop, console::Allowed allowed,
                                                    const aws::Environment& environment);
  ~ServeBrowser() override;

  net::Task<console::Answer<console::BrowsePage>> look(console::BrowseRequest request) override;

  // Ends what is asked for, and asks for nothing any more.
  void interrupt();
  // Lets the loop run out. Requires that no look() is under way.
  void close();

 private:
  struct Session;
  using SessionPtr = std::shared_ptr<Session>;  // in use while it is forgotten

  ServeBrowser(net::Loop& loop, console::Allowed allowed, const aws::Environment& environment,
               net::HttpClientOptions http);
  console::Answer<SessionPtr> session(const console::BrowseRequest& request);
  net::Task<Result<console::BrowsePage>> buckets(SessionPtr session, std::string next);
  net::Task<Result<console::BrowsePage>> objects(SessionPtr session,
                                                 console::BrowseRequest request);

  const console::Allowed allowed_;
  const aws::Environment& environment_;
  net::CancelToken cancel_;
  net::HttpClient http_;
  aws::Runtime runtime_;
  std::map<std::string, SessionPtr> sessions_;
};

}  // namespace s3m::app
