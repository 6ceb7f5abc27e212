#include "app/opening.hpp"

#include <utility>

#include "app/store_place.hpp"

namespace s3m::app {

Result<Opening> open_for(const Arguments& arguments, const aws::Environment& environment) {
  auto config = aws::SharedConfig::load(environment);
  if (!config) return forward(config);
  auto http = aws::http_options(environment);
  if (!http) return forward(http);
  auto url = store_url(arguments, environment);
  if (!url) return forward(url);
  auto store = store::open_store({.url = *url});
  if (!store) return forward(store);
  return Opening{.config = *std::move(config),
                 .http = *std::move(http),
                 .store_url = *std::move(url),
                 .store = *std::move(store)};
}

}  // namespace s3m::app
