#include "aws/config.hpp"

#include <cstdlib>
#include <pwd.h>
#include <set>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

std::string expand_home(std::string path, const Environment& environment) {
  const bool from_home = path == "~" || path.starts_with("~/");
  return from_home ? home_directory(environment) + path.substr(1) : path;
}

std::string path_of(const Environment& environment, std::string_view variable,
                    std::string_view default_path) {
  const auto set = environment(variable);
  const bool given = set && !set->empty();
  return expand_home(given ? *set : std::string(default_path), environment);
}

// `sections[name]`, or null.
const ConfigSection* find(const ConfigFile::Sections& sections, std::string_view name) {
  const auto found = sections.find(name);
  return found == sections.end() ? nullptr : &found->second;
}

void add(ProfileSettings& settings, const ConfigSection& section, std::string_view prefix = {}) {
  for (const auto& [key, value] : section.values) {
    settings.insert_or_assign(std::string(prefix) + key, value.text);
  }
}

std::string at(const ConfigFile& file, int line) {
  return fmt::format("{}:{}", printable(file.path), line);
}

// "; FILE:7 has [prod], which must be [profile prod] there": empty when there is no such slip.
std::string nearly(const ConfigFile& file, const std::string& written, const std::string& meant) {
  const auto found = file.unread.find(written);
  if (found == file.unread.end()) return {};
  return fmt::format("; {} has [{}], which must be [{}] in that file", at(file, found->second),
                     printable(written), printable(meant));
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string home_directory(const Environment& environment) {
  if (auto home = environment("HOME"); home && !home->empty()) return *std::move(home);
  char buffer[4096];
  passwd entry{};
  passwd* found = nullptr;
  const bool known = ::getpwuid_r(::getuid(), &entry, buffer, sizeof buffer, &found) == 0 &&
                     found != nullptr && found->pw_dir != nullptr;
  return known ? found->pw_dir : "";
}

Result<SharedConfig> SharedConfig::load(const Environment& environment) {
  SharedConfig loaded;
  auto config = read_config_file(path_of(environment, "AWS_CONFIG_FILE", "~/.aws/config"),
                                 ConfigFileKind::config);
  if (!config) return forward(config);
  auto credentials =
      read_config_file(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
                       ConfigFileKind::credentials);
  if (!credentials) return forward(credentials);
  loaded.config_ = *std::move(config);
  loaded.credentials_ = *std::move(credentials);
  for (const auto* file : {&loaded.config_, &loaded.credentials_}) {
    for (const auto& remark : file->remarks)
      log::warning("{}", remark);
  }
  loaded.merge();
  return loaded;
}

void SharedConfig::merge() {
  for (const auto& [name, section] : config_.profiles)
    add(profiles_[name], section);
  for (const auto& [name, section] : credentials_.profiles)
    add(profiles_[name], section);
  for (const auto& [name, section] : config_.sso_sessions)
    add(sso_sessions_[name], section);
  for (auto& [name, settings] : profiles_) {
    const auto services = settings.find("services");
    if (services == settings.end()) continue;
    if (const auto* section = find(config_.services, services->second)) {
      add(settings, *section, "services.");
    }
  }
}

const ProfileSettings* SharedConfig::profile(std::string_view name) const {
  const auto found = profiles_.find(name);
  return found == profiles_.end() ? nullptr : &found->second;
}

const ProfileSettings* SharedConfig::sso_session(std::string_view name) const {
  const auto found = sso_sessions_.find(name);
  return found == sso_sessions_.end() ? nullptr : &found->second;
}

std::string SharedConfig::where(std::string_view profile, std::string_view key) const {
  const auto* in_credentials = find(credentials_.profiles, profile);
  const auto* in_config = find(config_.profiles, profile);
  for (const auto& [file, section] :
       {std::pair(&credentials_, in_credentials), std::pair(&config_, in_config)}) {
    if (section == nullptr) continue;
    const auto value = section->values.find(key);
    if (value != section->values.end()) return at(*file, value->second.line);
  }
  if (key.starts_with("services.") && in_config != nullptr) {
    const auto name = in_config->values.find("services");
    const auto* section =
        name == in_config->values.end() ? nullptr : find(config_.services, name->second.text);
    const auto inner = key.substr(std::string_view("services.").size());
    if (section != nullptr && section->values.contains(inner)) {
      return at(config_, section->values.find(inner)->second.line);
    }
  }
  if (in_config != nullptr) return at(config_, in_config->line);
  if (in_credentials != nullptr) return at(credentials_, in_credentials->line);
  return printable(config_.path);
}

Error SharedConfig::no_such_profile(std::string_view name) const {
  std::string known;
  for (const auto& [profile, settings] : profiles_) {
    known += known.empty() ? "they have " : ", ";
    known += printable(profile);
  }
  if (known.empty()) known = "they have no profiles, or do not exist";
  const std::string wanted(name);
  return Error(Errc::config,
               fmt::format("there is no profile '{}' in {} or {}; {}{}{}", printable(name),
                           printable(config_.path), printable(credentials_.path), known,
                           nearly(config_, wanted, "profile " + wanted),
                           nearly(credentials_, "profile " + wanted, wanted)));
}

}  // namespace s3m::aws
