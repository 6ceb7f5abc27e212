// commands_help.cpp: what the help texts teach, command by command.
#include "app/options.hpp"

namespace s3m::app {

const std::vector<CommandSpec>& commands() {
  static const std::vector<CommandSpec> all = {
      {Verb::copy,
       "copy",
       "Copies a bucket or prefix, and verifies the copy",
       "Copies every object below SOURCE to DESTINATION on the server's side: nothing passes "
       "through "
       "this machine.\n\n"
       "Both sides are listed and compared, and what differs or is missing is copied; so running "
       "the "
       "same command again goes on where an earlier run stopped. The destination bucket is made if "
       "it is missing. Where the two sides belong to different accounts, a temporary statement in "
       "the destination bucket's policy lets the source role write; it is taken out again at the "
       "end, on failure and on Ctrl-C (after a kill -9: s3migrator cleanup).",
       {"SOURCE", "DESTINATION"},
       "Examples:\n"
       "  Between two accounts, by roles:\n"
       "    s3migrator copy s3://photos s3://photos-eu \\\n"
       "      --migrator-role-arn    arn:aws:iam::333333333333:role/migrator \\\n"
       "      --source-role-arn      arn:aws:iam::111111111111:role/source \\\n"
       "      --destination-role-arn arn:aws:iam::222222222222:role/destination \\\n"
       "      --destination-region   eu-central-1\n\n"
       "  With two profiles, only the logs of a year, first as a dry run:\n"
       "    s3migrator copy s3://logs/2026/ s3://archive/2026/ --dry-run \\\n"
       "      --source-profile prod --destination-profile archive --exclude '*.tmp'\n\n"
       "  Inside one S3-compatible server, with a report:\n"
       "    s3migrator copy s3://data s3://data-copy --report copy \\\n"
       "      --source-endpoint-url https://s3.lab:9000 --destination-endpoint-url "
       "https://s3.lab:9000\n\n"
       "Exit codes: 0 copied and verified, 1 fatal, 2 usage, 3 some objects failed, 4 "
       "verification\n"
       "found a difference, 130 interrupted: s3migrator jobs resume, or the same command, goes "
       "on.\n\n"
       "A prefix without a slash at its end is taken as it is: s3://logs/2026 also means "
       "2026-old/.\n"
       "s3migrator plan prints the first and the last key that match."},
      {Verb::migrate,
       "migrate",
       "Moves a bucket with its name to another account or region",
       "Copies the bucket into a temporary one in the target account and region, freezes the "
       "source "
       "for writers, copies what has changed since, proves every object, version, tag and piece of "
       "metadata, and asks for the confirmation. Then it empties and deletes the source, makes the "
       "bucket of that name in the target account, brings everything back, proves it against what "
       "was confirmed, sets the configuration, and deletes the temporary bucket.\n\n"
       "Nothing is deleted that was not seen to be elsewhere. A job that is killed at any moment "
       "goes "
       "on when the same command is run again. Between the deletion of the source and the making "
       "of "
       "the new bucket the name is nobody's; if somebody else takes it, everything is in the "
       "temporary bucket, and --rename goes on under another name. Where a new name will do, "
       "s3migrator copy is the safer way.",
       {"BUCKET"},
       "Example:\n"
       "  s3migrator migrate s3://photos \\\n"
       "    --migrator-role-arn    arn:aws:iam::333333333333:role/migrator \\\n"
       "    --source-role-arn      arn:aws:iam::111111111111:role/source \\\n"
       "    --destination-role-arn arn:aws:iam::222222222222:role/destination \\\n"
       "    --destination-region   eu-central-1\n\n"
       "First with --dry-run: what it would do, what it costs, and what stands against it.\n\n"
       "Exit codes: 0 moved and verified, 1 fatal, 2 usage, 130 paused, also where it waits for "
       "the\n"
       "confirmation: the same command again goes on."},
      {Verb::undo,
       "undo",
       "Takes a migration back, as long as its source is not deleted",
       "Deletes the temporary bucket, each object of it seen to be in the source, opens the source "
       "to "
       "writers again, and puts back its lifecycle rules, notifications and replication. Once the "
       "job "
       "has begun to empty the source, what was deleted is first copied back and proven against "
       "what "
       "was confirmed, while the source stays closed; such objects have a new LastModified, and "
       "new "
       "version ids. Refused once the source bucket itself may be deleted: then only forward is "
       "safe.",
       {"JOB"},
       "Example:\n"
       "  s3migrator undo 20261122t231822-5c1b9a\n\n"
       "Exit codes: 0 undone, 1 fatal, 2 usage, 130 interrupted: the same command again goes on."},
      {Verb::adopt,
       "adopt",
       "Goes on with a migration whose store is lost, from its temporary bucket",
       "The temporary bucket of a migration holds a record of it: what was asked, how far it is, "
       "and "
       "what was confirmed. Where the machine or the file with the store is gone, adopt reads that "
       "record as the destination's owner, makes the job anew in the store of now, under its own "
       "id, "
       "and goes on with it. From then on jobs resume knows it.\n\n"
       "The roles, endpoints and profiles are said again, as they were at the migration; its other "
       "options are in the record, and those that are given here take their place. Before anything "
       "is deleted the objects are compared and proven again; once the deletion was confirmed, "
       "each "
       "object that the source still has is proven again before it goes; once the source's bucket "
       "was "
       "to be deleted nothing looks at that place any more. Run it only when no other process "
       "works "
       "on the job: one that still does is stopped at the next step that must not be done twice.",
       {"TEMPORARY-BUCKET"},
       "Example:\n"
       "  s3migrator adopt s3://s3m-2b7c0d41f1c6a3e89d05b7aa-222222222222-eu-central-1-an \\\n"
       "    --migrator-role-arn    arn:aws:iam::333333333333:role/migrator \\\n"
       "    --source-role-arn      arn:aws:iam::111111111111:role/source \\\n"
       "    --destination-role-arn arn:aws:iam::222222222222:role/destination\n\n"
       "First with --dry-run: which job it is, and what it would go on with.\n\n"
       "Exit codes: those of s3migrator migrate."},
      {Verb::plan,
       "plan",
       "Shows what a copy would do, and touches nothing",
       "Lists both sides and counts what a copy would copy: objects, bytes, requests, the first "
       "and "
       "the last key that match. Reads only.",
       {"SOURCE", "DESTINATION"},
       "Example:\n"
       "  s3migrator plan s3://logs/2026/ s3://archive/2026/ --source-profile prod\n\n"
       "Exit codes: 0 planned, 1 fatal, 2 usage, 130 interrupted."},
      {Verb::verify,
       "verify",
       "Compares two locations again, without copying",
       "Lists both sides and proves each object of SOURCE in DESTINATION: by equal size and ETag, "
       "or "
       "by checksum. Pairs whose ETags cannot be compared are counted as weak.",
       {"SOURCE", "DESTINATION"},
       "Example:\n"
       "  s3migrator verify s3://photos s3://photos-eu --verify checksum --strict --report "
       "verify.json\n\n"
       "Exit codes: 0 every pair is the same, 1 fatal, 2 usage, 4 something differs or is missing "
       "(or,\n"
       "with --strict, is proven only weakly), 130 interrupted."},
      {Verb::cleanup,
       "cleanup",
       "Takes out what a killed job left in a bucket, or all that a job left",
       "With a bucket: takes our temporary statements out of the bucket's policy (found by the "
       "store and by their "
       "names: S3MigratorGrant, S3MigratorFreeze, S3MigratorClosed, S3MigratorProtect and 16 "
       "digits) and aborts unfinished uploads that the store knows as ours. What "
       "others wrote or upload stays as it is, and so does what belongs to a job that still runs "
       "on "
       "this machine. What a migration has switched off there (lifecycle rules, notifications, "
       "replication) is put back as long as it has deleted nothing; of a job that the store does "
       "not know it is said what is not set. The temporary bucket of a migration that has begun to "
       "delete and has not ended may be the only copy: it is refused, whatever store is asked, and "
       "the job named that it belongs to; --confirm-delete with its name takes its protection off "
       "all the same.\n\n"
       "With a job (s3migrator jobs list): takes out what that job left in all its buckets, by the "
       "roles of its own command: its statements, its unfinished uploads and, of a migration, its "
       "temporary bucket. That is emptied only of what is seen at that moment to be in the bucket "
       "that lives: the source as long as nothing was deleted from it, or the new bucket once the "
       "migration has come to its end (--keep-temp). Its name is asked for. Refused while the job "
       "runs, and for a migration that has begun to delete and has not ended: that is for jobs "
       "resume or undo. A migration that could have gone on is cancelled by it, and what it had "
       "switched off at the source is put back.",
       {"BUCKET|JOB"},
       "Examples:\n"
       "  s3migrator cleanup s3://photos-eu --role-arn arn:aws:iam::222222222222:role/destination\n"
       "  s3migrator cleanup 20261122t231822-5c1b9a\n"
       "  s3migrator cleanup 20261122t231822-5c1b9a --confirm-delete s3m-0a1b2c3d4e5f...\n\n"
       "Exit codes: 0 cleaned, 1 fatal, 2 usage, 130 interrupted, also where the name of the\n"
       "temporary bucket was not given: nothing was changed then."},
      {Verb::jobs_list,
       "list",
       "Lists the jobs, the newest first",
       "Every copy is a job, remembered in the store with its steps and failures. STATE is one of "
       "running, pausing, paused, interrupted (the process that ran it is gone: resume it), "
       "done, undone, failed-objects, mismatch (verification found a difference), failed, "
       "cancelling "
       "and cancelled. With --json a line for each job.",
       {},
       "Example:\n"
       "  s3migrator jobs list --limit 5",
       "jobs"},
      {Verb::jobs_show,
       "show",
       "Shows one job: its steps, figures and how it ended",
       "Shows one job: its steps, its last figures, how it ended and what to do next.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs show 20261122t162800-3f9a1c",
       "jobs"},
      {Verb::jobs_pause,
       "pause",
       "Pauses a running job, from any terminal",
       "Asks the process that runs the job to stop politely, as one Ctrl-C there does: requests in "
       "flight are finished and the grant is taken out. s3migrator jobs resume goes on.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs pause 20261122t162800-3f9a1c",
       "jobs"},
      {Verb::jobs_resume,
       "resume",
       "Goes on with a job that was paused, killed or failed",
       "Runs the job's own command line again, in the directory where it was given; what was "
       "copied is found by listing and not copied again. The credentials are those of now. A job "
       "that another process runs is refused, and so is one that would now go to another server "
       "or region, because the environment names another.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs resume 20261122t162800-3f9a1c\n"
       "  s3migrator jobs resume 20261122t162800-3f9a1c --confirm-delete holiday-photos\n\n"
       "Exit codes: those of s3migrator copy.",
       "jobs"},
      {Verb::jobs_cancel,
       "cancel",
       "Ends a job for good, from any terminal",
       "Asks the process that runs the job to stop politely, and marks the job as cancelled: it "
       "cannot be resumed. What was copied stays in the destination. Refused once a migration "
       "deletes its source: then it can only go on.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs cancel 20261122t162800-3f9a1c",
       "jobs"},
      {Verb::jobs_retry,
       "retry",
       "Runs a job again that has ended, for what failed",
       "As resume, also for a job that is done: both sides are compared again, and what failed, "
       "differs or is new is copied. With --failure, which a copy takes that has come to its end, "
       "only these failures are tried again.",
       {"JOB"},
       "Examples:\n"
       "  s3migrator jobs retry 20261122t162800-3f9a1c\n"
       "  s3migrator jobs retry 20261122t162800-3f9a1c --failure 3 --failure 7\n\n"
       "Exit codes: those of s3migrator copy.",
       "jobs"},
      {Verb::jobs_failures,
       "failures",
       "Lists the objects of a job that failed, each with its cause",
       "Lists the failures of the job's last run: number, operation, key, cause and request id. "
       "With --json a line for each. The first 100,000 are kept; a report made by --report at the "
       "copy "
       "has them all.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs failures 20261122t162800-3f9a1c --json > failures.ndjson",
       "jobs"},
      {Verb::jobs_report,
       "report",
       "Writes a job's report: JSON, CSV or a page of HTML",
       "Writes the report of a job that has ended, from what the store remembers: as JSON on "
       "standard output (--format csv or html for another), or with --report into files.",
       {"JOB"},
       "Examples:\n"
       "  s3migrator jobs report 20261122t162800-3f9a1c | jq .totals\n"
       "  s3migrator jobs report 20261122t162800-3f9a1c --format html > audit.html\n"
       "  s3migrator jobs report 20261122t162800-3f9a1c --report audit",
       "jobs"},
      {Verb::jobs_delete,
       "delete",
       "Forgets a job that nobody runs",
       "Takes the job out of the store, with its steps, failures and events. No bucket is "
       "touched. Refused while the job runs, while its grant still stands in a bucket's policy, "
       "and once a migration deletes its source.",
       {"JOB"},
       "Example:\n"
       "  s3migrator jobs delete 20261122t162800-3f9a1c",
       "jobs"},
      {Verb::serve,
       "serve",
       "Opens the console in the browser: start, watch and control jobs",
       "Serves the console: a page, and an API under /api/v1 that openapi.json there describes. It "
       "listens on this machine alone unless told otherwise, and lets in who has the token that it "
       "prints. It runs the jobs that are begun there, and sees all jobs of its store, whoever "
       "runs "
       "them. Stopped, it pauses its jobs; the next one goes on with them. docs/console.md has the "
       "rest.",
       {},
       "Examples:\n"
       "  s3migrator serve\n"
       "  s3migrator serve --listen 127.0.0.1:0 --token-file ~/.s3migrator-token\n"
       "  s3migrator serve --allow-role-arn arn:aws:iam::111122223333:role/copy-source\n"
       "  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8080/api/v1/jobs\n\n"
       "Exit codes: 0 stopped by a signal, 1 it cannot listen, 2 usage."},
      {Verb::task,
       "task",
       "Runs the job that the environment names: the command of a container",
       "For containers that are given their work by variables. S3MIGRATOR_JOB holds the words of a "
       "copy or a migration as a JSON array (or of jobs resume, jobs retry, undo), the s3:// "
       "address of an object that holds them, or the id of a job of the store. With "
       "S3MIGRATOR_JOB_ID the job gets that id: a container that is started again goes on with it, "
       "one that is started twice runs it once, and once it is done there is nothing more to do. "
       "Where an earlier container may still live, its lease of two minutes is waited for.\n\n"
       "With S3MIGRATOR_SCHEDULE the monitor's schedule is switched on once the job has begun. "
       "SIGTERM pauses the job within seconds.",
       {},
       "Example:\n"
       "  S3MIGRATOR_JOB='[\"copy\",\"s3://photos\",\"s3://photos-eu\"]' \\\n"
       "  S3MIGRATOR_JOB_ID=photos-1 s3migrator task --json\n\n"
       "Exit codes: those of s3migrator copy."},
      {Verb::monitor,
       "monitor",
       "Looks how far jobs in ECS are, by their logs in CloudWatch",
       "Looks once at each job of the store that runs: reads what its log in CloudWatch has had "
       "since the last look (and five minutes before, for what came late), repeats the job's own "
       "percentage, asks ECS whether its task lives, and keeps all that in the store. A job whose "
       "task has died is paused, so that it can be taken up; one that is only silent is warned "
       "of.\n\n"
       "As a function of Lambda (the same image, this command) it does so at each invocation, "
       "within its deadline. docs/serverless.md has the rest.",
       {},
       "Examples:\n"
       "  s3migrator monitor\n"
       "  s3migrator monitor --metrics S3Migrator --schedule s3migrator-monitor --json\n\n"
       "Exit codes: 0 all was looked at, 1 something could not be, 2 usage."},
      {Verb::demo,
       "demo",
       "Copies a bucket between two accounts of a simulated cloud",
       "Starts a cloud with three accounts inside this program, fills a bucket with some thousand "
       "objects of many sizes, and copies it with assumed roles and a temporary grant, exactly as "
       "the copy command does: over HTTP, signed, with policies evaluated; then moves a bucket "
       "with "
       "its name. In a terminal it ends with the console on all that, which stays open until "
       "Ctrl-C; elsewhere it looks whether the console answers. Needs no account and no network.",
       {},
       ""},
      {Verb::version,
       "version",
       "Says which version this is",
       "Says which version this is.",
       {},
       ""},
  };
  return all;
}

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> all = {
      {"jobs", "Lists jobs, shows them, pauses, resumes, cancels and deletes them"}};
  return all;
}

}  // namespace s3m::app
