#include "app/serve.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "app/engine.hpp"
#include "app/job_command.hpp"
#include "app/open_files.hpp"
#include "app/run.hpp"
#include "app/say.hpp"
#include "app/serve_browser.hpp"
#include "app/serve_keys.hpp"
#include "app/serve_planner.hpp"
#include "app/serve_runner.hpp"
#include "app/store_place.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "console/console.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t token_bytes = 32;
// A job that is asked to stop finishes what is in flight and takes its grant out.
constexpr std::chrono::milliseconds patience{8000};
// A plan has nothing to put in order.
constexpr std::chrono::milliseconds patience_with_plans{500};
constexpr auto token_variable = "S3MIGRATOR_CONSOLE_TOKEN";

struct Token {
  Sha256 hash{};
  std::string shown;  // empty: who started the server has it already
};

Result<std::string> token_in(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0)
    return fail(Errc::config, fmt::format("the token file {} cannot be read", printable(file)));
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Errc::config, fmt::format("others may use the token file {}: chmod 600 {}",
                                          printable(file), printable(file)));
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return std::string(trim(text));
}

Result<Token> hashed(const std::string& token, std::string_view where) {
  auto hash = console::hash_of_token(token);
  if (hash) return Token{.hash = *hash, .shown = {}};
  return fail(Errc::config, fmt::format("{}: {}", where, hash.error().message()));
}

Result<Token> operator_token(const Arguments& arguments, const aws::Environment& environment) {
  const auto& file = arguments.serve.token_file;
  if (!file.empty()) {
    auto token = token_in(file);
    if (!token) return forward(token);
    return hashed(*token, "--token-file");
  }
  const auto given = environment(token_variable);
  if (given && !given->empty()) return hashed(*given, token_variable);
  const auto made = random_hex(token_bytes);
  return Token{.hash = sha256(made), .shown = made};
}

Result<std::optional<Sha256>> viewer_token(const Arguments& arguments) {
  const auto& file = arguments.serve.viewer_token_file;
  if (file.empty()) return std::nullopt;
  auto token = token_in(file);
  if (!token) return forward(token);
  auto hash = hashed(*token, "--viewer-token-file");
  if (!hash) return forward(hash);
  return hash->hash;
}

// PREFIX/bin/s3migrator has its page in PREFIX/share/s3migrator/web.
Result<console::StaticFiles> page_files(const Arguments& arguments) {
  if (!arguments.serve.web_root.empty())
    return console::StaticFiles::load(arguments.serve.web_root);
  std::error_code unknown;
  const auto program = fs::read_symlink("/proc/self/exe", unknown);
  const auto installed = program.parent_path().parent_path() / "share/s3migrator/web";
  if (unknown || !fs::exists(installed / "index.html", unknown)) return console::StaticFiles();
  return console::StaticFiles::load(installed);
}

// Also the address that it listens on, which no DNS answer can make another's.
std::vector<std::string> names_of(const ServeArguments& serve) {
  auto names = serve.hosts;
  names.push_back(serve.address);
  return names;
}

Result<console::ConsoleOptions> console_options(const Arguments& arguments, const Token& token,
                                                const std::string& store) {
  const auto& serve = arguments.serve;
  console::ConsoleOptions options{
      .address = serve.address,
      .port = serve.port,
      .hosts = names_of(serve),
      .program = program_name(),
      .version = std::string(version),
      .store_kind = store.starts_with("postgres") ? "postgresql" : "sqlite"};
  options.executor.words = [](std::string_view fact) {
    auto command = decode_command(fact);
    return command ? std::move(command->words) : std::vector<std::string>();
  };
  options.doorkeeper.operator_token = token.hash;
  auto viewer = viewer_token(arguments);
  if (!viewer) return forward(viewer);
  options.doorkeeper.viewer_token = *viewer;
  auto files = page_files(arguments);
  if (!files) return forward(files);
  options.files = *std::move(files);
  if (serve.tls_certificate.empty()) return options;
  auto tls = net::TlsContext::server(serve.tls_certificate, serve.tls_key);
  if (!tls) return forward(tls);
  options.tls = *std::move(tls);
  return options;
}

std::string url_of(const ServeArguments& serve, std::uint16_t port) {
  const bool v6 = serve.address.contains(':');
  return fmt::format("{}://{}{}{}:{}/", serve.tls_certificate.empty() ? "http" : "https",
                     v6 ? "[" : "", serve.address, v6 ? "]" : "", port);
}

void announce(const OutputArguments& output, const Listening& listening) {
  if (output.json) {
    print_listening(listening);
    return;
  }
  if (!output.quiet) say(stdout, "Console  {}\n", listening.url);
  if (!listening.token.empty())
    say(stdout, "Token    {}\n         Sign in with it; it is not shown again.\n", listening.token);
  std::fflush(stdout);
}

// Files and connections of the console are put aside.
std::uint32_t left_for_jobs() {
  const auto all = connections_allowed();
  const auto own = static_cast<std::uint32_t>(console::ConsoleOptions().max_connections);
  return all > 2 * own ? all - own : all / 2;
}

ServeRunner::Options runner_options(const ServeArguments& serve, const std::string& store) {
  return {.store = store,
          .allowed = {.endpoints = serve.allowed_endpoints,
                      .profiles = serve.allowed_profiles,
                      .roles = serve.allowed_roles},
          .most_jobs = serve.most_jobs,
          .share = {.in_flight = serve.concurrency.value_or(left_for_jobs()),
                    .per_second = serve.max_requests_per_second}};
}

