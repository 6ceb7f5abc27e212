#include "app/task_order.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "app/claim_wait.hpp"
#include "app/cli.hpp"
#include "app/jobs.hpp"
#include "app/migrate.hpp"
#include "app/own_calls.hpp"
#include "app/store_place.hpp"
#include "aws/s3.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "store/store.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

constexpr std::size_t longest_id = 64;
constexpr std::chrono::minutes patience_with_order{1};

std::unexpected<Error> wrong(std::string_view variable, std::string_view sentence) {
  return fail(Errc::usage, fmt::format("{}: {}", variable, sentence));
}

// Ids stand in names of sessions.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool takes_up(Verb verb) {
  return verb == Verb::jobs_resume || verb == Verb::jobs_retry || verb == Verb::undo;
}

Result<std::string> get(OwnCalls& calls, aws::EndpointSettings settings,
                        const transfer::Location& place) {
  aws::S3 s3(calls.client(std::move(settings)));
  return calls.wait(s3.get_object({.bucket = place.bucket, .key = place.prefix}, {}),
                    patience_with_order);
}

// The text of an object, signed by the container's own credentials.
Result<std::string> fetch_order(const std::string& uri, const aws::Environment& environment) {
  const auto place = transfer::parse_location(uri);
  if (!place || place->prefix.empty()) return wrong(job_variable, "no object: s3://BUCKET/KEY");
  auto calls = OwnCalls::make(environment);
  if (!calls) return forward(calls);
  auto settings = aws::resolve_settings(environment, (*calls)->config(), {});
  if (!settings) return forward(settings);
  auto text = get(**calls, settings->s3, *place);
  const bool elsewhere =
      !text && text.error().code() == Errc::wrong_region && !text.error().region().empty();
  if (!elsewhere) return text;
  settings->s3.region = text.error().region();
  return get(**calls, settings->s3, *place);
}

class Orders {
 public:
  Orders(const Arguments& arguments, const aws::Environment& environment,
         const HeldSignals& signals)
      : arguments_(arguments), environment_(environment), signals_(signals) {}

  // nullopt: the store does not know the job, and nobody has it.
  Result<std::optional<store::JobRecord>> known_job(const std::string& id) const;
  // What has ended well, or for good, is not begun again by whoever starts a container twice.
  Result<TaskOrder> going_on(const store::JobRecord& job) const;
  Result<TaskOrder> words(std::vector<std::string> words, const std::string& id) const;

 private:
  Result<TaskOrder> taking_up(Arguments asked) const;
  Result<TaskOrder> beginning(Arguments command, const std::string& id) const;

  const Arguments& arguments_;
  const aws::Environment& environment_;
  const HeldSignals& signals_;
};

Result<std::optional<store::JobRecord>> Orders::known_job(const std::string& id) const {
  auto url = store_url(arguments_, environment_);
  if (!url) return forward(url);
  auto store = store::open_store({.url = *url});
  if (!store) return forward(store);
  auto waited = wait_for_claim(**store, id, signals_);
  if (!waited) return forward(waited);
  return (*store)->find_job(id);
}

Result<TaskOrder> Orders::taking_up(Arguments asked) const {
  asked.store = arguments_.store;
  asked.output = arguments_.output;
  auto command = take_up(asked, environment_);
  if (!command) return forward(command);
  return TaskOrder{.command = *std::move(command)};
}

Result<TaskOrder> Orders::going_on(const store::JobRecord& job) const {
  const bool cancelled = job.state == store::JobState::cancelled;
  const bool done = job.state == store::JobState::done && job.exit_code == workflow::exit_verified;
  if (cancelled || done) {
    return TaskOrder{.command = {},
                     .exit_code = done ? workflow::exit_verified : workflow::exit_fatal,
                     .said = fmt::format("job {} {}; there is nothing to do", printable(job.id),
                                         done ? "is done" : "was cancelled")};
  }
  Arguments asked = arguments_;
  asked.verb = Verb::jobs_resume;
  asked.job = job.id;
  return taking_up(std::move(asked));
}

