// serve_keys.hpp: the public keys that a load balancer signs with.
//
// Layer      app.
// Threading  the console's loop.
#pragma once

#include <memory>
#include <string>

#include "aws/client.hpp"
#include "aws/config.hpp"
#include "aws/plain_http.hpp"
#include "net/http_client.hpp"
#include "net/signal.hpp"

namespace s3m::app {

// Where AWS has them for the region of a load balancer's ARN: a key's id is appended.
// Errors: config for what is no ARN of a load balancer.
Result<std::string> keys_of_region(const std::string& load_balancer_arn);

class ServeKeys {
 public:
  // `base`: "https://.../", to which a key's id is appended. `loop` and `environment` outlive it.
  // Errors: config.
  static Result<std::unique_ptr<ServeKeys>> make(net::Loop& loop,
                                                 const aws::Environment& environment,
                                                 const std::string& base);

  // In PEM. Errors: not_found: there is none of that id. unavailable for any other answer than the
  // key; what the way there says.
  net::Task<Result<std::string>> fetch(std::string id);

  void interrupt();
  // Lets the loop run out. Requires that no fetch() is under way.
  void close();

 private:
  ServeKeys(net::Loop& loop, net::HttpClientOptions http, aws::PlainUrl base);

  net::CancelToken cancel_;
  net::HttpClient http_;
  aws::Runtime runtime_;
  aws::PlainUrl base_;
};

}  // namespace s3m::app
