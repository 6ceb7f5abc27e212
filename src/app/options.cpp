#include "app/options.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "app/migrate_options.hpp"
#include "app/option_values.hpp"
#include "app/serve_options.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

using Options = std::vector<OptionSpec>;

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

Result<void> set_grant_timeout(Arguments& arguments, const std::string& value) {
  auto seconds = number(value, 0, 86'400);
  if (!seconds) return forward(seconds);
  arguments.spec.grant_timeout = std::chrono::seconds(*seconds);
  return ok;
}

Result<void> set_versioning_settle(Arguments& arguments, const std::string& value) {
  auto seconds = number(value, 0, 86'400);
  if (!seconds) return forward(seconds);
  arguments.spec.versioning_settle = std::chrono::seconds(*seconds);
  return ok;
}

Result<void> set_max_delete(Arguments& arguments, const std::string& value) {
  auto percent = number(value, 0, 100);
  if (!percent) return forward(percent);
  arguments.spec.max_delete_percent = static_cast<unsigned>(*percent);
  return ok;
}

template <class Get>
Options side_options(const std::string& prefix, const std::string& group, const std::string& whose,
                     Get get) {
  const auto of = [get](auto member) {
    return text([get, member](Arguments& a) -> std::string& { return member(get(a)); });
  };
  return {
      {prefix + "role-arn", "ARN", group,
       fmt::format("Role that is assumed for {}. Without it the profile's credentials are used, or "
                   "those of the environment.",
                   whose),
       of([](SideArguments& s) -> std::string& { return s.role_arn; })},
      {prefix + "external-id", "ID", group, "What the role's trust policy asks for.",
       of([](SideArguments& s) -> std::string& { return s.external_id; })},
      {prefix + "profile", "NAME", group,
       fmt::format("Profile of ~/.aws/config for {}; it assumes the role, if there is one.", whose),
       of([](SideArguments& s) -> std::string& { return s.options.profile; })},
      {prefix + "region", "REGION", group,
       "The bucket's region. Found out by itself for a bucket that is there; a bucket that is made "
       "is made here.",
       of([](SideArguments& s) -> std::string& { return s.options.region; })},
      {prefix + "endpoint-url", "URL", group,
       "An S3-compatible server instead of AWS; its STS is expected at the same URL.",
       of([](SideArguments& s) -> std::string& { return s.options.endpoint_url; })}};
}

Options identity_options() {
  auto options = side_options("--source-", "Source", "the source",
                              [](Arguments& a) -> SideArguments& { return a.source_side; });
  auto more = side_options("--destination-", "Destination", "the destination",
                           [](Arguments& a) -> SideArguments& { return a.destination_side; });
  std::ranges::move(more, std::back_inserter(options));
  return options;
}

Options migrator_option() {
  return {{"--migrator-role-arn", "ARN", "Identity",
           "Role that is assumed first and then assumes the others, each session for an hour and "
           "renewed in time.",
           text([](Arguments& a) -> std::string& { return a.migrator_role_arn; })}};
}

Options filter_options() {
  const auto add = [](bool include) {
    return [include](Arguments& arguments, const std::string& pattern) -> Result<void> {
      arguments.filters.push_back({include, pattern});
      return ok;
    };
  };
  return {{"--exclude", "PATTERN", "What to copy",
           "Leaves out keys that match, after the prefix: * any run, ? one character, [abc] one "
           "of. The last of --include and --exclude that matches decides.",
           add(false), true},
          {"--include", "PATTERN", "What to copy", "Takes keys in again that were left out.",
           add(true), true}};
}

Options versions_option(bool copies) {
  const std::string group = "What to copy";
  Options options{
      {"--versions", "WHICH", group,
       "latest (default): the current objects. all: every version and delete marker of each key, "
       "oldest first, into a bucket whose versioning is switched on first. Version ids and dates "
       "are new.",
       choice<bool>({{"latest", false}, {"all", true}},
                    [](Arguments& a) -> bool& { return a.spec.copy.all_versions; })}};
  if (copies) {
    options.push_back({"--versioning-settle", "SECONDS", group,
                       "How long versioning that was never on before may take until it is in "
                       "effect (default: 900 on AWS, which asks for it, 0 elsewhere).",
                       set_versioning_settle});
  }
  return options;
}

Options write_options() {
  using transfer::IfExists;
  const std::string group = "What to copy";
  const std::string form = "How the copies are written";
  return {
      {"--if-exists", "WHAT", group,
       "skip-same (default): copies what differs. overwrite: copies all. skip: leaves whatever is "
       "in the destination as it is.",
       choice<IfExists>({{"skip-same", IfExists::skip_same},
                         {"overwrite", IfExists::overwrite},
                         {"skip", IfExists::skip}},
                        [](Arguments& a) -> IfExists& { return a.spec.copy.if_exists; })},
      {"--storage-class", "CLASS", form, "Storage class of the copies (default: the source's own).",
       text([](Arguments& a) -> std::string& { return a.spec.copy.storage_class; })},
      {"--sse", "KIND", form,
       "Encryption of the copies: AES256, aws:kms or aws:kms:dsse (default: the bucket's).",
       choice<std::string>(
           {{"AES256", "AES256"}, {"aws:kms", "aws:kms"}, {"aws:kms:dsse", "aws:kms:dsse"}},
           [](Arguments& a) -> std::string& { return a.spec.copy.encryption; })},
      {"--sse-kms-key-id", "KEY", form, "KMS key; the full ARN if it is in another account.",
       text([](Arguments& a) -> std::string& { return a.spec.copy.kms_key_id; })}};
}

Options part_options() {
  const std::string form = "How the copies are written";
  return {
      {"--multipart-threshold", "SIZE", form,
       "Above this size an object is copied in parts (default 256MiB, at most 5GiB).",
       size([](Arguments& a) -> std::uint64_t& { return a.spec.copy.multipart_threshold; })},
      {"--part-size", "SIZE", form, "Size of the parts (default: chosen by the object's size).",
       size([](Arguments& a) -> std::uint64_t& { return a.spec.copy.part_size; })},
      {"--keep-etag", "", form,
       "Copies objects that were uploaded in parts with those same parts, so that source and copy "
       "have equal ETags: a strong proof where there are no checksums, for a request a part.",
       flag([](Arguments& a) -> bool& { return a.spec.copy.keep_etag; })}};
}

Result<void> set_restore(Arguments& arguments, const std::string& value) {
  const auto slash = value.find('/');
  const auto tier = value.substr(0, slash);
  transfer::RestoreOptions restore;
  bool known = false;
  for (const std::string name : {"Standard", "Bulk", "Expedited"}) {
    if (lower(tier) != lower(name)) continue;
    restore.tier = name;
    known = true;
  }
  if (!known) {
    return usage(
        fmt::format("\"{}\" is none of Standard, Bulk, Expedited; days may follow, as in "
                    "Bulk/7",
                    printable(tier)));
  }
  if (slash != std::string::npos) {
    auto days = number(value.substr(slash + 1), 1, 3650);
    if (!days) return forward(days);
    restore.days = static_cast<int>(*days);
  }
  arguments.spec.copy.restore = restore;
  return ok;
}

Result<void> set_restore_wait(Arguments& arguments, const std::string& value) {
  auto hours = number(value, 0, 24 * 365);
  if (!hours) return forward(hours);
  arguments.spec.restore_wait = std::chrono::hours(*hours);
  return ok;
}

Result<void> set_restore_poll(Arguments& arguments, const std::string& value) {
  auto seconds = number(value, 1, 86'400);
  if (!seconds) return forward(seconds);
  arguments.spec.restore_poll = std::chrono::seconds(*seconds);
  return ok;
}

Options restore_options() {
  const std::string group = "Archived objects";
  return {{"--restore", "TIER[/DAYS]", group,
           "Asks for archived objects (GLACIER, DEEP_ARCHIVE, archive tiers) to be restored, for "
           "so many days (default 7), and copies them as they become readable. TIER is Standard, "
           "Bulk or Expedited. Restores are billed by the service.",
           set_restore},
          {"--restore-wait", "HOURS", group,
           "How long restores are waited for (default 48); then the same command again goes on.",
           set_restore_wait},
          {"--restore-poll", "SECONDS", group,
           "The first pause between two looks (default 60); it grows to 15 minutes.",
           set_restore_poll}};
}

// A file, or one pair.
Result<void> add_kms_keys(Arguments& arguments, const std::string& value) {
  auto& keys = arguments.spec.kms_keys;
  if (value.contains('=')) {
    auto added = keys.add(value);
    if (!added) return usage(added.error().message());
    return ok;
  }
  std::ifstream file(value, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return usage(fmt::format("{} cannot be read, or has nothing in it", printable(value)));
  auto added = keys.add_lines(text.str());
  if (!added) return usage(fmt::format("{}: {}", printable(value), added.error().message()));
  return ok;
}

Options attribute_options() {
  using workflow::AttributeMode;
  const std::string group = "What the copies carry";
  return {{"--attributes", "HOW", group,
           "auto (default): where the source has Object Lock, a website or ACLs, each object is "
           "looked at before it is copied, so that retention, legal hold, redirect and ACL come "
           "along. all: everywhere. none: nowhere. docs/what-is-carried.md has the whole table.",
           choice<AttributeMode>({{"auto", AttributeMode::automatic},
                                  {"all", AttributeMode::all},
                                  {"none", AttributeMode::none}},
                                 [](Arguments& a) -> AttributeMode& { return a.spec.attributes; })},
          {"--kms-key-map", "FILE|SRC=DST", group,
           "Objects encrypted under the KMS key SRC (an ARN, an id, or * for all others) are "
           "encrypted under DST. A file has a pair a line. Costs a HEAD an object.",
           add_kms_keys, true}};
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

Options grant_options() {
  using enum workflow::GrantMode;
  const std::string group = "Access across accounts";
  return {{"--grant", "MODE", group,
           "destination-policy (default): the destination role lets the source role write into the "
           "destination bucket, for the time of the job. source-policy: the source role lets the "
           "destination role read the source bucket. none: access is there already.",
           choice<workflow::GrantMode>(
               {{"destination-policy", destination_policy},
                {"source-policy", source_policy},
                {"none", none}},
               [](Arguments& a) -> std::optional<workflow::GrantMode>& { return a.spec.grant; })},
          {"--grant-timeout", "SECONDS", group,
           "How long the grant may take to work (default: 120 on AWS, 3 for each way of naming the "
           "role elsewhere).",
           set_grant_timeout}};
}

Options delete_options() {
  const std::string group = "What to copy";
  return {{"--delete", "", group,
           "Deletes from the destination what the source does not have, after everything was "
           "copied without a failure.",
           flag([](Arguments& a) -> bool& { return a.spec.delete_extra; })},
          {"--max-delete", "PERCENT", group,
           "Refuses --delete if more of the destination than this would go (default 10).",
           set_max_delete},
          {"--confirm-delete", "BUCKET", group,
           "The destination bucket's name: lifts the limits of --delete.",
           text([](Arguments& a) -> std::string& { return a.spec.confirm_delete; })}};
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
           "for on the terminal.",
           text([](Arguments& a) -> std::string& { return a.migration.confirm_delete; })}};
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
    case Verb::plan:
      return join({identity_options(), migrator_option(), filter_options(), versions_option(false),
                   write_options(), part_options(), attribute_options(), speed_options(),
                   output_options(false)});
    case Verb::verify:
      return join({identity_options(), migrator_option(), filter_options(), versions_option(false),
                   speed_options(), verify_options(false), report_option(), output_options(true)});
    case Verb::cleanup:
      return join({side_options("--", "Bucket", "the bucket",
                                [](Arguments& a) -> SideArguments& { return a.destination_side; }),
                   migrator_option(), discard_option(), output_options(false)});
    case Verb::undo:
      return join({undo_options(), output_options(true)});
    case Verb::jobs_resume:
      return join({confirm_option(), output_options(true)});
    case Verb::jobs_retry:
    case Verb::demo:
      return output_options(true);
    case Verb::jobs_list:
      return join({list_options("jobs, the newest first", 20, false), output_options(false)});
    case Verb::jobs_failures:
      return join({list_options("failures", 100, true), output_options(false)});
    case Verb::jobs_report:
      return join({report_option(), output_options(false)});
    case Verb::jobs_show:
    case Verb::jobs_pause:
    case Verb::jobs_cancel:
    case Verb::jobs_delete:
      return output_options(false);
    case Verb::serve:
      return join({serve_options(), output_options(false)});
    case Verb::cleanup_job:  // those of cleanup
    case Verb::version:
      break;
  }
  return {};
}

}  // namespace s3m::app
