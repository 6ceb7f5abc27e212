// rig.hpp: the console on a port of its own, over a store that the test fills.
//
// Threading  one loop, run while a request is under way.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "console/console.hpp"
#include "console/runner.hpp"
#include "net/http_client.hpp"
#include "store/store.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::console {

inline const std::string operator_token = "operator-token-0123456789abcdef";
inline const std::string viewer_token = "viewer-token-0123456789abcdef";

struct Ask {
  std::string method = "GET", target;
  std::string body{};
  std::vector<std::pair<std::string, std::string>> fields{};
};

class Rig {
 public:
  // `runner` makes what runs jobs, for the store's URL; it stays until the rig is gone. `furnish`
  // adds to the options what lives on the console's loop.
  using MakeRunner = std::function<JobRunner*(const std::string& store)>;
  using Furnish = std::function<void(net::Loop& loop, ConsoleOptions& options)>;
  explicit Rig(ConsoleOptions options = {}, const MakeRunner& runner = nullptr,
               const Furnish& furnish = nullptr);
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  store::Store& store() { return *store_; }
  net::Loop& loop() { return loop_; }
  std::uint16_t port() const { return console_->port(); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port()); }

  // As it is; a Host is added unless there is one.
  net::HttpResponse ask(Ask what);
  // As a script with that token.
  net::HttpResponse ask_as(const std::string& token, Ask what);
  // As the console's page would, with that cookie.
  net::HttpResponse ask_page(const std::string& cookie, Ask what);
  // Signs in as a page; the cookie, or the answer's status where there is none.
  std::string sign_in(const std::string& token);
  // What a raw connection answers to `text` until it is closed.
  std::string talk(const std::string& text);

  static boost::json::value json(const net::HttpResponse& response);

  // A copy of 3 objects that ended with a failed one, whose key and message are given.
  void add_job(const std::string& id, const std::string& key = "a/b",
               const std::string& message = "AccessDenied");

 private:
  std::filesystem::path directory_;
  net::Loop loop_{1};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<workflow::StoreThread> thread_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace s3m::console
