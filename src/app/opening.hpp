// opening.hpp: what every command that reaches a service and has jobs begins with.
//
// Layer      app.
// Threading  the calling thread waits for the store.
#pragma once

#include <memory>
#include <string>

#include "app/arguments.hpp"
#include "aws/config.hpp"
#include "net/http_client.hpp"
#include "store/store.hpp"

namespace s3m::app {

struct Opening {
  aws::SharedConfig config;
  net::HttpClientOptions http;
  std::string store_url;
  std::unique_ptr<store::Store> store;
};

// Reads the shared configuration and opens the store that `arguments` or the environment name. No
// request is sent.
// Errors: config; those of store::open_store.
Result<Opening> open_for(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
