// credentials_probe.cpp: says which credentials the chain of this program finds with the
// environment it is run in: {"access_key_id": ...} or {"error": ...}, one line. Never a secret.
//
//   credentials_probe [PROFILE]
#include <cstdio>
#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "aws/config.hpp"

namespace {

using namespace s3m;

net::Task<void> find(aws::Runtime& runtime, aws::CredentialsSource& source,
                     Result<aws::Credentials>& found) {
  found = co_await source.fetch();
  runtime.http.close();
}

Result<aws::Credentials> credentials(const std::string& profile) {
  const auto environment = aws::process_environment();
  const auto config = aws::SharedConfig::load(environment);
  if (!config) return fail(config.error().clone());
  auto options = aws::http_options(environment);
  if (!options) return forward(options);
  net::Loop loop;
  net::HttpClient http(loop, *std::move(options));
  aws::Runtime runtime{.loop = loop, .http = http, .retry = {.max_attempts = 1}};
  auto source = aws::default_credentials(runtime, environment, *config, {.profile = profile});
  if (!source) return forward(source);
  Result<aws::Credentials> found = fail(Errc::cancelled, "nothing was found");
  net::asio::co_spawn(loop, find(runtime, **source, found), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
  return found;
}

}  // namespace

int main(int count, char** arguments) {
  const auto found = credentials(count > 1 ? arguments[1] : "");
  boost::json::object answer;
  if (found) {
    answer["access_key_id"] = found->access_key_id;
    answer["has_token"] = !found->session_token.empty();
  } else {
    answer["error"] = found.error().describe();
  }
  std::puts(boost::json::serialize(answer).c_str());
  return found ? 0 : 1;
}
