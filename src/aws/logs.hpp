// logs.hpp: what CloudWatch Logs has of one stream (JSON protocol, Logs_20140328).
//
// Layer      aws.
// Threading  one loop.
// Source     API reference of GetLogEvents: a page has up to 1 MB or 10,000 events, can be partial
//            or empty without being the end, and the end is where the forward token that comes back
//            is the one that was sent.
#pragma once

#include <string>
#include <vector>

#include "aws/client.hpp"
#include "base/time.hpp"
#include "net/task.hpp"

namespace s3m::aws {

struct LogWindow {
  std::string group, stream;
  WallTime start, end;  // start is in it, end is not
};

struct LogEvent {
  WallTime time;
  std::string message;  // a line of what the program wrote
};

struct LogPage {
  std::vector<LogEvent> events;  // oldest first; may be empty
  std::string next;              // asks for the next page
  bool last = false;             // there is nothing behind it now
};

class Logs {
 public:
  explicit Logs(Client client) : client_(std::move(client)) {}

  // One page of `window`, from its start for an empty `token`, else the page that `token` asks for.
  //
  // Errors  those of Client::call; not_found where there is no such group or stream (a stream
  //         begins with the first line of its task); protocol for a page without a token.
  net::Task<Result<LogPage>> get_log_events(LogWindow window, std::string token);

 private:
  Client client_;
};

}  // namespace s3m::aws
