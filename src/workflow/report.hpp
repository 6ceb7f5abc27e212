// report.hpp: the document that a job leaves behind.
//
// Layer      workflow; writes files. Called once, at the end of a job.
// Secrets    none reach this: a job's spec holds no credentials.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "base/time.hpp"
#include "workflow/earlier_runs.hpp"
#include "workflow/failure_log.hpp"
#include "workflow/migration_story.hpp"

namespace s3m::workflow {

struct StepRecord {
  std::string step;
  StepState state = StepState::started;
  WallTime started{};
  double seconds = 0;
  std::string message;
};

struct Report {
  std::string program;  // "s3migrator 0.1.0"
  std::string job;
  std::string spec;  // JSON
  WallTime started{}, ended{};
  std::vector<StepRecord> steps;
  SummaryEvent summary;
  EarlierRuns earlier{};  // what the others did before the run that `summary` is of
  std::optional<MigrationStory> migration{};  // of a migration
};

// Where `--report FILE` writes: FILE.json as JSON, FILE.csv as a list of failures, FILE.html as a
// page, any other name all three, with the ending added.
struct ReportFiles {
  std::string json, csv, html;  // empty: not asked for
};
ReportFiles report_files(const std::string& file);

// That the files can be written, before a long job relies on it. Leaves nothing behind.
// Errors: io, naming the file.
Result<void> check_writable(const ReportFiles& files);

// Writes each file beside its place and moves it there, so that no reader sees half of one.
// Errors: io, naming the file.
// `losses` are the attributes that copies lack; null where none were looked for.
Result<void> write_report(const ReportFiles& files, const Report& report, FailureLog& failures,
                          FailureLog* losses = nullptr);

// The JSON document alone. Errors: io where a spool cannot be read; whether `out` took it all is
// the caller's to ask.
Result<void> write_report_json(std::ostream& out, const Report& report, FailureLog& failures,
                               FailureLog* losses);

// The CSV alone, likewise.
Result<void> write_report_csv(std::ostream& out, const Report& report, FailureLog& failures,
                              FailureLog* losses);

}  // namespace s3m::workflow
