#include "app/arguments.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace s3m::app {
namespace {

bool is_plain(char c) {
  constexpr std::string_view signs = "_-./:=@%+,";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         signs.contains(c);
}

std::string shell_word(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  // $'...' is the one form in which a shell reads escapes, so that a control character in a key
  // can be shown and still be pasted.
  const auto shown = single_line(word);
  const bool escaped = shown != word;
  std::string out = escaped ? "$'" : "'";
  for (const char c : escaped ? printable(word) : word) {
    if (c == '\'') {
      out += escaped ? "\\'" : "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::string shell_command(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    out += shell_word(log::redact_url(word));
  }
  return out;
}

}  // namespace s3m::app
