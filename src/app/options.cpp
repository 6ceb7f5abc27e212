#include "app/options.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/migrate_options.hpp"
#include "app/monitor_options.hpp"
#include "app/option_groups.hpp"
#include "app/option_values.hpp"
#include "app/serve_options.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

Result<void> set_concurrency(Arguments& arguments, const std::string& value) {
  arguments.concurrency.reset();
  if (value == "auto") return ok;
  auto parsed = number(value, 1, 4096);
  if (!parsed) return usage(parsed.error().message() + ", nor auto");
  arguments.concurrency = static_cast<std::uint32_t>(*parsed);
  return ok;
}

// Everybody on the machine can read a command line.
Result<void> set_store(Arguments& arguments, const std::string& value) {
  if (log::redact_url(value) != value) {
    return usage(
        "a password does not belong on the command line: put it into the file that "
        "PGPASSFILE names, or the whole URL into S3MIGRATOR_STORE");
  }
  arguments.store = value;
  return ok;
}

Result<void> set_max_requests_per_second(Arguments& arguments, const std::string& value) {
  auto parsed = number(value, 1, 1'000'000);
  if (!parsed) return forward(parsed);
  arguments.max_requests_per_second = static_cast<std::uint32_t>(*parsed);
  return ok;
}

Options speed_options() {
  return {
      {"--concurrency", "N|auto", "Speed",
       "Requests in flight, all kinds together. auto (default) finds out how many are worth it: "
       "it begins with 32 of each kind and grows while that brings more. With both, SlowDown "
       "lowers the rate.",
       set_concurrency},
      {"--max-requests-per-second", "N", "Speed",
       "Sends no more requests a second than this, all kinds together (default: no limit).",
       set_max_requests_per_second}};
}

Options count_first_option() {
  return {{"--count-first", "", "Output",
           "Counts the source at once by a listing of its own, so that totals are exact early. "
           "Without it they are estimated from what is listed, and a job that will take more than "
           "an hour counts by itself.",
           flag([](Arguments& a) -> bool& { return a.spec.count_first; })}};
}

Options verify_options(bool may_skip) {
  using transfer::VerifyMode;
  std::vector<std::pair<std::string, VerifyMode>> modes{{"listing", VerifyMode::listing},
                                                        {"checksum", VerifyMode::checksum}};
  if (may_skip) modes.emplace_back("none", VerifyMode::none);
  const std::string group = "Verification";
  return {{"--verify", "HOW", group,
           fmt::format("listing (default): both sides are listed again and compared by size and "
                       "ETag. checksum: where ETags cannot be compared, by checksums, with a HEAD "
                       "on each side; a pair that stays weak makes the exit code 4.{}",
                       may_skip ? " none: not at all." : ""),
           choice<VerifyMode>(std::move(modes),
                              [](Arguments& a) -> VerifyMode& { return a.spec.verify; })},
          {"--strict", "", group,
           "Pairs that are proven only weakly (equal size, and the copy is younger) are looked at "
           "for a checksum, and make the exit code 4 if they stay so.",
           flag([](Arguments& a) -> bool& { return a.spec.strict; })}};
}

Options report_option() {
  return {
      {"--report", "FILE", "Output",
       "FILE.json: the whole report. FILE.csv: the list of failures. FILE.html: a page to read. "
       "Any other name: all three, with the ending added.",
       text([](Arguments& a) -> std::string& { return a.spec.report; })}};
}

Options discard_option() {
  return {{"--confirm-delete", "BUCKET", "Job",
           "With a job: the name of its temporary bucket, which is then deleted without asking, "
           "each object of it first seen in the bucket that lives. Without it the name is asked "
           "for on the terminal. With a bucket: its own name, which takes the protection off a "
           "temporary bucket that may be the only copy of a migration.",
           text([](Arguments& a) -> std::string& { return a.migration.confirm_delete; })}};
}

Options format_option() {
  return {
      {"--format", "KIND", "Output",
       "What is written to standard output: json (default), csv or html.",
       choice<ReportFormat>(
           {{"json", ReportFormat::json}, {"csv", ReportFormat::csv}, {"html", ReportFormat::html}},
           [](Arguments& a) -> std::optional<ReportFormat>& { return a.format; })}};
}

Options dry_run_option() {
  return {{"--dry-run", "", "What to copy", "Shows what would be done, and touches nothing.",
           flag([](Arguments& a) -> bool& { return a.dry_run; })}};
}

