#include "app/cli.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/options.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

constexpr std::size_t text_width = 90;

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out, line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > text_width) flush();
    line += (line.empty() ? "" : " ") + word;
  }
  flush();
  return out;
}

std::string wrapped_paragraphs(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find("\n\n", at), text.size());
    out += (out.empty() ? "" : "\n") + wrapped(std::string_view(text).substr(at, end - at), 0);
    at = end + 2;
  }
  return out;
}

// An option's name on a line and its help wrapped below: easier to read than two narrow columns.
class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(12); }

  std::string make_option(const CLI::Option* option, bool) const override {
    return fmt::format("  {}{}\n{}", make_option_name(option, false), make_option_opts(option),
                       wrapped(option->get_description(), 6));
  }
  std::string make_positionals(const CLI::App*) const override { return {}; }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: " + usage_ + "\n\n";
  }
  std::string make_group(std::string group, bool,
                         std::vector<const CLI::Option*> options) const override {
    std::string out = group + ":\n";
    for (const auto* option : options)
      out += make_option(option, false);
    return out;
  }

 private:
  std::string usage_;
};

struct Command {
  CommandSpec spec;
  CLI::App* app = nullptr;
  std::vector<OptionSpec> options;
  std::map<const CLI::Option*, const OptionSpec*> by_option;
  std::vector<std::string> positionals;  // the words that are no options
};

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& words);
  std::variant<Arguments, Notice> run();

 private:
  void add(const CommandGroup& group);
  void add(const CommandSpec& spec);
  std::string understand(Command& command);  // empty, or what is wrong
  std::string take_positionals(const Command& command);
  std::string take_locations(const Command& command);
  std::string what_is_wrong_before_a_command() const;
  std::string what_is_wrong(const CLI::ParseError& error) const;
  std::string unknown_option(const Command& command) const;
  Command* chosen() const;
  Notice help() const;
  Notice usage(const std::string& sentence) const;

  std::vector<std::string> words_;
  CLI::App app_;
  std::vector<std::unique_ptr<Command>> commands_;
  Arguments arguments_;
};

Parser::Parser(const std::vector<std::string>& words) : words_(words) {
  app_.name("s3migrator");
  app_.description(
      wrapped("Copies S3 buckets between accounts and regions, and proves that "
              "everything arrived.",
              0));
  app_.formatter(std::make_shared<HelpFormatter>("s3migrator COMMAND [OPTIONS]"));
  app_.set_help_flag("--help,-h", "This text.");
  app_.require_subcommand(1);
  app_.footer(
      wrapped("s3migrator COMMAND --help has the rest. Credentials, profiles, regions and "
              "endpoints come from where the AWS tools have them.",
              0));
  for (const auto& group : command_groups())
    add(group);
  for (const auto& spec : commands())
    add(spec);
}

void Parser::add(const CommandGroup& group) {
  auto* const added = app_.add_subcommand(group.name, group.summary);
  added->formatter(
      std::make_shared<HelpFormatter>(fmt::format("s3migrator {} COMMAND [OPTIONS]", group.name)));
  added->set_help_flag("--help,-h", "This text.");
  added->require_subcommand(1);
  added->footer(fmt::format("s3migrator {} COMMAND --help has the rest.", group.name));
}

void Parser::add(const CommandSpec& spec) {
  auto& command = *commands_.emplace_back(std::make_unique<Command>());
  command.spec = spec;
  command.options = options_of(spec.verb);
  auto* const parent = spec.group.empty() ? &app_ : app_.get_subcommand(spec.group);
  command.app = parent->add_subcommand(spec.name, spec.summary);
  command.app->formatter(std::make_shared<HelpFormatter>(
      fmt::format("s3migrator {} {}{}[OPTIONS]", spec.full_name(), fmt::join(spec.positionals, " "),
                  spec.positionals.empty() ? "" : " ")));
  command.app->set_help_flag("--help,-h", "This text.");
  command.app->footer(spec.examples);
  if (!spec.positionals.empty()) {
    command.app->add_option("positionals", command.positionals)
        ->expected(0, static_cast<int>(spec.positionals.size()));
  }
  for (const auto& option : command.options) {
    const bool is_flag = option.placeholder.empty();
    auto* added = is_flag ? command.app->add_flag(option.name)
                          : command.app->add_option(option.name, CLI::callback_t{}, option.help);
    added->description(option.help)->group(option.group);
    added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (!is_flag) added->option_text(option.placeholder);
    command.by_option[added] = &option;
  }
}

std::variant<Arguments, Notice> Parser::run() {
  std::vector<std::string> reversed(words_.rbegin(), words_.rend() - 1);
  try {
    app_.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return help();
  } catch (const CLI::ParseError& error) {
    return usage(what_is_wrong(error));
  }
  auto& command = *chosen();
  const auto wrong = understand(command);
  if (!wrong.empty()) return usage(wrong);
  return std::move(arguments_);
}

Command* Parser::chosen() const {
  const auto found =
      std::ranges::find_if(commands_, [](const auto& command) { return command->app->parsed(); });
  return found == commands_.end() ? nullptr : found->get();
}

