// Any bytes as one of the shared configuration files: what is read is well-formed, and reads the
// same when it is written out again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "aws/config_file.hpp"
#include "base/text.hpp"

namespace {

using namespace s3m;
using namespace s3m::aws;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const ConfigSection& section, int lines) {
  require(section.line >= 1 && section.line <= lines);
  for (const auto& [key, value] : section.values) {
    require(key == lower(key) && !key.empty() && !key.contains(' '));
    require(value.text == trim(value.text));
    require(value.line >= 1 && value.line <= lines);
  }
}

// A nested key with a colon in it cannot be written on a line of its own.
bool writable(const std::string& key) {
  return !key.contains(':');
}

std::string written(const ConfigFile& file) {
  std::string text;
  for (const auto& [name, section] : file.profiles) {
    text += "[profile \"" + name + "\"]\n";
    for (const auto& [key, value] : section.values) {
      if (!writable(key)) continue;
      text += key + " = ";
      for (const char c : value.text) {
        text += c;
        if (c == '\n') text += "  ";
      }
      text += '\n';
    }
  }
  return text;
}

void check_round_trip(const ConfigFile& file) {
  const auto again = parse_config_file(written(file), "again", ConfigFileKind::config);
  require(again.has_value());
  require(again->profiles.size() == file.profiles.size());
  for (const auto& [name, section] : file.profiles) {
    const auto found = again->profiles.find(name);
    require(found != again->profiles.end());
    for (const auto& [key, value] : section.values) {
      if (!writable(key)) continue;
      const auto entry = found->second.values.find(key);
      require(entry != found->second.values.end() && entry->second.text == value.text);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const int lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  for (const auto kind : {ConfigFileKind::config, ConfigFileKind::credentials}) {
    const auto file = parse_config_file(text, "f", kind);
    if (!file) {
      require(file.error().code() == Errc::config);
      require(file.error().message().starts_with("f:"));
      continue;
    }
    for (const auto* sections : {&file->profiles, &file->sso_sessions, &file->services}) {
      for (const auto& [name, section] : *sections)
        check(section, lines);
    }
    if (kind == ConfigFileKind::config) check_round_trip(*file);
  }
  return 0;
}
