#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/cli.hpp"
#include "app/serve_options.hpp"
#include "aws/arn.hpp"
#include "base/text.hpp"
#include "transfer/location.hpp"
#include "workflow/temporary_bucket.hpp"

namespace s3m::app {
namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;
constexpr std::uint64_t largest_copy = 5ull << 30;  // of CopyObject and of a part

class Checker {
 public:
  Checker(const Arguments& arguments, const std::vector<std::string>& given)
      : arguments_(arguments), given_(given) {}

  Result<void> run() {
    if (arguments_.verb == Verb::cleanup_job) return of_job();
    if (arguments_.verb == Verb::cleanup) {
      roles("--", arguments_.destination_side);
    } else {
      roles("--source-", arguments_.source_side);
      roles("--destination-", arguments_.destination_side);
    }
    role("--migrator-role-arn", arguments_.migrator_role_arn);
    sizes();
    encryption();
    deletion();
    new_name();
    versions();
    verification();
    output();
    if (problem_.empty()) return check_serve(arguments_.serve);
    return fail(Errc::usage, problem_);
  }

 private:
  bool has(std::string_view option) const {
    return std::ranges::find(given_, option) != given_.end();
  }
  // The first problem is the one that is told.
  void refuse(bool condition, std::string sentence) {
    if (condition && problem_.empty()) problem_ = std::move(sentence);
  }
  void needs(std::string_view option, std::string_view other, bool there) {
    refuse(has(option) && !there, fmt::format("{} has no effect without {}", option, other));
  }
  void excludes(std::string_view option, std::string_view other) {
    refuse(has(option) && has(other),
           fmt::format("{} and {} contradict each other", option, other));
  }

  void role(std::string_view option, const std::string& arn) {
    refuse(!arn.empty() && !aws::parse_role_arn(arn),
           fmt::format("{}: \"{}\" is not the ARN of a role; one looks like "
                       "arn:aws:iam::111122223333:role/NAME",
                       option, printable(arn)));
  }

  void roles(const std::string& prefix, const SideArguments& arguments) {
    role(prefix + "role-arn", arguments.role_arn);
    needs(prefix + "external-id", prefix + "role-arn", !arguments.role_arn.empty());
    const bool idle = has(prefix + "profile") && !arguments.role_arn.empty() &&
                      !arguments_.migrator_role_arn.empty();
    refuse(idle, fmt::format("{0}profile has no effect beside --migrator-role-arn and "
                             "{0}role-arn: the migrator role assumes that role",
                             prefix));
  }

  void sizes() {
    const auto& copy = arguments_.spec.copy;
    refuse(copy.multipart_threshold > largest_copy,
           "--multipart-threshold is above 5GiB, the most that S3 copies in one request");
    refuse(copy.part_size != 0 && (copy.part_size < 5 * mebibyte || copy.part_size > largest_copy),
           "--part-size must be from 5MiB to 5GiB, as S3 has it");
  }

  void encryption() {
    const auto& copy = arguments_.spec.copy;
    needs("--sse-kms-key-id", "--sse aws:kms", copy.encryption.starts_with("aws:kms"));
    excludes("--kms-key-map", "--sse");
    needs("--restore-wait", "--restore", copy.restore.has_value());
    needs("--restore-poll", "--restore", copy.restore.has_value());
  }

  Result<void> of_job() {
    for (const auto* const option : {"--role-arn", "--external-id", "--profile", "--region",
                                     "--endpoint-url", "--migrator-role-arn"}) {
      refuse(has(option), fmt::format("{} has no effect with a job, whose own command says who "
                                      "signs; a bucket is named s3://BUCKET",
                                      option));
    }
    output();
    if (problem_.empty()) return ok;
    return fail(Errc::usage, problem_);
  }

  void deletion() {
    if (arguments_.verb == Verb::migrate) return migration();
    if (is_about_jobs(arguments_.verb)) return;  // whose job it is, is not known yet
    if (arguments_.verb == Verb::adopt) return adoption();
    if (arguments_.verb == Verb::cleanup) return opening();
    const auto& spec = arguments_.spec;
    needs("--max-delete", "--delete", spec.delete_extra);
    needs("--confirm-delete", "--delete", spec.delete_extra);
    refuse(!spec.confirm_delete.empty() && spec.confirm_delete != arguments_.destination.bucket,
           fmt::format("--confirm-delete names \"{}\", but the destination bucket is \"{}\"",
                       printable(spec.confirm_delete), printable(arguments_.destination.bucket)));
  }

  void opening() {
    const auto& name = arguments_.migration.confirm_delete;
    const auto& bucket = arguments_.destination.bucket;
    refuse(!name.empty() && name != bucket,
           fmt::format("--confirm-delete names \"{}\", but the bucket is \"{}\"", printable(name),
                       printable(bucket)));
  }

  void migration() {
    const auto& name = arguments_.migration.confirm_delete;
    refuse(!name.empty() && name != arguments_.source.bucket,
           fmt::format("--confirm-delete names \"{}\", but the bucket that is moved is \"{}\"",
                       printable(name), printable(arguments_.source.bucket)));
    refuse(!arguments_.source.prefix.empty(),
           "a migration moves a whole bucket with its name; copy takes a prefix");
    excludes("--source-is-quiet", "--freeze-settle");
  }

  // G26: a bucket that is its own copy would be proven, and deleted as the temporary one.
  void new_name() {
    const auto& name = arguments_.migration.rename;
    if (name.empty()) return;
    const auto location = transfer::parse_location("s3://" + name);
    refuse(!location || location->bucket != name,
           fmt::format("--rename: \"{}\" is no name of a bucket", printable(name)));
    refuse(
        workflow::is_temporary_name(name),
        fmt::format("--rename {}: temporary buckets have such names, and are deleted in the end; "
                    "choose another name",
                    printable(name)));
  }

  // Whose name --confirm-delete must have is for the record to say.
  void adoption() {
    refuse(!arguments_.destination.prefix.empty(),
           "the temporary bucket of a migration is named alone, without a prefix");
    excludes("--source-is-quiet", "--freeze-settle");
  }

  void versions() {
    const auto& spec = arguments_.spec;
    needs("--versioning-settle", "--versions all", spec.copy.all_versions);
    if (!spec.copy.all_versions) return;
    refuse(spec.delete_extra,
           "--delete and --versions all contradict each other: a history is only ever added to");
    refuse(spec.copy.if_exists != transfer::IfExists::skip_same,
           "--if-exists and --versions all contradict each other: a history is only ever added to");
    refuse(has("--restore"),
           "--restore does not know versions: restore those that are archived "
           "first, or leave --versions all out");
  }

  void verification() {
    const auto& spec = arguments_.spec;
    refuse(spec.strict && spec.verify == transfer::VerifyMode::none,
           "--strict and --verify none contradict each other");
    refuse(has("--grant-timeout") && spec.grant == workflow::GrantMode::none,
           "--grant-timeout has no effect with --grant none");
    excludes("--dry-run", "--report");
  }

  void output() {
    const auto& output = arguments_.output;
    refuse(output.quiet && output.progress && *output.progress != Progress::none,
           "--quiet and --progress contradict each other");
    excludes("--quiet", "--json");
    excludes("--format", "--report");
  }

  const Arguments& arguments_;
  const std::vector<std::string>& given_;
  std::string problem_;
};

}  // namespace

Result<void> check_arguments(const Arguments& arguments, const std::vector<std::string>& given) {
  return Checker(arguments, given).run();
}

}  // namespace s3m::app
