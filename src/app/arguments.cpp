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

std::string command_of_job(const Arguments& arguments, std::vector<std::string> words) {
  words.insert(words.begin(), arguments.words.empty() ? "s3migrator" : arguments.words.front());
  if (!arguments.store.empty()) words.insert(words.end(), {"--store", arguments.store});
  return shell_command(words);
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

bool is_about_jobs(Verb verb) noexcept {
  return verb >= Verb::jobs_list && verb <= Verb::jobs_delete;
}

bool is_about_one_job(Verb verb) noexcept {
  return verb == Verb::undo || verb == Verb::cleanup_job ||
         (is_about_jobs(verb) && verb != Verb::jobs_list);
}

std::string jobs_command(const Arguments& arguments, std::string_view action,
                         const std::string& job_id) {
  return command_of_job(arguments, {"jobs", std::string(action), job_id});
}

std::string undo_command(const Arguments& arguments, const std::string& job_id) {
  return command_of_job(arguments, {"undo", job_id});
}

std::string cleanup_command(const Arguments& arguments, const SideArguments& side,
                            const std::string& bucket) {
  std::vector<std::string> words{"s3migrator", "cleanup", "s3://" + bucket};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--role-arn", side.role_arn);
  add("--external-id", side.external_id);
  add("--profile", side.options.profile);
  add("--region", side.options.region);
  add("--endpoint-url", side.options.endpoint_url);
  add("--migrator-role-arn", arguments.migrator_role_arn);
  add("--store", arguments.store);
  return shell_command(words);
}

}  // namespace s3m::app
