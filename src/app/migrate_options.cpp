#include "app/migrate_options.hpp"

#include "app/option_groups.hpp"
#include "app/option_values.hpp"
#include "workflow/configuration/rewrite_text.hpp"

namespace s3m::app {
namespace {

using workflow::MigrationSpec;

// Whole seconds as a duration.
template <class Get>
Set seconds(std::uint64_t most, Get get) {
  return [most, get](Arguments& arguments, const std::string& value) -> Result<void> {
    auto parsed = number(value, 0, most);
    if (!parsed) return forward(parsed);
    get(arguments.migration) = std::chrono::seconds(*parsed);
    return ok;
  };
}

Result<void> set_keep_temporary(Arguments& arguments, const std::string& value) {
  auto days = number(value, 0, 3650);
  if (!days) return forward(days);
  arguments.migration.keep_temporary_days = static_cast<unsigned>(*days);
  return ok;
}

Result<void> add_rewrite(Arguments& arguments, const std::string& value) {
  auto pair = workflow::parse_map_pair(value);
  if (!pair) return usage("a pair looks like FROM=TO");
  arguments.migration.rewrites.push_back(*std::move(pair));
  return ok;
}

Options freeze_options() {
  using workflow::FreezeTime;
  const std::string group = "Freezing the source";
  return {
      {"--freeze", "WHEN", group,
       "late (default): the source is closed to writers when the first copy is done, for as long "
       "as "
       "the rest takes. early: before it.",
       choice<FreezeTime>({{"late", FreezeTime::late}, {"early", FreezeTime::early}},
                          [](Arguments& a) -> FreezeTime& { return a.migration.freeze; })},
      {"--freeze-settle", "SECONDS", group,
       "How long writes that were under way may still arrive after the freeze was proven (default: "
       "900 on AWS, 0 elsewhere).",
       seconds(86'400,
               [](MigrationSpec& m) -> std::optional<std::chrono::milliseconds>& {
                 return m.freeze_settle;
               })},
      {"--source-is-quiet", "", group,
       "Your word that nobody writes to the source, where the service cannot freeze a bucket. It "
       "stands in the report.",
       flag([](Arguments& a) -> bool& { return a.migration.source_is_quiet; })}};
}

OptionSpec accept_weak_option(std::string group, std::string help) {
  return {"--accept-weak-proof", "", std::move(group), std::move(help),
          flag([](Arguments& a) -> bool& { return a.migration.accept_weak_proof; })};
}

Options deletion_options() {
  const std::string group = "Deleting the source";
  return {
      {"--confirm-delete", "BUCKET", group,
       "The bucket's name: confirms the deletion without asking, if the freeze holds and nothing "
       "is "
       "in doubt. Without it the name is asked for on the terminal, or the job pauses there.",
       text([](Arguments& a) -> std::string& { return a.migration.confirm_delete; })},
      accept_weak_option(group,
                         "Also deletes objects that are proven by size and date alone, where there "
                         "is no common checksum."),
      {"--accept-unpinned-delete", "", group,
       "Goes on where the service does not heed If-Match on deletes.",
       flag([](Arguments& a) -> bool& { return a.migration.accept_unpinned_delete; })},
      {"--keep-temp", "DAYS", group,
       "Leaves the temporary bucket where it is, until s3migrator cleanup JOB deletes it (default "
       "0: it is deleted at the end). The plan counts what so many days of it cost.",
       set_keep_temporary}};
}

Options name_options() {
  const std::string group = "The name";
  return {{"--name-timeout", "SECONDS", group,
           "How long to wait for the name to come free (default: until stopped).",
           seconds(86'400 * 30,
                   [](MigrationSpec& m) -> std::optional<std::chrono::milliseconds>& {
                     return m.name_wait;
                   })},
          {"--rename", "BUCKET", group,
           "Another name for the new bucket, where the own one was taken meanwhile.",
           text([](Arguments& a) -> std::string& { return a.migration.rename; })},
          {"--allow-reads", "", group, "The new bucket may be read before it is complete.",
           flag([](Arguments& a) -> bool& { return a.migration.readable_meanwhile; })},
          {"--map", "FROM=TO", group,
           "In the bucket's configuration: an account, ARN, region or bucket that is to be another "
           "one in the new place. The bucket's own are known.",
           add_rewrite, true}};
}

}  // namespace

std::vector<OptionSpec> migration_options() {
  Options all;
  for (const auto& part : {freeze_options(), deletion_options(), name_options()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<OptionSpec> undo_options() {
  return {accept_weak_option("Deleting the temporary bucket",
                             "Also what was copied back and is proven by size and date alone, "
                             "where there is no common checksum.")};
}

}  // namespace s3m::app
