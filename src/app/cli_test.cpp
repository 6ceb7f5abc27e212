#include "app/cli.hpp"

#include <algorithm>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/adopt.hpp"

namespace s3m::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using transfer::FilterRule;

std::variant<Arguments, Notice> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "s3migrator");
  return parse_command_line(words);
}

Arguments good(const std::vector<std::string>& words) {
  auto parsed = parse(words);
  if (const auto* notice = std::get_if<Notice>(&parsed)) ADD_FAILURE() << notice->text;
  auto* arguments = std::get_if<Arguments>(&parsed);
  return arguments != nullptr ? *arguments : Arguments{};
}

// The sentence of a refusal; empty when there is none.
std::string refusal(const std::vector<std::string>& words) {
  const auto parsed = parse(words);
  const auto* notice = std::get_if<Notice>(&parsed);
  if (notice == nullptr || notice->exit_code != 2) return {};
  EXPECT_EQ(std::ranges::count(notice->text, '\n'), 2) << notice->text;
  return notice->text.substr(0, notice->text.find('\n'));
}

std::vector<std::string> copy(std::vector<std::string> options) {
  options.insert(options.begin(), {"copy", "s3://a-bucket/x", "s3://b-bucket"});
  return options;
}

TEST(CommandLine, ACopyWithAllItsOptions) {
  const auto arguments = good(copy({"--source-role-arn",
                                    "arn:aws:iam::111111111111:role/s",
                                    "--source-external-id",
                                    "e1",
                                    "--source-region",
                                    "us-east-1",
                                    "--source-endpoint-url",
                                    "http://127.0.0.1:1",
                                    "--destination-role-arn",
                                    "arn:aws:iam::222222222222:role/d",
                                    "--migrator-role-arn",
                                    "arn:aws:iam::333333333333:role/m",
                                    "--grant",
                                    "source-policy",
                                    "--grant-timeout",
                                    "7",
                                    "--max-requests-per-second",
                                    "2000",
                                    "--concurrency",
                                    "12",
                                    "--multipart-threshold",
                                    "64MiB",
                                    "--part-size",
                                    "16MiB",
                                    "--storage-class",
                                    "STANDARD_IA",
                                    "--sse",
                                    "aws:kms",
                                    "--sse-kms-key-id",
                                    "k",
                                    "--if-exists",
                                    "overwrite",
                                    "--delete",
                                    "--max-delete",
                                    "25",
                                    "--verify",
                                    "checksum",
                                    "--count-first",
                                    "--strict",
                                    "--report",
                                    "r.json",
                                    "--progress",
                                    "plain",
                                    "--json",
                                    "--log-level",
                                    "debug",
                                    "--store",
                                    "/tmp/s.db"}));
  EXPECT_EQ(arguments.verb, Verb::copy);
  EXPECT_EQ(arguments.source.uri(), "s3://a-bucket/x");
  EXPECT_EQ(arguments.destination.uri(), "s3://b-bucket");
  EXPECT_EQ(arguments.source_side.external_id, "e1");
  EXPECT_EQ(arguments.source_side.options.region, "us-east-1");
  EXPECT_EQ(arguments.source_side.options.endpoint_url, "http://127.0.0.1:1");
  EXPECT_EQ(arguments.destination_side.role_arn, "arn:aws:iam::222222222222:role/d");
  EXPECT_EQ(arguments.migrator_role_arn, "arn:aws:iam::333333333333:role/m");
  EXPECT_EQ(arguments.spec.grant, workflow::GrantMode::source_policy);
  EXPECT_EQ(arguments.spec.grant_timeout, std::chrono::seconds(7));
  EXPECT_EQ(arguments.concurrency, 12u);
  EXPECT_EQ(arguments.max_requests_per_second, 2000u);
  EXPECT_EQ(arguments.spec.copy.multipart_threshold, 64u << 20);
  EXPECT_EQ(arguments.spec.copy.part_size, 16u << 20);
  EXPECT_EQ(arguments.spec.copy.encryption, "aws:kms");
  EXPECT_EQ(arguments.spec.copy.if_exists, transfer::IfExists::overwrite);
  EXPECT_TRUE(arguments.spec.delete_extra);
  EXPECT_EQ(arguments.spec.max_delete_percent, 25u);
  EXPECT_EQ(arguments.spec.verify, transfer::VerifyMode::checksum);
  EXPECT_TRUE(arguments.spec.strict);
  EXPECT_TRUE(arguments.spec.count_first);
  EXPECT_EQ(arguments.spec.report, "r.json");
  EXPECT_EQ(arguments.output.progress, Progress::plain);
  EXPECT_TRUE(arguments.output.json);
  EXPECT_EQ(arguments.output.log_level, log::Level::debug);
  EXPECT_EQ(arguments.store, "/tmp/s.db");
}

