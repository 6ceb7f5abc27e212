#include "app/serve_options.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "app/option_values.hpp"
#include "app/serve_keys.hpp"
#include "console/job_limits.hpp"
#include "console/peer_list.hpp"

namespace s3m::app {
namespace {

using Options = std::vector<OptionSpec>;

// "127.0.0.1:8080", "[::1]:0", "localhost:8080".
Result<void> set_listen(Arguments& arguments, const std::string& value) {
  const auto wrong = [&] {
    return usage(
        fmt::format("\"{}\" is not an address and a port; one looks like 127.0.0.1:8080 "
                    "or [::1]:8080",
                    printable(value)));
  };
  const auto colon = value.rfind(':');
  if (colon == std::string::npos) return wrong();
  auto address = value.substr(0, colon);
  const auto port = parse_u64(std::string_view(value).substr(colon + 1));
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  boost::system::error_code unknown;
  const auto parsed = boost::asio::ip::make_address(address, unknown);
  if (unknown || parsed.is_v6() != bracketed || !port || *port > 65'535) return wrong();
  arguments.serve.address = address;
  arguments.serve.port = static_cast<std::uint16_t>(*port);
  return ok;
}

template <auto Member>
Set serve_text() {
  return text([](Arguments& a) -> std::string& { return a.serve.*Member; });
}

Options listen_options() {
  const std::string group = "Where it listens";
  return {{"--listen", "ADDRESS:PORT", group,
           "Address and port (default 127.0.0.1:8080); port 0 is one that is free. Another address "
           "than the machine's own needs --tls-cert and --tls-key.",
           set_listen},
          {"--tls-cert", "FILE", group, "The certificate and those above it, PEM.",
           serve_text<&ServeArguments::tls_certificate>()},
          {"--tls-key", "FILE", group, "The certificate's key, PEM.",
           serve_text<&ServeArguments::tls_key>()},
          {"--insecure-listen", "", group,
           "Listens on any address without TLS: whoever is on the way reads the token. For a "
           "network that something else protects.",
           flag([](Arguments& a) -> bool& { return a.serve.insecure_listen; })},
          {"--allow-host", "NAME", group,
           "Another name that the server goes by: that of a proxy or a tunnel in front of it. "
           "Requests to any other name are refused.",
           [](Arguments& a, const std::string& value) -> Result<void> {
             if (value.empty() || value.contains(':') || value.contains('/'))
               return usage("a name has no port and no slash");
             a.serve.hosts.push_back(value);
             return ok;
           },
           true},
          {"--web-root", "DIRECTORY", group,
           "The built page (default: the one that is installed with the program).",
           serve_text<&ServeArguments::web_root>()}};
}

Options token_options() {
  const std::string group = "Who may come in";
  return {{"--token-file", "FILE", group,
           "The operator's token, the only line of a file that others may not read. Without it "
           "S3MIGRATOR_CONSOLE_TOKEN is taken, else a new token is made and printed.",
           serve_text<&ServeArguments::token_file>()},
          {"--viewer-token-file", "FILE", group,
           "A second token, for those who may look and not change anything.",
           serve_text<&ServeArguments::viewer_token_file>()}};
}

template <auto Member>
Set serve_list() {
  return [](Arguments& a, const std::string& value) -> Result<void> {
    if (value.empty()) return usage("the value is empty");
    (a.serve.*Member).push_back(value);
    return ok;
  };
}

Result<void> set_most_jobs(Arguments& arguments, const std::string& value) {
  auto jobs = number(value, 1, 64);
  if (!jobs) return forward(jobs);
  arguments.serve.most_jobs = static_cast<std::size_t>(*jobs);
  return ok;
}

template <auto Member>
Set serve_limit(std::uint32_t most) {
  return [most](Arguments& a, const std::string& value) -> Result<void> {
    auto limit = number(value, 1, most);
    if (!limit) return forward(limit);
    a.serve.*Member = static_cast<std::uint32_t>(*limit);
    return ok;
  };
}

Options limit_options() {
  const std::string group = "What its jobs share";
  return {
      {"--max-jobs", "N", group, "So many jobs run here at once (default 4).", set_most_jobs},
      {"--concurrency", "N", group,
       "Requests in flight of all jobs together, divided among those that run. Without it "
       "each finds out what is worth it.",
       serve_limit<&ServeArguments::concurrency>(console::most_concurrency)},
      {"--max-requests-per-second", "N", group,
       "Requests a second of all jobs together, divided likewise.",
       serve_limit<&ServeArguments::max_requests_per_second>(console::most_requests_per_second)}};
}

Options job_options() {
  const std::string group = "What an operator may begin";
  return {{"--allow-role-arn", "ARN|*", group,
           "A role that a job may assume, or * for any. Without it jobs use the server's own "
           "credentials alone.",
           serve_list<&ServeArguments::allowed_roles>(), true},
          {"--allow-profile", "NAME", group,
           "A profile of the server's ~/.aws/config that a job may name. A profile may run a "
           "command.",
           serve_list<&ServeArguments::allowed_profiles>(), true},
          {"--allow-endpoint", "URL", group,
           "An S3-compatible server that a job may name, beside the one of the server's own "
           "environment. Requests to it are signed with the credentials of the job.",
           serve_list<&ServeArguments::allowed_endpoints>(), true},
          {"--watch-only", "", group, "Begins and takes up no jobs: those of others are watched.",
           flag([](Arguments& a) -> bool& { return a.serve.watch_only; })}};
}

Result<void> set_operator(Arguments& arguments, const std::string& value) {
  const auto equals = value.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == value.size())
    return usage("looks like CLAIM=VALUE, groups=s3-operators say");
  arguments.serve.oidc_operators.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return ok;
}

Options proxy_options() {
  const std::string group = "People whom a load balancer signs in";
  return {
      {"--trusted-proxy", "ADDRESS|NETWORK", group,
       "An Application Load Balancer's address or subnet. What it says of who has signed in "
       "(x-amzn-oidc-data) is believed from there alone.",
       serve_list<&ServeArguments::proxies>(), true},
      {"--oidc-signer", "ARN", group, "The load balancer's ARN: nobody else's word counts.",
       serve_text<&ServeArguments::oidc_signer>()},
      {"--oidc-issuer", "URL", group, "The identity provider's issuer, as it names itself.",
       serve_text<&ServeArguments::oidc_issuer>()},
      {"--oidc-client", "ID", group,
       "The client id that the identity provider gave the load balancer (default: any).",
       serve_text<&ServeArguments::oidc_client>()},
      {"--oidc-keys", "URL", group,
       "Where the load balancer's public keys are (default: AWS's place for its region).",
       serve_text<&ServeArguments::oidc_keys>()},
      {"--oidc-operator", "CLAIM=VALUE", group,
       "Who has this claim, or has the value in its list, may change things; everybody else may "
       "look.",
       set_operator, true}};
}

Result<void> check_proxy(const ServeArguments& arguments) {
  const bool names_any = !arguments.oidc_signer.empty() || !arguments.oidc_issuer.empty() ||
                         !arguments.oidc_client.empty() || !arguments.oidc_keys.empty() ||
                         !arguments.oidc_operators.empty();
  if (arguments.proxies.empty()) {
    if (!names_any) return ok;
    return fail(Errc::usage, "--oidc-... says whom to believe; --trusted-proxy says from where");
  }
  if (arguments.oidc_signer.empty() || arguments.oidc_issuer.empty())
    return fail(Errc::usage, "--trusted-proxy needs --oidc-signer and --oidc-issuer");
  const auto peers = console::PeerList::make(arguments.proxies);
  if (!peers) return fail(Errc::usage, "--trusted-proxy: " + peers.error().message());
  const auto keys = keys_of_region(arguments.oidc_signer);
  if (!keys) return fail(Errc::usage, "--oidc-signer: " + keys.error().message());
  return ok;
}

bool is_loopback(const std::string& address) {
  boost::system::error_code unknown;
  const auto parsed = boost::asio::ip::make_address(address, unknown);
  return !unknown && parsed.is_loopback();
}

}  // namespace

std::vector<OptionSpec> serve_options() {
  auto all = listen_options();
  for (const auto& part : {token_options(), proxy_options(), job_options(), limit_options()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<OptionSpec> demo_options() {
  const std::string group = "The console at its end";
  return {{"--listen", "ADDRESS:PORT", group,
           "Address of this machine, and port (default: 127.0.0.1 and a port that is free).",
           set_listen},
          {"--web-root", "DIRECTORY", group,
           "The built page (default: the one that is installed with the program).",
           serve_text<&ServeArguments::web_root>()}};
}

Result<void> check_serve(const ServeArguments& arguments) {
  const bool tls = !arguments.tls_certificate.empty();
  if (tls == arguments.tls_key.empty())
    return fail(Errc::usage, "--tls-cert and --tls-key belong together");
  auto proxy = check_proxy(arguments);
  if (!proxy) return proxy;
  if (tls || arguments.insecure_listen || is_loopback(arguments.address)) return ok;
  return fail(Errc::usage,
              fmt::format("--listen {}: others can reach that address, and would read the token on "
                          "its way. Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind "
                          "an SSH tunnel or a proxy (--insecure-listen lifts this)",
                          arguments.address));
}

}  // namespace s3m::app
