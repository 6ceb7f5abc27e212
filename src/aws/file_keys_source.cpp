// file_keys_source.cpp: keys of a profile in one of the two shared files.
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

// Empty when the section has no such key.
std::string text(const ConfigSection& section, std::string_view key) {
  const auto found = section.values.find(key);
  return found == section.values.end() ? std::string() : found->second.text;
}

Result<Credentials> keys_of(const ConfigFile& file, const std::string& profile) {
  const auto found = file.profiles.find(profile);
  const ConfigSection none;
  const auto& section = found == file.profiles.end() ? none : found->second;
  const auto wrong = [&](std::string_view what) {
    return fail(Errc::config, fmt::format("{}:{}: profile {} {}", printable(file.path),
                                          section.line, printable(profile), what));
  };
  Credentials keys{.access_key_id = text(section, "aws_access_key_id"),
                   .secret_access_key = text(section, "aws_secret_access_key"),
                   .session_token = text(section, "aws_session_token"),
                   .account = text(section, "aws_account_id")};
  if (keys.access_key_id.empty()) return wrong("has no aws_access_key_id, or an empty one");
  if (keys.secret_access_key.empty()) {
    return wrong("has an aws_access_key_id, but no aws_secret_access_key in the same file");
  }
  if (keys.session_token.empty()) keys.session_token = text(section, "aws_security_token");
  if (auto checked = check_sendable(keys); !checked) {
    return wrong("cannot be used: " + checked.error().message());
  }
  return keys;
}

class FileKeysSource final : public CredentialsSource {
 public:
  FileKeysSource(std::string path, ConfigFileKind kind, std::string profile)
      : path_(std::move(path)), kind_(kind), profile_(std::move(profile)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto file = read_config_file(path_, kind_);
    if (!file) co_return forward(file);
    co_return keys_of(*file, profile_);
  }

  std::string describe() const override {
    return fmt::format("profile {} ({})", printable(profile_), printable(path_));
  }

 private:
  std::string path_;
  ConfigFileKind kind_;
  std::string profile_;
};

}  // namespace

MaybeSource file_keys_source(const ConfigFile& file, ConfigFileKind kind,
                             const std::string& profile) {
  const auto found = file.profiles.find(profile);
  const bool configured =
      found != file.profiles.end() && found->second.values.contains("aws_access_key_id");
  if (!configured) return nullptr;
  auto keys = keys_of(file, profile);
  if (!keys) return forward(keys);
  return std::make_unique<FileKeysSource>(file.path, kind, profile);
}

}  // namespace s3m::aws