TEST(CommandLine, TheDefaults) {
  const auto arguments = good(copy({}));
  EXPECT_EQ(arguments.spec.grant, std::nullopt);
  EXPECT_EQ(arguments.concurrency, std::nullopt);
  EXPECT_EQ(arguments.max_requests_per_second, std::nullopt);
  EXPECT_EQ(arguments.spec.copy.multipart_threshold, 256u << 20);
  EXPECT_EQ(arguments.spec.verify, transfer::VerifyMode::listing);
  EXPECT_EQ(arguments.spec.max_delete_percent, 10u);
  EXPECT_FALSE(arguments.dry_run);
  EXPECT_FALSE(arguments.spec.count_first);
  EXPECT_EQ(good(copy({"--concurrency", "auto"})).concurrency, std::nullopt);
}

TEST(CommandLine, APasswordIsRefusedWhereEverybodyCanReadIt) {
  EXPECT_THAT(refusal(copy({"--store", "postgresql://u:secret@host/db"})),
              AllOf(HasSubstr("PGPASSFILE"), Not(HasSubstr("secret"))));
  EXPECT_EQ(good(copy({"--store", "postgresql://u@host/db"})).store, "postgresql://u@host/db");
}

TEST(CommandLine, FiltersKeepTheirOrderAcrossBothOptions) {
  const auto arguments = good(
      copy({"--exclude", "*", "--include", "*.jpg", "--include=-x", "--exclude", "private/*"}));
  EXPECT_THAT(arguments.filters,
              ElementsAre(FilterRule{false, "*"}, FilterRule{true, "*.jpg"}, FilterRule{true, "-x"},
                          FilterRule{false, "private/*"}));
  EXPECT_TRUE(arguments.spec.copy.filter.matches("a.jpg"));
  EXPECT_FALSE(arguments.spec.copy.filter.matches("private/a.jpg"));
}

TEST(CommandLine, OptionsMayStandBeforeTheLocations) {
  const auto arguments = good({"copy", "--exclude", "*.tmp", "s3://aaa", "--dry-run", "s3://bbb"});
  EXPECT_EQ(arguments.source.bucket, "aaa");
  EXPECT_EQ(arguments.destination.bucket, "bbb");
  EXPECT_TRUE(arguments.dry_run);
}

TEST(CommandLine, CleanupHasOneBucketAndItsOwnOptions) {
  const auto arguments = good({"cleanup", "s3://bbb/p", "--role-arn",
                               "arn:aws:iam::222222222222:role/d", "--external-id", "x"});
  EXPECT_EQ(arguments.verb, Verb::cleanup);
  EXPECT_EQ(arguments.destination.uri(), "s3://bbb/p");
  EXPECT_EQ(arguments.destination_side.external_id, "x");
}

