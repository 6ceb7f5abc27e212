#include "app/serve_words.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "app/cli.hpp"
#include "app/options.hpp"
#include "base/text.hpp"
#include "transfer/location.hpp"

namespace s3m::app {
namespace {

using console::Answer;
using console::JobRequest;
using console::Problem;
using console::SideRequest;

// What its messages ask for, once it has begun.
constexpr auto taken_on_the_way = std::to_array<std::string_view>(
    {"accept-weak-proof", "accept-unpinned-delete", "source-is-quiet", "rename", "name-timeout"});

constexpr auto taken_on_the_way_back = std::to_array<std::string_view>({"accept-weak-proof"});

// Files of the server, and what is the server's own business.
constexpr auto not_taken = std::to_array<std::string_view>(
    {"store", "report", "json", "quiet", "progress", "log-level", "dry-run", "help"});

struct SideOption {
  std::string_view name, field;
  std::string SideRequest::* member;
};
constexpr auto side_options =
    std::to_array<SideOption>({{"role-arn", "role_arn", &SideRequest::role_arn},
                               {"external-id", "external_id", &SideRequest::external_id},
                               {"profile", "profile", &SideRequest::profile},
                               {"region", "region", &SideRequest::region},
                               {"endpoint-url", "endpoint", &SideRequest::endpoint}});

// `detail` empty: field and message.
std::unexpected<Problem> invalid(std::string field, std::string message, std::string detail = {}) {
  if (detail.empty()) detail = fmt::format("{} {}", field, message);
  Problem problem{.status = 422, .code = "invalid", .detail = std::move(detail)};
  problem.fields.push_back({std::move(field), std::move(message)});
  return console::refuse(std::move(problem));
}

std::unexpected<Problem> not_allowed(std::string_view what, const std::string& value,
                                     std::string_view option) {
  return console::refuse({.status = 403,
                          .code = "not-allowed",
                          .detail = fmt::format("The {} {} is not among those that may be used "
                                                "here; the server is started with {} to allow it.",
                                                what, printable(value), option)});
}

// What may not be an option of the body although the command line knows it.
std::string_view why_not(const JobRequest& request, const JobRequest::Option& option) {
  if (std::ranges::find(not_taken, option.name) != not_taken.end())
    return "is not taken here: it is about the server";
  const bool of_side =
      option.name.starts_with("source-") || option.name.starts_with("destination-");
  if ((of_side && option.name != "source-is-quiet") || option.name == "migrator-role-arn")
    return "is a field of its own";
  if (option.name == "confirm-delete" && request.kind == "migrate")
    return "is not taken here: a migration is confirmed when all is proven";
  const auto names_file = [](const std::string& value) { return !value.contains('='); };
  if (option.name == "kms-key-map" && std::ranges::any_of(option.values, names_file))
    return "takes pairs here, SRC=DST; files are on the server";
  return {};
}

void add(std::vector<std::string>& words, std::string_view name, const std::string& value) {
  words.push_back(fmt::format("--{}={}", name, value));
}

void add_side(std::vector<std::string>& words, std::string_view name, const SideRequest& side) {
  for (const auto& [option, field, member] : side_options)
    if (!(side.*member).empty()) add(words, fmt::format("{}-{}", name, option), side.*member);
}

Answer<void> may_use_side(const SideArguments& side, const console::Allowed& allowed) {
  const auto& [profile, region, endpoint] =
      std::tie(side.options.profile, side.options.region, side.options.endpoint_url);
  const auto lacks = [](const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::ranges::find(list, value) == list.end();
  };
  if (lacks(allowed.profiles, profile)) return not_allowed("profile", profile, "--allow-profile");
  if (lacks(allowed.endpoints, endpoint))
    return not_allowed("endpoint", endpoint, "--allow-endpoint");
  if (!lacks(allowed.roles, side.role_arn) || !lacks(allowed.roles, "*")) return {};
  return not_allowed("role", side.role_arn, "--allow-role-arn");
}

// The field of the request that an option of the command line was made of.
std::string field_of(const std::string& option) {
  for (const auto* const side : {"source", "destination"}) {
    const auto prefix = std::string(side) + "-";
    if (!option.starts_with(prefix)) continue;
    const auto known = std::ranges::find(
        side_options, std::string_view(option).substr(prefix.size()), &SideOption::name);
    if (known == side_options.end()) continue;
    return fmt::format("{}.{}", side, known->field);
  }
  return option == "migrator-role-arn" ? "migrator_role_arn" : "options." + option;
}

// What the command line says of words that it does not take.
std::unexpected<Problem> not_understood(const JobRequest& request, const Notice& notice) {
  auto sentence = single_line(notice.text.substr(0, notice.text.find('\n')));
  const auto name = fmt::format("s3migrator {}: ", request.kind);
  if (sentence.starts_with(name)) sentence.erase(0, name.size());
  const auto begin = sentence.find("--");
  if (begin == std::string::npos) return invalid("options", sentence, sentence);
  const auto end = std::min(sentence.find_first_of(":; ,=", begin), sentence.size());
  return invalid(field_of(sentence.substr(begin + 2, end - begin - 2)), sentence, sentence);
}

Answer<void> is_place(const std::string& uri, std::string field) {
  // What begins so is no option.
  const auto place = uri.starts_with("s3://") ? transfer::parse_location(uri)
                                              : fail(Errc::usage, "looks like s3://bucket/prefix");
  if (place) return {};
  return invalid(std::move(field), place.error().message());
}

// "--name=value" taken apart; a word without "=" is a flag.
std::pair<std::string, std::optional<std::string>> option_in(std::string_view word) {
  word.remove_prefix(2);
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return {std::string(word), std::nullopt};
  return {std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))};
}

