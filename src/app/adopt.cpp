#include "app/adopt.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "app/cli.hpp"
#include "app/interrupts.hpp"
#include "app/migrate.hpp"
#include "app/options.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "workflow/adopt.hpp"

namespace s3m::app {
namespace {

using workflow::BucketRecord;

const std::string key_map = "--kms-key-map", region_option = "--destination-region";

class NoEvents final : public EventSink {
 public:
  void emit(const Event&) override {}
};

std::string name_of(const std::string& word) {
  return word.substr(0, word.find('='));
}

bool names(const std::vector<std::string>& words, const std::string& option) {
  return std::ranges::any_of(words, [&](const auto& word) { return name_of(word) == option; });
}

net::Task<void> find(Engine& engine, Interrupts& interrupts,
                     std::optional<Result<BucketRecord>>& found) {
  found = co_await workflow::find_record(engine.context(), engine.destination());
  interrupts.close();
  engine.close();
}

// Under a session name of its own: the job's is known when this has ended.
Result<BucketRecord> read(const Arguments& arguments, const aws::Environment& environment) {
  NoEvents nobody;
  auto engine = Engine::make(arguments, environment, nobody, new_job_id());
  if (!engine) return forward(engine);
  auto& loop = (*engine)->loop();
  Interrupts interrupts(
      loop, (*engine)->cancel(),
      {"stopping: nothing was changed; Ctrl-C again aborts", "aborted; nothing was changed"});
  std::optional<Result<BucketRecord>> found;
  boost::asio::co_spawn(loop, find(**engine, interrupts, found), [](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
  loop.run();
  return *std::move(found);
}

// The migration's own command, with what is said now in the place of what was said then.
std::vector<std::string> migrate_words(const Arguments& arguments, const BucketRecord& record) {
  std::vector<std::string> now;
  for (const auto& option : arguments.given)
    if (option.name != "--dry-run") now.push_back(option.word());
  std::vector<std::string> words{arguments.words.front(), "migrate",
                                 "s3://" + record.source.bucket};
  for (const auto& option : record.options)
    if (!names(now, name_of(option))) words.push_back(option);
  if (!names(now, region_option) && !record.destination.region.empty())
    words.push_back(region_option + "=" + record.destination.region);
  words.insert(words.end(), now.begin(), now.end());
  return words;
}

Result<void> check_options(const BucketRecord& record) {
  for (const auto& option : record.options) {
    if (belongs_to_the_job(name_of(option))) continue;
    return fail(Errc::protocol,
                fmt::format("{} has the option {}, which no migration keeps there; nothing was "
                            "changed",
                            workflow::record_key, printable(option)));
  }
  return ok;
}

bool is_undone(const workflow::Adoption& adoption) {
  const auto found = adoption.memory.facts.find(workflow::fact::giving);
  return found != adoption.memory.facts.end() && !found->second.empty();
}

std::string next_text(const workflow::Adoption& adoption, workflow::FreezeTime freeze) {
  if (is_undone(adoption)) return "the undo alone";
  const auto next = workflow::next_step(adoption, freeze);
  return std::string(next ? workflow::name(*next) : "nothing: all is done");
}

std::string what_follows(const workflow::Adoption& adoption) {
  if (is_undone(adoption)) {
    return fmt::format("what was deleted is being given back; go on by: s3migrator undo {}",
                       printable(adoption.job_id));
  }
  switch (adoption.regime) {
    case workflow::Regime::untouched:
      return "nothing was deleted from the source: it is compared and proven again first";
    case workflow::Regime::emptying:
      return "the deletion was confirmed: what the source still has is proven again and deleted";
    case workflow::Regime::handed_over:
      return "the source is handed over: nothing looks at it any more but its own deletion";
  }
  std::unreachable();
}

std::string side_text(const workflow::RecordedSide& side) {
  return fmt::format("s3://{} in {}, account {}", printable(side.bucket), printable(side.region),
                     printable(side.account));
}

std::string adoption_text(const BucketRecord& record, const workflow::Adoption& adoption,
                          const workflow::MigrationSpec& spec) {
  const auto& facts = adoption.memory.facts;
  const auto digest = facts.find(workflow::fact::digest);
  std::string out;
  const auto row = [&](std::string_view name, std::string_view value) {
    out += fmt::format("  {:<12}{}\n", name, value);
  };
  row("job", printable(record.job_id));
  row("from", side_text(record.source));
  row("to", side_text(record.destination));
  row("record", fmt::format("{}, written {} by {}", printable(record.state),
                            iso8601_seconds(record.written_at), printable(record.program)));
  if (digest != facts.end()) row("digest", printable(digest->second));
  row("goes on with", next_text(adoption, spec.freeze));
  row("", what_follows(adoption));
  return out;
}

Outcome ended(Engine& engine, const Error& error) {
  auto outcome = failed_outcome(error, engine.cancel().cancelled());
  engine.context().events.emit(outcome.summary);
  return outcome;
}

workflow::AdoptionTerms terms_of(const Engine& engine, const Arguments& arguments) {
  const auto& renamed = arguments.migration.rename;
  return {.final_name = renamed.empty() ? arguments.source.bucket : renamed,
          .resume_command = jobs_command(arguments, "resume", engine.job_id())};
}

}  // namespace

Result<Arguments> with_record(const Arguments& arguments, const aws::Environment& environment) {
  auto record = read(arguments, environment);
  if (!record) return forward(record);
  if (auto known = check_options(*record); !known) return forward(known);
  auto parsed = parse_command_line(migrate_words(arguments, *record));
  if (const auto* const notice = std::get_if<Notice>(&parsed)) {
    const auto sentence = notice->text.substr(0, notice->text.find('\n'));
    return fail(Errc::usage, fmt::format("with the options of job {}: {}",
                                         printable(record->job_id), single_line(sentence)));
  }
  auto command = std::get<Arguments>(std::move(parsed));
  command.dry_run = arguments.dry_run;
  command.job = record->job_id;
  command.adopted = *std::move(record);
  return command;
}

net::Task<Outcome> adopt(Engine& engine, const Arguments& arguments) {
  const auto& record = *arguments.adopted;
  auto adoption =
      co_await workflow::prepare_adoption(engine.context(), *engine.source(), engine.destination(),
                                          record, terms_of(engine, arguments));
  if (!adoption) co_return ended(engine, adoption.error());
  const auto next = next_text(*adoption, arguments.migration.freeze);
  if (arguments.dry_run) {
    Outcome outcome;
    outcome.text = adoption_text(record, *adoption, arguments.migration);
    outcome.summary.outcome = "planned";
    outcome.summary.message = fmt::format("Nothing was changed; job {} would go on with {}",
                                          printable(record.job_id), next);
    engine.context().events.emit(outcome.summary);
    co_return outcome;
  }
  engine.context().events.emit(
      NoteEvent{NoteLevel::info,
                fmt::format("Job {} is adopted: its record says {}, so it goes on with {}; {}",
                            printable(record.job_id), printable(record.state), next,
                            what_follows(*adoption))});
  auto told = co_await workflow::take_over(engine.context(), *std::move(adoption));
  if (!told) co_return ended(engine, told.error());
  co_return co_await migrate(engine, arguments);
}

std::vector<std::string> options_of_the_job(const Arguments& arguments) {
  std::vector<std::string> options;
  for (const auto& option : arguments.given) {
    if (belongs_to_the_job(option.name) && option.name != key_map) options.push_back(option.word());
  }
  // A file of pairs may not be there for whoever goes on.
  for (const auto& [from, to] : arguments.spec.kms_keys.keys())
    options.push_back(fmt::format("{}={}={}", key_map, from, to));
  return options;
}

}  // namespace s3m::app
