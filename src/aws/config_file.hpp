// config_file.hpp: one of the two files that AWS tools share, parsed.
//
// Layer   aws; pure, except read_config_file.
// Source  AWS SDKs and Tools reference guide, "Shared config and credentials files"; where tools
//         differ, the reading that accepts what any of them accepts (see the rules below).
//
// The dialect, line by line:
//   [profile NAME] [sso-session NAME] [services NAME] [default]   in the config file
//   [NAME]                                                        in the credentials file
//   key = value        keys without regard to case; "key: value" as Python's tools have it
//   # or ; opens a comment at the start of a line, indented or not, and after white space in a
//          value; in credential_process not inside quotes, where a shell command may have one
//   a line indented deeper than its property continues the value (joined by a newline); after an
//          empty value it is a nested setting instead, kept here as "s3.addressing_style"
//   a section or a key that comes again adds to the first; the later value of a key holds
//   [profile default] sets [default] aside
// A section or a key with a name outside [A-Za-z0-9_./%@:+-] is not read, as in AWS's own SDKs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace s3m::aws {

struct ConfigValue {
  std::string text;
  int line = 0;
};

struct ConfigSection {
  int line = 0;  // of its first header
  std::map<std::string, ConfigValue, std::less<>> values;
};

enum class ConfigFileKind : std::uint8_t { config, credentials };

struct ConfigFile {
  using Sections = std::map<std::string, ConfigSection, std::less<>>;
  std::string path;
  Sections profiles, sso_sessions, services;
  // Headers of no kind this file has, with their lines: what other tools keep here, and what a
  // person wrote in the form of the other file ([prod] for [profile prod]).
  std::map<std::string, int, std::less<>> unread;
  // What was read otherwise than its writer may have meant, a sentence each with file and line.
  std::vector<std::string> remarks;
};

// Errors: config with path and line. A value is never part of the message: it may be a secret.
Result<ConfigFile> parse_config_file(std::string_view text, std::string path, ConfigFileKind kind);

// A file that does not exist is an empty one. Errors: config, also when it cannot be read.
Result<ConfigFile> read_config_file(std::string path, ConfigFileKind kind);

}  // namespace s3m::aws