Options output_options(bool progress) {
  const std::string group = "Output";
  Options options;
  if (progress) {
    options.push_back(
        {"--progress", "HOW", group,
         "auto (default): a live display on a terminal, else plain. plain: a line every ten "
         "seconds. none.",
         choice<Progress>(
             {{"auto", Progress::automatic}, {"plain", Progress::plain}, {"none", Progress::none}},
             [](Arguments& a) -> std::optional<Progress>& { return a.output.progress; })});
  }
  options.push_back({"--json", "", group,
                     "Events as NDJSON on standard output, one object a line, and nothing else.",
                     flag([](Arguments& a) -> bool& { return a.output.json; })});
  options.push_back({"--quiet", "", group, "Prints errors only.",
                     flag([](Arguments& a) -> bool& { return a.output.quiet; })});
  options.push_back(
      {"--log-level", "LEVEL", group,
       "Diagnostics on standard error: debug, info, warning (default), error or off. No level "
       "shows credentials.",
       choice<log::Level>({{"debug", log::Level::debug},
                           {"info", log::Level::info},
                           {"warning", log::Level::warning},
                           {"error", log::Level::error},
                           {"off", log::Level::off}},
                          [](Arguments& a) -> log::Level& { return a.output.log_level; })});
  options.push_back({"--store", "FILE|URL", group,
                     "Where jobs, grants and uploads in flight are remembered: a file, or "
                     "postgresql://USER@HOST/DATABASE with the password in PGPASSFILE (default: "
                     "$S3MIGRATOR_STORE, else ~/.local/state/s3migrator/store.db).",
                     set_store});
  return options;
}

Options confirm_option() {
  return {{"--confirm-delete", "BUCKET", "Migrations",
           "The bucket's name: confirms the deletion that the migration waits to be told of.",
           text([](Arguments& a) -> std::string& { return a.migration.confirm_delete; })}};
}

Result<void> add_failure(Arguments& arguments, const std::string& value) {
  auto parsed = number(value, 1, 1'000'000'000);
  if (!parsed) return forward(parsed);
  arguments.failures.push_back(*parsed);
  return ok;
}

Options failure_option() {
  return {{"--failure", "N", "What to try again",
           "The number of a failure, as jobs failures shows it; once for each. These alone are "
           "tried again, and the others stay as they are. Without it all that failed is.",
           add_failure, true}};
}

template <std::size_t Arguments::* member>
Result<void> set_count(Arguments& arguments, const std::string& value) {
  auto parsed = number(value, 0, 1'000'000'000);
  if (!parsed) return forward(parsed);
  arguments.*member = *parsed;
  return ok;
}

Options list_options(const std::string& what, int usual, bool with_offset) {
  Options options{{"--limit", "N", "Output",
                   fmt::format("Shows so many {} (default {}).", what, usual),
                   set_count<&Arguments::limit>}};
  if (with_offset) {
    options.push_back({"--offset", "N", "Output", fmt::format("Leaves out the first N {}.", what),
                       set_count<&Arguments::offset>});
  }
  return options;
}

Options join(std::initializer_list<Options> parts) {
  Options all;
  for (const auto& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

Options options_of(Verb verb) {
  switch (verb) {
    case Verb::copy:
      return join({identity_options(), migrator_option(), grant_options(), filter_options(),
                   versions_option(true), write_options(), part_options(), attribute_options(),
                   restore_options(), delete_options(), dry_run_option(), speed_options(),
                   verify_options(true), report_option(), count_first_option(),
                   output_options(true)});
    case Verb::migrate:
      return join({identity_options(), migrator_option(), grant_options(), migration_options(),
                   dry_run_option(), part_options(), attribute_options(), speed_options(),
                   report_option(), count_first_option(), output_options(true)});
    case Verb::adopt:
      return join({identity_options(), migrator_option(), grant_options(), migration_options(),
                   dry_run_option(), speed_options(), report_option(), count_first_option(),
                   output_options(true)});
    case Verb::plan:
      return join({identity_options(), migrator_option(), filter_options(), versions_option(false),
                   write_options(), part_options(), attribute_options(), speed_options(),
                   output_options(false)});
    case Verb::verify:
      return join({identity_options(), migrator_option(), filter_options(), versions_option(false),
                   speed_options(), verify_options(false), report_option(), output_options(true)});
    case Verb::cleanup:
      return join({bucket_options(), migrator_option(), discard_option(), output_options(false)});
    case Verb::undo:
      return join({undo_options(), output_options(true)});
    case Verb::jobs_resume:
      return join({confirm_option(), output_options(true)});
    case Verb::jobs_retry:
      return join({failure_option(), output_options(true)});
    case Verb::demo:
      return join({demo_options(), output_options(true)});
    case Verb::jobs_list:
      return join({list_options("jobs, the newest first", 20, false), output_options(false)});
    case Verb::jobs_failures:
      return join({list_options("failures", 100, true), output_options(false)});
    case Verb::jobs_report:
      return join({report_option(), format_option(), output_options(false)});
    case Verb::jobs_show:
    case Verb::jobs_pause:
    case Verb::jobs_cancel:
    case Verb::jobs_delete:
      return output_options(false);
    case Verb::serve:
      return join({serve_options(), output_options(false)});
    case Verb::monitor:
      return join({monitor_options(), output_options(false)});
    case Verb::task:
      return output_options(true);
    case Verb::cleanup_job:  // those of cleanup
    case Verb::version:
      break;
  }
  return {};
}

// Who signs, and where, is for whoever goes on with the job to say; so is the confirmation.
bool belongs_to_the_job(std::string_view option) {
  static const auto known =
      join({grant_options(), migration_options(), part_options(), attribute_options()});
  return option != "--confirm-delete" &&
         std::ranges::find(known, option, &OptionSpec::name) != known.end();
}

}  // namespace s3m::app
