// process_source.cpp: keys that a program prints.
//
// Source  AWS SDKs and Tools reference guide, "Process credential provider".
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "base/text.hpp"
#include "net/process.hpp"

namespace s3m::aws {
namespace {

// Long enough for a program that asks a browser or a hardware key.
constexpr std::chrono::minutes patience{1};

// The end of what the program complained of: its last words say most.
std::string last_words(std::string_view standard_error) {
  constexpr std::size_t most = 400;
  auto words = trim(standard_error);
  if (words.empty()) return "it said nothing on standard error";
  if (words.size() > most) words.remove_prefix(words.size() - most);
  return "it said: " + printable(words);
}

Result<void> check_version(std::string_view document) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(document, error);
  const auto* object = error ? nullptr : parsed.if_object();
  const auto* version = object == nullptr ? nullptr : object->if_contains("Version");
  // credentials_from_json says it better of what is no object.
  if (object == nullptr) return ok;
  if (version != nullptr && version->is_int64() && version->get_int64() == 1) return ok;
  return fail(Errc::protocol, "its Version is not 1");
}

Result<Credentials> read(const net::ProcessOutput& output) {
  if (output.exit_code != 0) {
    return fail(Errc::config, fmt::format("the program ended with exit code {}; {}",
                                          output.exit_code, last_words(output.standard_error)));
  }
  auto version = check_version(output.standard_output);
  auto credentials = version ? credentials_from_json(output.standard_output, "SessionToken")
                             : Result<Credentials>(forward(version));
  if (!credentials) {
    return fail(Errc::config,
                "what the program printed cannot be used: " + credentials.error().message());
  }
  return credentials;
}

class ProcessSource final : public CredentialsSource {
 public:
  ProcessSource(Setting command, std::string account)
      : command_(std::move(command)), account_(std::move(account)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto output = co_await net::run_process(command_.value, patience);
    auto credentials = output ? read(*output) : Result<Credentials>(forward(output));
    if (!credentials) {
      credentials.error().context(describe());
    } else if (credentials->account.empty()) {
      credentials->account = account_;
    }
    co_return credentials;
  }

  // The command line is not shown: people put passwords there.
  std::string describe() const override { return "credential_process at " + command_.origin; }

 private:
  Setting command_;
  std::string account_;
};

}  // namespace

MaybeSource process_source(const Settings& settings) {
  auto command = settings.profile("credential_process");
  if (!command) return nullptr;
  const auto account = settings.profile("aws_account_id");
  return std::make_unique<ProcessSource>(*std::move(command),
                                         account ? account->value : std::string());
}

}  // namespace s3m::aws
