#include "app/job_command.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace s3m::app {

// Each part ends with a NUL, which neither a word nor a path can hold; their other bytes are free.
std::string encode(const JobCommand& command) {
  const auto has_password = [](const std::string& word) { return log::redact_url(word) != word; };
  if (std::ranges::any_of(command.words, has_password)) return {};
  std::string out = command.directory + '\0';
  for (const auto& word : command.words)
    out += word + '\0';
  return out;
}

std::optional<JobCommand> decode_command(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (parts.size() < 2) return std::nullopt;
  return JobCommand{parts.front(), {parts.begin() + 1, parts.end()}};
}

}  // namespace s3m::app
