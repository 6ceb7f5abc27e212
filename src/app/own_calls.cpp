#include "app/own_calls.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "base/version.hpp"

namespace s3m::app {

Result<std::unique_ptr<OwnCalls>> OwnCalls::make(const aws::Environment& environment) {
  auto config = aws::SharedConfig::load(environment);
  if (!config) return forward(config);
  auto http = aws::http_options(environment);
  if (!http) return forward(http);
  http->max_response_bytes = 1u << 20;
  std::unique_ptr<OwnCalls> calls(new OwnCalls(environment, *std::move(config), *std::move(http)));
  auto source = aws::default_credentials(calls->runtime_, environment, calls->config_, {});
  if (!source) return forward(source);
  calls->identity_ =
      std::make_shared<aws::Identity>(calls->loop_, *std::move(source), calls->runtime_.clock);
  return calls;
}

OwnCalls::OwnCalls(const aws::Environment& environment, aws::SharedConfig config,
                   net::HttpClientOptions http)
    : environment_(environment),
      config_(std::move(config)),
      http_(loop_, std::move(http)),
      runtime_{.loop = loop_,
               .http = http_,
               .cancel = &cancel_,
               .user_agent = fmt::format("s3migrator/{}", version)} {}

OwnCalls::~OwnCalls() {
  http_.close();
}

aws::Client OwnCalls::client(aws::EndpointSettings settings) const {
  return {runtime_, identity_, std::move(settings), aws::unlimited_admission()};
}

Result<aws::Client> OwnCalls::client(std::string_view service) const {
  auto settings = aws::resolve_service(environment_, config_, {}, service);
  if (!settings) return forward(settings);
  return client(*std::move(settings));
}

void OwnCalls::drive(net::Task<void> work, std::chrono::milliseconds span) {
  bool ended = false;
  boost::asio::co_spawn(loop_, std::move(work), [this, &ended](const std::exception_ptr& bug) {
    ended = true;
    loop_.stop();
    if (bug) std::rethrow_exception(bug);
  });
  loop_.restart();
  loop_.run_for(span);
  if (ended) return;
  cancel_.cancel();
  http_.cancel_all();
  loop_.restart();
  loop_.run();
}

}  // namespace s3m::app
