#include "app/demo_console.hpp"

#include <cstdlib>
#include <exception>
#include <optional>
#include <thread>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "app/say.hpp"
#include "app/serve.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;

// CI systems give some of their jobs a terminal, and nobody sits there.
bool somebody_is_there(const OutputArguments& output) {
  const char* const ci = std::getenv("CI");
  const bool machine = ci != nullptr && *ci != '\0';
  return !output.json && !output.quiet && !machine && ::isatty(STDIN_FILENO) == 1 &&
         ::isatty(STDOUT_FILENO) == 1;
}

// "http://127.0.0.1:8080/"
Result<net::Origin> origin_of(std::string_view url) {
  const auto host = url.find("//") + 2, colon = url.rfind(':');
  const auto port = parse_u64(url.substr(colon + 1, url.size() - colon - 2));
  if (!port || *port > 65'535) return fail(Errc::config, fmt::format("{} has no port", url));
  return net::Origin{.tls = url.starts_with("https:"),
                     .host = std::string(url.substr(host, colon - host)),
                     .port = static_cast<std::uint16_t>(*port)};
}

net::Task<Result<void>> ask(net::HttpClient& client, net::Origin origin, std::string target,
                            std::string token) {
  const auto head =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\n\r\n", target,
                  origin.host, origin.port, token);
  net::WireRequest request{.head = head, .body = {}};
  request.timeouts = {.connect = 5s, .response = 10s, .total = 10s};
  auto response = co_await client.send(origin, request);
  if (!response) co_return forward(response);
  if (response->status == 200) co_return ok;
  co_return fail(Errc::protocol,
                 fmt::format("the console answers {} to GET {}", response->status, target));
}

net::Task<Result<void>> ask_all(net::HttpClient& client, net::Origin origin, std::string token,
                                bool has_page) {
  auto healthy = co_await ask(client, origin, "/healthz", token);
  if (!healthy) co_return healthy;
  auto jobs = co_await ask(client, origin, "/api/v1/jobs", token);
  if (!jobs || !has_page) co_return jobs;
  co_return co_await ask(client, origin, "/", token);
}

// Whether the console answers, its page too where it has one. Not on its own thread.
Result<void> answers(const Listening& listening, bool has_page) {
  auto origin = origin_of(listening.url);
  if (!origin) return forward(origin);
  net::Loop loop(1);
  net::HttpClient client(loop, {});
  Result<void> found = ok;
  boost::asio::co_spawn(loop, ask_all(client, *origin, listening.token, has_page),
                        [&](const std::exception_ptr& bug, Result<void> result) {
                          client.close();
                          if (bug) std::rethrow_exception(bug);
                          found = std::move(result);
                        });
  loop.run();
  return found;
}

void say_what_to_try(const Listening& listening, const std::string& bucket) {
  say(stdout,
      "6. The console, on the same cloud and with the two jobs above:\n"
      "   Open     {}\n"
      "   Token    {}\n"
      "   Try      Create job, Next, Browse S3, {}, and Next to the end: it is copied into a "
      "bucket\n"
      "            of the other account while you look. The roles are filled in.\n"
      "   Ctrl-C ends the console, and the cloud with it.\n",
      listening.url, listening.token, bucket);
  std::fflush(stdout);
}

}  // namespace

int run_demo_console(const Arguments& arguments, const aws::Environment& environment,
                     const std::string& bucket) {
  const bool stays = somebody_is_there(arguments.output);
  const bool has_page = !arguments.serve.web_root.empty();
  Result<void> answered = ok;
  std::optional<std::thread> visitor;
  ServeSetting setting{.simulator = true, .announce = {}, .ended = {}};
  setting.announce = [&](const Listening& listening) {
    if (arguments.output.json) print_listening(listening);
    if (stays) {
      say_what_to_try(listening, bucket);
      return;
    }
    visitor.emplace([&answered, listening, has_page] {
      answered = answers(listening, has_page);
      listening.stop();
    });
    if (arguments.output.json || arguments.output.quiet) return;
    say(stdout, "6. The console listens at {}\n", listening.url);
  };
  setting.ended = [&visitor] {
    if (visitor) visitor->join();
  };
  const int code = run_serve(arguments, environment, setting);
  if (code != workflow::exit_verified || stays) return code;
  if (!answered) {
    say(stderr, "s3migrator: {}\n", single_line(answered.error().describe()));
    return workflow::exit_fatal;
  }
  if (!arguments.output.json && !arguments.output.quiet) {
    say(stdout,
        "   It answers, and ends now, as nobody sits here. In a terminal it stays open, to be "
        "tried.\n");
  }
  return workflow::exit_verified;
}

}  // namespace s3m::app
