// s3sim: the simulator as a program.
//
// Prints one line of JSON when it is ready (endpoint, accounts, roles, keys) and ends on SIGTERM
// or SIGINT.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <signal.h>
#include <string>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "net/tls.hpp"
#include "sim/scenario.hpp"
#include "sim/server.hpp"

namespace {

using s3m::Errc;
using s3m::Result;

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

std::optional<Address> parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto port = s3m::parse_u64(std::string_view(text).substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;
  return Address{text.substr(0, colon), static_cast<std::uint16_t>(*port)};
}

Result<s3m::sim::Scenario> load(const std::string& file) {
  if (file.empty()) return s3m::sim::default_scenario();
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return s3m::fail(Errc::config, "cannot read " + file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return s3m::sim::parse_scenario(text);
}

// Null without a certificate: plain.
Result<std::shared_ptr<s3m::net::TlsContext>> tls_of(const std::string& certificate,
                                                     const std::string& key) {
  if (certificate.empty() && key.empty()) return std::shared_ptr<s3m::net::TlsContext>();
  return s3m::net::TlsContext::server(certificate, key);
}

int complain(const std::string& text) {
  std::fprintf(stderr, "s3sim: %s\n", text.c_str());
  return 2;
}

// Blocked in all threads, so that they wait here for it.
sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  std::string listen = "127.0.0.1:0";
  std::string scenario_file;
  CLI::App options("s3sim: S3, STS and IAM in one process, for tests and demonstrations");
  options.add_option("--listen", listen, "address:port; port 0 lets the system choose")
      ->capture_default_str();
  options.add_option("--scenario", scenario_file, "accounts, buckets and faults (JSON)");
  std::string certificate, key;
  options.add_option("--tls-certificate", certificate, "PEM file; with it and --tls-key, https");
  options.add_option("--tls-key", key, "PEM file");
  CLI11_PARSE(options, argc, argv);

  const auto address = parse_address(listen);
  if (!address) return complain("--listen wants ADDRESS:PORT, not " + listen);
  auto scenario = load(scenario_file);
  if (!scenario) return complain(scenario.error().describe());
  auto tls = tls_of(certificate, key);
  if (!tls) return complain(tls.error().describe());

  const sigset_t signals = ending_signals();
  auto server = s3m::sim::Server::start(
      *scenario, {.address = address->host, .port = address->port, .tls = *tls});
  if (!server) return complain(server.error().describe());
  std::printf("%s\n", (*server)->ready_line().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  (*server)->stop();
  return 0;
}
