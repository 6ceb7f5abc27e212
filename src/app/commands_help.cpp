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
       "found a difference, 130 interrupted: the same command again goes on.\n\n"
       "A prefix without a slash at its end is taken as it is: s3://logs/2026 also means "
       "2026-old/.\n"
       "s3migrator plan prints the first and the last key that match."},
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
       "Takes out what a killed job left in a bucket",
       "Takes our temporary statements out of the bucket's policy (found by the store and by their "
       "name, S3MigratorGrant...) and aborts unfinished uploads that the store knows as ours. What "
       "others wrote or upload stays as it is, and so does what belongs to a job that still runs "
       "on "
       "this machine.",
       {"BUCKET"},
       "Example:\n"
       "  s3migrator cleanup s3://photos-eu --role-arn arn:aws:iam::222222222222:role/destination"},
      {Verb::demo,
       "demo",
       "Copies a bucket between two accounts of a simulated cloud",
       "Starts a cloud with three accounts inside this program, fills a bucket with some thousand "
       "objects of many sizes, and copies it with assumed roles and a temporary grant, exactly as "
       "the copy command does: over HTTP, signed, with policies evaluated. Needs no account and no "
       "network.",
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

}  // namespace s3m::app