TEST(CommandLine, CleanupOfAJobTakesItsRolesFromTheJob) {
  const auto arguments = good({"cleanup", "20261122t231822-5c1b9a", "--confirm-delete", "s3m-12"});
  EXPECT_EQ(arguments.verb, Verb::cleanup_job);
  EXPECT_EQ(arguments.job, "20261122t231822-5c1b9a");
  EXPECT_EQ(arguments.migration.confirm_delete, "s3m-12");
  EXPECT_THAT(refusal({"cleanup", "20261122t231822-5c1b9a", "--region", "us-east-1"}),
              HasSubstr("--region has no effect with a job"));
  EXPECT_THAT(refusal({"cleanup", "s3://bbb", "--confirm-delete", "ccc"}),
              HasSubstr("--confirm-delete names \"ccc\", but the bucket is \"bbb\""));
  EXPECT_EQ(good({"cleanup", "s3://bbb", "--confirm-delete", "bbb"}).migration.confirm_delete,
            "bbb");
}

TEST(CommandLine, WhatIsUnknownIsNamedWithWhatWasProbablyMeant) {
  EXPECT_EQ(refusal(copy({"--storge-class", "X"})),
            "s3migrator copy: there is no option --storge-class; did you mean --storage-class?");
  EXPECT_EQ(refusal(copy({"--frobnicate"})), "s3migrator copy: there is no option --frobnicate");
  EXPECT_EQ(refusal(copy({"-x"})), "s3migrator copy: there is no option -x");
  EXPECT_EQ(refusal({"cpoy"}), "s3migrator: there is no command \"cpoy\"; did you mean copy?");
  EXPECT_EQ(refusal({}), "s3migrator: a command is missing");
  EXPECT_EQ(refusal({"--verbose"}), "s3migrator: a command is missing");
}

TEST(CommandLine, LocationsAreCheckedAndCounted) {
  EXPECT_THAT(refusal({"copy", "s3://aaa"}), HasSubstr("DESTINATION is missing"));
  EXPECT_THAT(refusal({"copy"}), HasSubstr("SOURCE is missing"));
  EXPECT_THAT(refusal({"copy", "aaa", "s3://bbb"}), HasSubstr("\"aaa\" is not a location"));
  EXPECT_THAT(refusal({"copy", "s3://aaa", "s3://B_"}), HasSubstr("s3://B_"));
  EXPECT_THAT(refusal({"copy", "s3://aaa", "s3://bbb", "s3://ccc"}), HasSubstr("more words"));
}

TEST(CommandLine, ValuesAreChecked) {
  EXPECT_THAT(refusal(copy({"--grant", "all"})), HasSubstr("--grant: \"all\" is none of:"));
  EXPECT_THAT(refusal(copy({"--grant"})), HasSubstr("--grant needs a value"));
  EXPECT_THAT(refusal(copy({"--concurrency", "0"})), HasSubstr("--concurrency: \"0\" is not"));
  EXPECT_THAT(refusal(copy({"--max-requests-per-second", "0"})),
              HasSubstr("--max-requests-per-second: \"0\" is not a whole number from 1"));
  EXPECT_THAT(refusal(copy({"--max-requests-per-second", "fast"})),
              HasSubstr("is not a whole number"));
  EXPECT_THAT(refusal(copy({"--part-size", "1GB2"})), HasSubstr("is not a size"));
  EXPECT_THAT(refusal(copy({"--part-size", "1MiB"})), HasSubstr("from 5MiB to 5GiB"));
  EXPECT_THAT(refusal(copy({"--multipart-threshold", "6GiB"})), HasSubstr("above 5GiB"));
  EXPECT_THAT(refusal(copy({"--max-delete", "101", "--delete"})), HasSubstr("from 0 to 100"));
  EXPECT_THAT(refusal(copy({"--source-role-arn", "role/x"})), HasSubstr("not the ARN of a role"));
  EXPECT_THAT(refusal(copy({"--report", ""})), HasSubstr("the value is empty"));
  EXPECT_THAT(refusal(copy({"--sse", "AES256", "--sse", "aws:kms"})),
              HasSubstr("--sse is given twice"));
}