bool takes_value(Verb verb, const std::string& name) {
  const auto options = options_of(verb);
  const auto found = std::ranges::find(options, "--" + name, &OptionSpec::name);
  return found != options.end() && !found->placeholder.empty();
}

bool set_side(JobRequest& request, const std::string& name, const std::string& value) {
  for (const auto& [prefix, side] :
       {std::pair{"source-", &request.source}, std::pair{"destination-", &request.destination}}) {
    if (!name.starts_with(prefix)) continue;
    const auto rest = std::string_view(name).substr(std::string_view(prefix).size());
    const auto known = std::ranges::find(side_options, rest, &SideOption::name);
    if (known == side_options.end()) return false;
    side->*(known->member) = value;
    return true;
  }
  if (name == "migrator-role-arn") request.migrator_role_arn = value;
  return name == "migrator-role-arn";
}

void set_option(JobRequest& request, const std::string& name,
                const std::optional<std::string>& value) {
  if (value && set_side(request, name, *value)) return;
  if (std::ranges::find(not_taken, name) != not_taken.end()) return;
  if (name == "confirm-delete") return;  // what is deleted next is confirmed anew
  auto known = std::ranges::find(request.options, name, &JobRequest::Option::name);
  if (known == request.options.end())
    known = request.options.insert(request.options.end(), {name, {}});
  if (value) known->values.push_back(*value);
}

}  // namespace

Answer<std::vector<std::string>> words_of(const JobRequest& request) {
  std::vector<std::string> words{"s3migrator", request.kind};
  if (auto place = is_place(request.source.uri, "source.uri"); !place)
    return console::refuse(std::move(place.error()));
  words.push_back(request.source.uri);
  if (request.kind == "copy") {
    if (auto place = is_place(request.destination.uri, "destination.uri"); !place)
      return console::refuse(std::move(place.error()));
    words.push_back(request.destination.uri);
  }
  add_side(words, "source", request.source);
  add_side(words, "destination", request.destination);
  if (!request.migrator_role_arn.empty())
    add(words, "migrator-role-arn", request.migrator_role_arn);
  for (const auto& option : request.options) {
    if (const auto why = why_not(request, option); !why.empty())
      return invalid("options." + option.name, std::string(why));
    if (option.values.empty()) words.push_back("--" + option.name);
    for (const auto& value : option.values)
      add(words, option.name, value);
  }
  return words;
}

Answer<Arguments> arguments_of(const JobRequest& request, const console::Allowed& allowed) {
  auto words = words_of(request);
  if (!words) return console::refuse(std::move(words.error()));
  auto parsed = parse_command_line(*words);
  if (const auto* const notice = std::get_if<Notice>(&parsed))
    return not_understood(request, *notice);
  auto arguments = std::get<Arguments>(std::move(parsed));
  const auto verb = request.kind == "copy" ? Verb::copy : Verb::migrate;
  if (arguments.verb != verb || arguments.dry_run)
    return invalid("options", "make another command of it");
  auto may = may_use(arguments, allowed);
  if (!may) return console::refuse(std::move(may.error()));
  return arguments;
}

Answer<void> may_use(const Arguments& arguments, const console::Allowed& allowed) {
  SideArguments migrator;
  migrator.role_arn = arguments.migrator_role_arn;
  for (const auto* const side :
       {&arguments.source_side, &arguments.destination_side, &std::as_const(migrator)}) {
    auto may = may_use_side(*side, allowed);
    if (!may) return may;
  }
  return {};
}

namespace {

Answer<std::vector<std::string>> words_among(std::span<const std::string_view> taken,
                                             const std::vector<JobRequest::Option>& options) {
  std::vector<std::string> words;
  for (const auto& option : options) {
    if (std::ranges::find(taken, option.name) == taken.end())
      return invalid("options." + option.name, "is not changed once a job has begun");
    if (option.values.size() > 1) return invalid("options." + option.name, "is given twice");
    if (option.values.empty()) words.push_back("--" + option.name);
    for (const auto& value : option.values)
      add(words, option.name, value);
  }
  return words;
}

}  // namespace

Answer<std::vector<std::string>> more_words(const std::vector<JobRequest::Option>& options) {
  return words_among(taken_on_the_way, options);
}

Answer<std::vector<std::string>> undo_words(const std::vector<JobRequest::Option>& options) {
  return words_among(taken_on_the_way_back, options);
}

std::vector<std::string> with_more(std::vector<std::string> words,
                                   const std::vector<std::string>& more) {
  for (const auto& word : more) {
    const auto name = word.substr(0, word.find('='));
    const auto same = [&](const std::string& one) { return one.substr(0, one.find('=')) == name; };
    for (auto at = std::ranges::find_if(words, same); at != words.end();
         at = std::ranges::find_if(words, same)) {
      const bool value_follows = !at->contains('=') && word.contains('=') && at + 1 != words.end();
      words.erase(at, at + (value_follows ? 2 : 1));
    }
    words.push_back(word);
  }
  return words;
}

Answer<JobRequest> request_of(const std::vector<std::string>& words) {
  JobRequest request;
  if (words.size() < 3 || (words[1] != "copy" && words[1] != "migrate"))
    return invalid("", "the job was begun by another command than copy or migrate");
  request.kind = words[1];
  const auto verb = words[1] == "copy" ? Verb::copy : Verb::migrate;
  std::vector<std::string> places;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      places.push_back(words[i]);
      continue;
    }
    auto [name, value] = option_in(words[i]);
    if (!value && takes_value(verb, name) && i + 1 < words.size()) value = words[++i];
    set_option(request, name, value);
  }
  if (!places.empty()) request.source.uri = places.front();
  if (places.size() > 1) request.destination.uri = places.back();
  return request;
}

}  // namespace s3m::app
