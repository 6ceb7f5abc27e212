#include "workflow/migration_refusals.hpp"

#include <fmt/format.h>

#include "aws/endpoint.hpp"
#include "base/text.hpp"
#include "transfer/location.hpp"
#include "workflow/movable_name.hpp"

namespace s3m::workflow {
namespace {

std::string quoted(const std::string& bucket) {
  return "bucket " + printable(bucket);
}

void refuse(std::vector<Refusal>& out, std::string code, std::string reason, std::string way_out) {
  out.push_back({std::move(code), std::move(reason), std::move(way_out)});
}

// As messages name whom the buckets of an identity belong to.
std::string account_of(const Principal& principal) {
  return printable(principal.account.empty() ? principal.owner_id : principal.account);
}

bool are_of_one_account(const Principal& one, const Principal& other) {
  return (!one.account.empty() && one.account == other.account) ||
         (!one.owner_id.empty() && one.owner_id == other.owner_id);
}

bool archives(std::string_view storage_class) {
  return transfer::storage_class(storage_class).needs_restore;
}

}  // namespace

namespace refusals {

void of_name(const MigrationFacts& facts, std::vector<Refusal>& out) {
  if (!facts.aws) return;  // others have their own rules
  const auto problem = problem_of_name(facts.bucket);
  if (!problem) return;
  const auto name = printable(facts.bucket);
  const std::string copy_instead =
      fmt::format("copy it to another name: s3migrator copy s3://{} s3://NEW-NAME", name);
  switch (*problem) {
    case NameProblem::account_regional:
      refuse(out, "account-regional-name",
             fmt::format("the name {} ends with an account and a region, and S3 gives it to no "
                         "bucket of another account or region",
                         name),
             copy_instead);
      return;
    case NameProblem::access_point:
      refuse(out, "access-point", fmt::format("{} is an access point, not a bucket", name),
             "name the bucket behind it: aws s3control get-access-point tells which it is");
      return;
    case NameProblem::other_kind:
      refuse(
          out, "other-kind-of-bucket",
          fmt::format("{} is a directory or table bucket: its listing has no order, and it keeps "
                      "other rules",
                      name),
          copy_instead);
      return;
    case NameProblem::legacy:
      refuse(out, "legacy-name",
             fmt::format("the name {} follows rules that hold no more: once deleted it cannot be "
                         "made again, anywhere",
                         name),
             copy_instead);
      return;
    case NameProblem::reserved:
      refuse(out, "reserved-name",
             fmt::format("the name {} begins or ends as AWS keeps for itself: once deleted it "
                         "cannot be made again",
                         name),
             copy_instead);
      return;
  }
}

// Found out only when the source is gone, it would leave the bucket without any name.
void of_new_name(const MigrationFacts& facts, std::vector<Refusal>& out) {
  if (facts.new_name_use == NameUse::free) return;
  const auto name = printable(facts.new_name);
  const bool own = facts.new_name_use == NameUse::own;
  refuse(out, "new-name-in-use",
         own ? fmt::format("--rename {0}: bucket {0} is there already, in account {1}", name,
                           account_of(facts.destination_principal))
             : fmt::format("--rename {0}: bucket {0} is another account's, or in another region, "
                           "or may not be looked at (s3:ListBucket)",
                           name),
         own ? "choose a name that nobody has; or, if it is empty and nobody needs it, delete that "
               "bucket first"
             : "choose a name that nobody has");
}

void of_wishes(const MigrationFacts& facts, const MigrationWishes& wishes,
               std::vector<Refusal>& out) {
  const auto& spec = wishes.copy;
  const auto whole = [&](std::string option, std::string code) {
    refuse(out, std::move(code),
           fmt::format("{} would leave objects behind, and {} is deleted in the end", option,
                       quoted(facts.bucket)),
           fmt::format("leave {} out, or use s3migrator copy, which deletes nothing", option));
  };
  if (!wishes.prefix.empty()) whole("the prefix " + printable(wishes.prefix), "prefix");
  if (!spec.copy.filter.empty()) whole("--include/--exclude", "filter");
  if (spec.copy.if_exists != transfer::IfExists::skip_same) whole("--if-exists", "if-exists");
  if (spec.delete_extra) whole("--delete", "delete-extra");
  if (spec.verify == transfer::VerifyMode::none) {
    refuse(out, "verify-none", "nothing is deleted that was not verified to be elsewhere",
           "leave --verify none out");
  }
  if (archives(spec.copy.storage_class)) {
    refuse(
        out, "archive-class",
        fmt::format("copies in {} could not be read for the second copy", spec.copy.storage_class),
        "choose another --storage-class; a lifecycle rule may archive the objects afterwards");
  }
}

void of_place(const MigrationFacts& facts, std::vector<Refusal>& out) {
  const auto& from = facts.source_principal;
  const auto& to = facts.destination_principal;
  if (!facts.one_service) {
    refuse(out, "two-services",
           "the two endpoints are different services, and a name is moved "
           "inside one service",
           "copy it: s3migrator copy");
    return;
  }
  if (facts.aws &&
      aws::partition_of(facts.source_region) != aws::partition_of(facts.destination_region)) {
    refuse(out, "two-partitions",
           fmt::format("{} is in partition {}, {} in {}: S3 copies nothing between partitions",
                       facts.source_region, aws::partition_of(facts.source_region),
                       facts.destination_region, aws::partition_of(facts.destination_region)),
           "choose a region of the same partition");
  }
  if (are_of_one_account(from, to) && facts.source_region == facts.destination_region) {
    refuse(out, "already-there",
           fmt::format("{} is in account {} and region {} already", quoted(facts.bucket),
                       account_of(to), facts.destination_region),
           "name another --destination-region or another --destination-role-arn");
  }
  if (!facts.owner_known) {
    refuse(out, "foreign-bucket",
           fmt::format("{} does not belong to account {}, the source identity's: only its owner "
                       "can freeze and delete it",
                       quoted(facts.bucket), account_of(from)),
           "give the role of the account that owns it as --source-role-arn");
  }
}

void of_freeze(const MigrationFacts& facts, const MigrationWishes& wishes,
               std::vector<Refusal>& out) {
  if (facts.second_session || wishes.source_is_quiet) return;
  refuse(
      out, "no-second-session",
      fmt::format("the source identity assumes no role, so no second session of it can show that "
                  "a freeze of {} keeps others out, and nothing is deleted from a bucket that is "
                  "not frozen",
                  quoted(facts.bucket)),
      "give a role of the owner as --source-role-arn; or, if nobody writes to the bucket, say so "
      "with --source-is-quiet");
}

void of_locks(const MigrationFacts& facts, std::vector<Refusal>& out) {
  if (facts.versioning.mfa_delete) {
    refuse(out, "mfa-delete",
           fmt::format("{} has MFA delete: its versions can be deleted only by the root user with "
                       "a code",
                       quoted(facts.bucket)),
           "switch MFA delete off as the root user, or copy the bucket to another name");
  }
  if (facts.lock.default_mode == "COMPLIANCE") {
    refuse(out, "compliance-lock",
           fmt::format("{} locks its objects in compliance mode: nobody can delete them before "
                       "their time, so it cannot be emptied",
                       quoted(facts.bucket)),
           "copy it to another name and delete this one when the last lock has ended");
  } else if (!facts.lock.default_mode.empty()) {
    refuse(out, "governance-lock",
           fmt::format("{} locks its objects in {} mode: locked ones can neither be deleted here "
                       "nor in the temporary bucket",
                       quoted(facts.bucket), printable(facts.lock.default_mode)),
           "take the default retention off and lift the retentions, or copy it to another name");
  }
}

void of_configuration(const MigrationFacts& facts, const MigrationWishes& wishes,
                      std::vector<Refusal>& out) {
  for (const auto& [what, permission] : facts.unread) {
    refuse(out, "unread",
           fmt::format("the source identity may not read the {} of {}, and what may not be read "
                       "cannot be carried",
                       what, quoted(facts.bucket)),
           fmt::format("allow {} on it", permission));
  }
  const bool by_destination = wishes.copy.grant == GrantMode::source_policy;
  if (facts.acls == MigrationFacts::Acls::on && !by_destination) {
    refuse(out, "acls-need-source-policy",
           fmt::format("{} has ACLs: what the source identity writes into the temporary bucket "
                       "cannot be given them, and what the first copy loses is gone",
                       quoted(facts.bucket)),
           "--grant source-policy, so that the destination identity copies; or switch ACLs off "
           "(BucketOwnerEnforced)");
  }
  if (!facts.reserved_key.empty()) {
    refuse(
        out, "reserved-prefix",
        fmt::format("{} has objects below {}, which this program keeps for itself and does not "
                    "copy: {}",
                    quoted(facts.bucket), transfer::reserved_prefix, printable(facts.reserved_key)),
        "if its tag s3migrator:job says that it is the temporary bucket of a job, see that one to "
        "its end: s3migrator jobs resume, or s3migrator adopt where its store is lost; otherwise "
        "move or delete them");
  }
}

void of_objects(const MigrationFacts& facts, const MigrationWishes& wishes,
                std::vector<Refusal>& out) {
  std::uint64_t archived = 0;
  std::string names;
  for (const auto& [name, figures] : facts.classes) {
    if (!archives(name)) continue;
    archived += figures.objects;
    names += (names.empty() ? "" : ", ") + name;
  }
  // Restored ones can be read once; their copies can be read again only in another class.
  const bool readable_twice = !wishes.copy.copy.storage_class.empty() && facts.unrestored == 0;
  if (archived > 0 && !readable_twice) {
    refuse(out, "archived-objects",
           fmt::format("{} has {} objects in {}, {} of them not restored, as {}: they cannot be "
                       "read without a restore, and their copies would need another",
                       quoted(facts.bucket), human_count(archived), names,
                       human_count(facts.unrestored), printable(facts.first_in_archive)),
           "restore them all and give --storage-class STANDARD, or copy the bucket to another name "
           "with s3migrator copy --restore");
  }
  if (facts.in_archive_tiers > 0) {
    refuse(out, "archive-tiers",
           fmt::format("{} objects of {} are in an archive tier of INTELLIGENT_TIERING and cannot "
                       "be read before they are restored",
                       human_count(facts.in_archive_tiers), quoted(facts.bucket)),
           "restore them, and switch the archive tiers off until the bucket has moved");
  }
}

}  // namespace refusals

std::vector<Refusal> migration_refusals(const MigrationFacts& facts,
                                        const MigrationWishes& wishes) {
  std::vector<Refusal> out;
  refusals::of_name(facts, out);
  refusals::of_new_name(facts, out);
  refusals::of_wishes(facts, wishes, out);
  refusals::of_place(facts, out);
  refusals::of_freeze(facts, wishes, out);
  refusals::of_locks(facts, out);
  refusals::of_configuration(facts, wishes, out);
  refusals::of_keys(facts, wishes, out);
  refusals::of_policy(facts, out);
  refusals::of_objects(facts, wishes, out);
  return out;
}

Result<void> check_refusals(const std::string& bucket, const std::vector<Refusal>& refusals) {
  if (refusals.empty()) return ok;
  std::string text =
      fmt::format("{} cannot be migrated as it is; nothing was changed", quoted(bucket));
  for (const auto& refusal : refusals)
    text += fmt::format(". {}: {}. Way out: {}", refusal.code, refusal.reason, refusal.way_out);
  return fail(Errc::refused, std::move(text));
}

}  // namespace s3m::workflow