TEST(CommandLine, RestoresAndKeyMaps) {
  const auto spec = good(copy({"--restore", "bulk/3", "--restore-wait", "12", "--kms-key-map",
                               "a=b", "--kms-key-map", "*=c", "--attributes", "all"}))
                        .spec;
  ASSERT_TRUE(spec.copy.restore);
  EXPECT_EQ(spec.copy.restore->tier, "Bulk");
  EXPECT_EQ(spec.copy.restore->days, 3);
  EXPECT_EQ(spec.restore_wait, std::chrono::hours(12));
  EXPECT_EQ(spec.kms_keys.find("arn:aws:kms:r:1:key/a"), "b");
  EXPECT_EQ(spec.kms_keys.find("x"), "c");
  EXPECT_EQ(spec.attributes, workflow::AttributeMode::all);
  EXPECT_EQ(good(copy({"--restore", "Standard"})).spec.copy.restore->days, 7);
  EXPECT_FALSE(good(copy({})).spec.copy.restore);

  EXPECT_THAT(refusal(copy({"--restore", "Slow"})), HasSubstr("none of Standard, Bulk"));
  EXPECT_THAT(refusal(copy({"--restore", "Bulk/0"})), HasSubstr("from 1 to"));
  EXPECT_THAT(refusal(copy({"--restore-wait", "1"})), HasSubstr("without --restore"));
  EXPECT_THAT(refusal(copy({"--kms-key-map", "/nowhere/keys"})), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(copy({"--kms-key-map", "a="})), HasSubstr("not a pair of keys"));
  EXPECT_THAT(refusal(copy({"--kms-key-map", "a=b", "--sse", "AES256"})), HasSubstr("contradict"));
}

TEST(CommandLine, AHistoryIsOnlyEverAddedTo) {
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--delete"}, {"--if-exists", "overwrite"}}) {
    std::vector<std::string> words{"--versions", "all"};
    words.insert(words.end(), other.begin(), other.end());
    EXPECT_THAT(refusal(copy(words)), HasSubstr("contradict"));
  }
  EXPECT_THAT(refusal(copy({"--versions", "all", "--restore", "Bulk"})),
              HasSubstr("--restore does not know versions"));
  EXPECT_THAT(refusal(copy({"--versioning-settle", "1"})), HasSubstr("without --versions all"));
  EXPECT_THAT(refusal(copy({"--versions", "some"})), HasSubstr("none of: latest, all"));
}

TEST(CommandLine, ContradictionsAreRefused) {
  EXPECT_THAT(refusal(copy({"--source-external-id", "x"})),
              HasSubstr("--source-external-id has no effect without --source-role-arn"));
  EXPECT_THAT(refusal(copy({"--max-delete", "5"})), HasSubstr("without --delete"));
  EXPECT_THAT(refusal(copy({"--delete", "--confirm-delete", "other"})),
              HasSubstr("the destination bucket is \"b-bucket\""));
  EXPECT_THAT(refusal(copy({"--strict", "--verify", "none"})), HasSubstr("contradict"));
  EXPECT_THAT(refusal(copy({"--quiet", "--json"})), HasSubstr("contradict"));
  EXPECT_THAT(refusal(copy({"--quiet", "--progress", "plain"})), HasSubstr("contradict"));
  EXPECT_THAT(refusal(copy({"--sse-kms-key-id", "k"})), HasSubstr("--sse aws:kms"));
  EXPECT_THAT(refusal(copy({"--grant", "none", "--grant-timeout", "1"})),
              HasSubstr("no effect with --grant none"));
  EXPECT_THAT(refusal(copy({"--dry-run", "--report", "x"})), HasSubstr("contradict"));
  EXPECT_THAT(refusal(copy({"--source-profile", "p", "--migrator-role-arn", "arn:aws:iam::3:role/m",
                            "--source-role-arn", "arn:aws:iam::1:role/s"})),
              HasSubstr("--source-profile has no effect"));
}

