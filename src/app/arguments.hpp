// arguments.hpp: a command line, understood.
//
// Layer   app; a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/monitor_arguments.hpp"
#include "app/serve_arguments.hpp"
#include "aws/config.hpp"
#include "base/log.hpp"
#include "workflow/bucket_record.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_control.hpp"
#include "workflow/migration_spec.hpp"

namespace s3m::app {

enum class Verb : std::uint8_t {
  copy,
  migrate,
  undo,
  adopt,
  plan,
  verify,
  cleanup,      // of a bucket
  cleanup_job,  // `cleanup JOB`
  jobs_list,
  jobs_show,
  jobs_pause,
  jobs_resume,
  jobs_cancel,
  jobs_retry,
  jobs_failures,
  jobs_report,
  jobs_delete,
  serve,
  monitor,
  task,
  demo,
  version
};

// Whether the command is one of `s3migrator jobs ...`, and whether it is about one of them.
bool is_about_jobs(Verb verb) noexcept;
bool is_about_one_job(Verb verb) noexcept;

struct SideArguments {
  std::string role_arn, external_id;
  aws::SideOptions options;
};

enum class ReportFormat : std::uint8_t { json, csv, html };

enum class Progress : std::uint8_t { automatic, plain, none };

struct OutputArguments {
  std::optional<Progress> progress;  // unset: automatic, or none with --json
  bool json = false;
  bool quiet = false;
  log::Level log_level = log::Level::warning;
};

// An option as it was given.
struct GivenOption {
  std::string name, value;  // "--grant", "none"
  bool flag = false;        // has no value
  // "--grant=none": as a command line takes it again.
  std::string word() const { return flag ? name : name + "=" + value; }
};

struct Arguments {
  Verb verb = Verb::version;
  transfer::Location source, destination;  // cleanup: the destination alone
  SideArguments source_side, destination_side;
  std::string migrator_role_arn;
  workflow::CopySpec spec;
  workflow::MigrationSpec migration;         // its copy is `spec`
  std::optional<std::uint32_t> concurrency;  // unset: auto
  std::optional<std::uint32_t> max_requests_per_second;
  std::vector<transfer::FilterRule> filters;  // as given; spec.copy.filter is made of them
  bool dry_run = false;
  std::string store;  // empty: the default place
  ServeArguments serve;
  MonitorArguments monitor;
  // Of a migration that was confirmed elsewhere: the question that was shown
  // (workflow::id_of), and by whom. No other is confirmed.
  std::string confirmed_question, confirmed_by;
  std::string confirmed_how;  // MigrationSpec::confirmed_how
  std::string job;            // of `jobs`, `undo` and `cleanup JOB`: which
  // cleanup_job: what the job's own command does, whose roles and spec stand here.
  Verb job_verb = Verb::copy;
  // Set: the command is that job's, and takes it up again.
  std::optional<workflow::Again> again;
  // Of jobs_resume: options of the job's command from now on, "--name=value" or "--name".
  std::vector<std::string> more_words;
  std::vector<std::uint64_t> failures;  // of jobs_retry: these alone, by number; empty: all
  int attempt = 1;                      // which run of it this is
  // The job's limits from now on are those of this command line, whatever was set while it ran.
  bool keep_limits = false;
  // Set, on a migration: it goes on with the job of that record, which the store does not know.
  std::optional<workflow::BucketRecord> adopted;
  std::size_t limit = 0, offset = 0;   // of lists; no limit: the command's own
  std::optional<ReportFormat> format;  // of a report on standard output; unset: json
  OutputArguments output;
  std::vector<std::string> words;  // the whole command line, to be repeated
  std::vector<GivenOption> given;  // its options, in their order
};

// The command line as a shell would take it again, on one line and safe to show; a password in a
// URL is left out.
std::string shell_command(const std::vector<std::string>& words);

// "s3migrator jobs ACTION JOB", in the same form, for the store that `arguments` name.
std::string jobs_command(const Arguments& arguments, std::string_view action,
                         const std::string& job_id);

// "s3migrator undo JOB", likewise.
std::string undo_command(const Arguments& arguments, const std::string& job_id);

// What takes a grant out of `bucket` with the identity of `side`, in the same form.
std::string cleanup_command(const Arguments& arguments, const SideArguments& side,
                            const std::string& bucket);

}  // namespace s3m::app
