// copy_options.cpp: the options that say what is copied, and how.
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "app/option_groups.hpp"
#include "app/option_values.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

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

}  // namespace

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

}  // namespace s3m::app