TEST(CommandLine, CommandsAboutJobs) {
  const auto list = good({"jobs", "list", "--limit", "5", "--json"});
  EXPECT_EQ(list.verb, Verb::jobs_list);
  EXPECT_EQ(list.limit, 5u);
  EXPECT_TRUE(list.output.json);
  const std::vector<std::pair<std::string, Verb>> verbs{
      {"show", Verb::jobs_show},     {"pause", Verb::jobs_pause},
      {"resume", Verb::jobs_resume}, {"cancel", Verb::jobs_cancel},
      {"retry", Verb::jobs_retry},   {"failures", Verb::jobs_failures},
      {"report", Verb::jobs_report}, {"delete", Verb::jobs_delete}};
  for (const auto& [name, verb] : verbs) {
    const auto arguments = good({"jobs", name, "20261122t162800-3f9a1c"});
    EXPECT_EQ(arguments.verb, verb);
    EXPECT_EQ(arguments.job, "20261122t162800-3f9a1c");
    EXPECT_THAT(refusal({"jobs", name}), HasSubstr("JOB is missing; s3migrator jobs list"));
    EXPECT_THAT(refusal({"jobs", name, "a", "b"}),
                HasSubstr("more words than jobs " + name + " takes"));
    const auto help = parse({"jobs", name, "--help"});
    EXPECT_THAT(std::get<Notice>(help).text, HasSubstr("Usage: s3migrator jobs " + name));
  }
  EXPECT_EQ(good({"jobs", "failures", "j", "--offset", "100"}).offset, 100u);
  EXPECT_EQ(good({"jobs", "retry", "j", "--failure", "3", "--failure=7"}).failures,
            (std::vector<std::uint64_t>{3, 7}));
  EXPECT_EQ(good({"jobs", "report", "j", "--report", "r.html"}).spec.report, "r.html");
}

TEST(CommandLine, MistypedCommandsAboutJobsAreHelped) {
  EXPECT_THAT(refusal({"jobs"}), HasSubstr("a command is missing"));
  EXPECT_THAT(refusal({"jobs", "lits"}), HasSubstr("no command \"jobs lits\"; did you mean list?"));
  EXPECT_THAT(refusal({"job", "list"}), HasSubstr("did you mean jobs?"));
  EXPECT_THAT(refusal({"jobs", "list", "--limt", "5"}), HasSubstr("did you mean --limit?"));
  EXPECT_THAT(refusal({"jobs", "list", "more"}), HasSubstr("more words than jobs list takes"));
  const auto help = parse({"jobs", "--help"});
  EXPECT_THAT(std::get<Notice>(help).text, HasSubstr("Usage: s3migrator jobs COMMAND"));
  EXPECT_THAT(std::get<Notice>(help).text, HasSubstr("resume"));
}

TEST(CommandLine, EveryCommandTeachesItself) {
  for (const auto* verb : {"copy", "plan", "verify", "cleanup", "demo", "version"}) {
    const auto parsed = parse({verb, "--help"});
    const auto* notice = std::get_if<Notice>(&parsed);
    ASSERT_NE(notice, nullptr) << verb;
    EXPECT_EQ(notice->exit_code, 0);
    EXPECT_THAT(notice->text, HasSubstr(std::string("Usage: s3migrator ") + verb));
  }
  const auto parsed = parse({"copy", "--help"});
  const auto& text = std::get<Notice>(parsed).text;
  EXPECT_THAT(text, HasSubstr("--destination-endpoint-url URL"));
  EXPECT_THAT(text, HasSubstr("Exit codes:"));
  EXPECT_THAT(text, HasSubstr("--migrator-role-arn"));
  EXPECT_THAT(std::get<Notice>(parse({"--help"})).text, HasSubstr("cleanup"));
}