// Null where nobody comes by a load balancer.
Result<std::unique_ptr<ServeKeys>> proxy_keys(const ServeArguments& serve, net::Loop& loop,
                                              const aws::Environment& environment) {
  if (serve.proxies.empty()) return nullptr;
  if (!serve.oidc_keys.empty()) return ServeKeys::make(loop, environment, serve.oidc_keys);
  auto place = keys_of_region(serve.oidc_signer);
  if (!place) return forward(place);
  return ServeKeys::make(loop, environment, *place);
}

// Requires arguments that check_serve() has seen. `keys` outlives the options.
console::ProxyOptions proxy_options(const ServeArguments& serve, ServeKeys& keys) {
  console::ProxyOptions options;
  if (auto peers = console::PeerList::make(serve.proxies)) options.peers = *std::move(peers);
  options.rules = {.signer = serve.oidc_signer,
                   .issuer = serve.oidc_issuer,
                   .client = serve.oidc_client,
                   .operators = {}};
  for (const auto& [claim, value] : serve.oidc_operators)
    options.rules.operators.push_back({claim, value});
  options.key = [&keys](std::string id) { return keys.fetch(std::move(id)); };
  return options;
}

// What the console stands on.
struct Parts {
  ServeRunner& runner;
  ServePlanner& planner;
  ServeBrowser& browser;
  ServeKeys* keys;  // null: nobody comes by a load balancer
};

// The jobs are paused, and the page says meanwhile that the server is gone.
net::Task<void> stop_at_signal(boost::asio::signal_set& signals, console::Console& console,
                               Parts parts) {
  auto& [runner, planner, browser, keys] = parts;
  co_await signals.async_wait(boost::asio::as_tuple(boost::asio::deferred));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  runner.interrupt();
  planner.interrupt();
  browser.interrupt();
  if (keys != nullptr) keys->interrupt();
  co_await console.stop();
  browser.close();
  if (keys != nullptr) keys->close();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  const bool jobs_ended = runner.wait(left);
  if (jobs_ended && planner.wait(patience_with_plans)) co_return;
  if (!jobs_ended) {
    log::warning(
        "jobs have not ended in time and are left as they are; the next server takes them up");
  }
  ::_exit(jobs_ended ? workflow::exit_verified : workflow::exit_interrupted);
}

Result<void> serve(const Arguments& arguments, const aws::Environment& environment,
                   const ServeSetting& setting) {
  auto token = operator_token(arguments, environment);
  if (!token) return forward(token);
  auto url = store_url(arguments, environment);
  if (!url) return forward(url);
  auto options = console_options(arguments, *token, *url);
  if (!options) return forward(options);
  options->simulator = setting.simulator;
  auto opened = store::open_store({.url = *url});
  if (!opened) return forward(opened);

  net::Loop loop(1);
  ServeRunner runner(runner_options(arguments.serve, *url), environment);
  ServePlanner planner({.store = *url, .allowed = runner.allowed()}, environment);
  auto browser = ServeBrowser::make(loop, runner.allowed(), environment);
  if (!browser) return forward(browser);
  auto keys = proxy_keys(arguments.serve, loop, environment);
  if (!keys) return forward(keys);
  if (*keys) options->proxy = proxy_options(arguments.serve, **keys);
  workflow::StoreThread store(*std::move(opened));
  if (!arguments.serve.watch_only) {
    options->runner = &runner;
    options->planner = &planner;
    options->browser = browser->get();
    options->executor.runs_jobs = true;
    options->executor.runs = [&runner](const std::string& id) { return runner.runs(id); };
    options->executor.limits = [&runner](const std::string& id) { return runner.limits(id); };
  }
  console::Console console(loop, store, *std::move(options));
  auto started = console.start();
  if (!started) return started;
  if (!arguments.serve.watch_only) {
    auto taken = runner.take_up_marked();
    if (!taken) log::warning("no job is taken up: {}", taken.error().describe());
  }
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  const Listening listening{
      .url = url_of(arguments.serve, console.port()), .token = token->shown, .stop = [&] {
        boost::asio::post(loop, [&signals] { signals.cancel(); });
      }};
  const Parts parts{runner, planner, **browser, keys->get()};
  boost::asio::co_spawn(loop, stop_at_signal(signals, console, parts),
                        [](const std::exception_ptr& bug) {
                          if (bug) std::rethrow_exception(bug);
                        });
  if (setting.announce) {
    setting.announce(listening);
  } else {
    announce(arguments.output, listening);
  }
  loop.run();
  if (setting.ended) setting.ended();
  return ok;
}

}  // namespace

void print_listening(const Listening& listening) {
  boost::json::object line{{"v", 1}, {"type", "listening"}, {"url", listening.url}};
  if (!listening.token.empty()) line["token"] = listening.token;
  say(stdout, "{}\n", boost::json::serialize(line));
  std::fflush(stdout);
}

int run_serve(const Arguments& arguments, const aws::Environment& environment,
              const ServeSetting& setting) {
  const auto served = serve(arguments, environment, setting);
  if (served) return workflow::exit_verified;
  say(stderr, "s3migrator: {}\n", single_line(served.error().describe()));
  return exit_code_of(served.error());
}

}  // namespace s3m::app