std::string Parser::understand(Command& command) {
  arguments_.verb = command.spec.verb;
  arguments_.words = words_;
  if (auto wrong = take_positionals(command); !wrong.empty()) return wrong;
  std::vector<std::string> given;
  std::map<const CLI::Option*, std::size_t> seen;
  // In the order of the command line: of --include and --exclude the last that matches decides.
  for (const auto* option : command.app->parse_order()) {
    const auto found = command.by_option.find(option);
    if (found == command.by_option.end()) continue;
    const auto& spec = *found->second;
    const auto index = seen[option]++;
    if (index > 0 && !spec.repeatable) return spec.name + " is given twice";
    auto set = spec.set(arguments_, option->results().at(index));
    if (!set) return spec.name + ": " + set.error().message();
    given.push_back(spec.name);
    const bool is_flag = spec.placeholder.empty();
    arguments_.given.push_back({.name = spec.name,
                                .value = is_flag ? std::string() : option->results().at(index),
                                .flag = is_flag});
  }
  arguments_.spec.copy.filter = transfer::Filter(arguments_.filters);
  auto checked = check_arguments(arguments_, given);
  return checked ? std::string() : checked.error().message();
}

std::string Parser::take_positionals(const Command& command) {
  const auto& names = command.spec.positionals;
  const bool of_job = is_about_one_job(command.spec.verb);
  if (command.positionals.size() < names.size()) {
    return fmt::format("{} is missing; {}", names[command.positionals.size()],
                       of_job ? "s3migrator jobs list shows them"
                              : "it looks like "
                                "s3://bucket/prefix");
  }
  const bool names_job =
      command.spec.verb == Verb::cleanup && !command.positionals.front().contains("://");
  if (names_job) arguments_.verb = Verb::cleanup_job;
  if (!of_job && !names_job) return take_locations(command);
  arguments_.job = command.positionals.front();
  return {};
}

std::string Parser::take_locations(const Command& command) {
  std::vector<transfer::Location> places;
  for (const auto& word : command.positionals) {
    auto place = transfer::parse_location(word);
    if (!place) return place.error().message();
    places.push_back(*std::move(place));
  }
  if (places.size() == 2) arguments_.source = places.front();
  if (!places.empty()) arguments_.destination = places.back();
  // The name moves, too.
  if (command.spec.verb == Verb::migrate) arguments_.source = arguments_.destination;
  return {};
}

// The first word that looks like an option and is none.
std::string Parser::unknown_option(const Command& command) const {
  std::vector<std::string> known{"--help"};
  for (const auto& option : command.options)
    known.push_back(option.name);
  for (const auto& word : words_) {
    const auto name = word.substr(0, word.find('='));
    if (!word.starts_with("-") || word == "-" || word == "--") continue;
    if (name == "-h" || std::ranges::find(known, name) != known.end()) continue;
    const auto meant = nearest(name, known);
    return fmt::format("there is no option {}{}", printable(name),
                       meant.empty() ? "" : "; did you mean " + meant + "?");
  }
  return {};
}

std::string Parser::what_is_wrong_before_a_command() const {
  const auto& groups = command_groups();
  const bool in_group = words_.size() > 1 &&
                        std::ranges::find(groups, words_[1], &CommandGroup::name) != groups.end();
  const std::string group = in_group ? words_[1] : "";
  const std::size_t at = in_group ? 2 : 1;
  if (words_.size() <= at || words_[at].starts_with("-")) return "a command is missing";
  std::vector<std::string> known;
  for (const auto& each : commands_)
    if (each->spec.group == group) known.push_back(each->spec.name);
  if (!in_group)
    for (const auto& each : groups)
      known.push_back(each.name);
  const auto meant = nearest(words_[at], known);
  return fmt::format("there is no command \"{}{}\"{}", in_group ? group + " " : "",
                     printable(words_[at]),
                     meant.empty() ? "" : fmt::format("; did you mean {}?", meant));
}

std::string Parser::what_is_wrong(const CLI::ParseError& error) const {
  const auto* command = chosen();
  if (command == nullptr) return what_is_wrong_before_a_command();
  auto unknown = unknown_option(*command);
  if (!unknown.empty()) return unknown;
  const std::string said = error.what();
  const auto option = said.substr(0, said.find(':'));
  const bool lacks_value = dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr;
  if (lacks_value && option.starts_with("--")) return option + " needs a value";
  if (lacks_value || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return fmt::format("there are more words than {} takes", command->spec.full_name());
  }
  return single_line(said);
}

Notice Parser::help() const {
  auto* command = chosen();
  if (command == nullptr) return {app_.help(), 0};
  command->app->description(wrapped_paragraphs(command->spec.description));
  return {command->app->help(), 0};
}

Notice Parser::usage(const std::string& sentence) const {
  const auto* command = chosen();
  const auto name =
      command == nullptr ? std::string("s3migrator") : "s3migrator " + command->spec.full_name();
  return {fmt::format("{}: {}\nSee {} --help.\n", name, sentence, name), 2};
}

}  // namespace

std::variant<Arguments, Notice> parse_command_line(const std::vector<std::string>& words) {
  // What people type first.
  if (words.size() == 2 && words.back() == "--version") return Parser({words[0], "version"}).run();
  return Parser(words).run();
}

}  // namespace s3m::app