TEST(ShellCommand, CanBePastedAgain) {
  EXPECT_EQ(shell_command({"s3migrator", "copy", "s3://a/b c", "it's", ""}),
            "s3migrator copy 's3://a/b c' 'it'\\''s' ''");
  EXPECT_EQ(shell_command({"s3://a/\x1b[31m'"}), "$'s3://a/\\x1b[31m\\''");
  EXPECT_THAT(shell_command({"https://user:secret@host/"}), testing::Not(HasSubstr("secret")));
}

TEST(JobsCommand, NamesTheStoreThatWasNamed) {
  const auto plain = good(copy({}));
  EXPECT_EQ(jobs_command(plain, "resume", "j"), "s3migrator jobs resume j");
  const auto stored = good(copy({"--store", "my jobs.db"}));
  EXPECT_EQ(jobs_command(stored, "resume", "j"), "s3migrator jobs resume j --store 'my jobs.db'");
}

TEST(Nearest, FindsTheLikelyWordOrNone) {
  const std::vector<std::string> known{"--source-region", "--source-profile", "--sse", "--strict"};
  EXPECT_EQ(nearest("--source-regoin", known), "--source-region");
  EXPECT_EQ(nearest("--source-prof", known), "--source-profile");
  EXPECT_EQ(nearest("--verbose", known), "");
}

TEST(CommandLine, AdoptNamesATemporaryBucketAndTheRoles) {
  const auto arguments =
      good({"adopt", "s3://s3m-1", "--source-role-arn", "arn:aws:iam::111111111111:role/s",
            "--confirm-delete", "photos", "--rename", "photos-2"});
  EXPECT_EQ(arguments.verb, Verb::adopt);
  EXPECT_EQ(arguments.destination.bucket, "s3m-1");
  EXPECT_EQ(arguments.migration.confirm_delete, "photos") << "of which bucket the record says";
  EXPECT_THAT(refusal({"adopt", "s3://s3m-1/x"}), HasSubstr("without a prefix"));
  EXPECT_THAT(refusal({"adopt"}), HasSubstr("TEMPORARY-BUCKET is missing"));
}

// Its own copy would be deleted as the temporary bucket (guard G26).
TEST(CommandLine, ANewNameIsABucketsAndNoTemporaryOnes) {
  for (const auto* name : {"a", "--x", "photos/2", "-x-"})
    EXPECT_THAT(refusal({"migrate", "s3://photos", std::string("--rename=") + name}),
                HasSubstr("is no name of a bucket"))
        << name;
  EXPECT_THAT(
      refusal({"migrate", "s3://photos", "--rename", "s3m-0123456789abcdef0123456789abcdef"}),
      HasSubstr("temporary buckets"));
}

TEST(CommandLine, WhatAMigrationIsGoesIntoItsRecordAndWhoSignsDoesNot) {
  const auto arguments = good({"migrate",
                               "s3://photos",
                               "--source-role-arn",
                               "arn:aws:iam::111111111111:role/s",
                               "--source-external-id",
                               "e1",
                               "--destination-region",
                               "eu-west-1",
                               "--confirm-delete",
                               "photos",
                               "--freeze",
                               "early",
                               "--source-is-quiet",
                               "--grant=none",
                               "--map",
                               "a=b",
                               "--map",
                               "c=d",
                               "--kms-key-map",
                               "k=l",
                               "--json"});
  EXPECT_THAT(options_of_the_job(arguments),
              ElementsAre("--freeze=early", "--source-is-quiet", "--grant=none", "--map=a=b",
                          "--map=c=d", "--kms-key-map=k=l"));
  std::vector<std::string> again{"migrate", "s3://photos"};
  std::ranges::copy(options_of_the_job(arguments), std::back_inserter(again));
  EXPECT_EQ(options_of_the_job(good(again)), options_of_the_job(arguments));
}

}  // namespace
}  // namespace s3m::app