Result<TaskOrder> Orders::beginning(Arguments command, const std::string& id) const {
  if (command.dry_run) return wrong(job_variable, "--dry-run makes no job");
  command.output = arguments_.output;
  command.store = arguments_.store;
  if (command.verb == Verb::migrate) {
    auto unfinished = with_unfinished_migration(command, environment_);
    if (!unfinished) return forward(unfinished);
    if (unfinished->again && !id.empty()) {
      return fail(
          Errc::refused,
          fmt::format("job {0} moves that bucket and has not ended; {1}={0} goes on with it",
                      printable(unfinished->job), job_variable));
    }
    if (unfinished->again) return TaskOrder{.command = *std::move(unfinished)};
  }
  command.job = id.empty() ? new_job_id() : id;
  return TaskOrder{.command = std::move(command)};
}

Result<TaskOrder> Orders::words(std::vector<std::string> words, const std::string& id) const {
  words.insert(words.begin(), arguments_.words.empty() ? "s3migrator" : arguments_.words.front());
  auto parsed = parse_command_line(words);
  if (const auto* const notice = std::get_if<Notice>(&parsed))
    return wrong(job_variable, single_line(notice->text));
  auto command = std::get<Arguments>(std::move(parsed));
  if (!command.store.empty())
    return wrong(job_variable, "--store is not taken here: S3MIGRATOR_STORE says it");
  if (!takes_up(command.verb)) return beginning(std::move(command), id);
  auto job = known_job(command.job);
  if (!job) return forward(job);
  return taking_up(std::move(command));
}

}  // namespace

Result<std::vector<std::string>> read_words(std::string_view text) {
  boost::system::error_code unreadable;
  const auto value = boost::json::parse(text, unreadable);
  const auto* const array = value.if_array();
  if (unreadable || array == nullptr)
    return wrong(job_variable, "no JSON array of words, as [\"copy\", \"s3://a\", \"s3://b\"]");
  std::vector<std::string> words;
  for (const auto& element : *array) {
    const auto* const word = element.if_string();
    if (word == nullptr) return wrong(job_variable, "a word in the array is no string");
    words.emplace_back(*word);
  }
  const auto begins = [&words](std::initializer_list<std::string_view> with) {
    return words.size() >= with.size() &&
           std::ranges::equal(with, std::span(words).first(with.size()));
  };
  const bool runs_job = begins({"copy"}) || begins({"migrate"}) || begins({"undo"}) ||
                        begins({"jobs", "resume"}) || begins({"jobs", "retry"});
  if (!runs_job)
    return wrong(job_variable,
                 "the words must begin with copy, migrate, jobs resume, jobs retry or undo");
  return words;
}

Result<TaskOrder> task_order(const Arguments& arguments, const aws::Environment& environment,
                             const HeldSignals& signals) {
  const Orders orders(arguments, environment, signals);
  auto order = environment(job_variable).value_or("");
  const auto id = environment(job_id_variable).value_or("");
  if (order.empty()) return wrong(job_variable, "it is not set, so there is no job to run");
  if (!id.empty() && !is_id(id))
    return wrong(job_id_variable, "an id is made of a-z, 0-9 and -, 64 at most");
  if (order.starts_with("s3://")) {
    auto fetched = fetch_order(order, environment);
    if (!fetched) return forward(fetched);
    order = *std::move(fetched);
  }
  const bool names_job = !trim(order).starts_with('[');
  const auto name = names_job ? std::string(trim(order)) : id;
  if (names_job && !is_id(name))
    return wrong(job_variable, "neither words, nor an s3:// address, nor the id of a job");
  if (!name.empty()) {
    auto job = orders.known_job(name);
    if (!job) return forward(job);
    if (*job) return orders.going_on(**job);
    if (names_job)
      return fail(Errc::not_found, fmt::format("the store knows no job {}", printable(name)));
  }
  auto words = read_words(order);
  if (!words) return forward(words);
  return orders.words(*std::move(words), id);
}

}  // namespace s3m::app
