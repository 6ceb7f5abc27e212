#include "app/migration_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/figures_text.hpp"
#include "app/text_width.hpp"
#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

// More than this of a kind is for the report.
constexpr std::size_t most_shown = 5;

class Rows {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) out_ += table_row(name, single_line(value));
  }
  std::string text() && { return std::move(out_); }

 private:
  std::string out_;
};

std::string objects_text(std::uint64_t objects, std::uint64_t bytes, bool all_versions) {
  return fmt::format("{}, {}", workflow::counted_objects(objects, all_versions),
                     human_bytes(bytes));
}

std::string proof_text(std::uint64_t strong, std::uint64_t weak) {
  return fmt::format("{} strong, {} weak; attributes compared, too", human_count(strong),
                     human_count(weak));
}

std::string settings_text(std::uint64_t changed, std::uint64_t not_carried) {
  return fmt::format("{} rewritten for the new place, {} not carried", counted(changed, "value"),
                     human_count(not_carried));
}

std::string losses_text(std::uint64_t count) {
  if (count == 0) return {};
  return counted(count, "attribute of an object", "attributes of objects") +
         "; the report names them";
}

std::string short_digest(const std::string& digest) {
  return digest.substr(0, 16);
}

std::string time_text(WallTime time) {
  auto text = iso8601(time).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

workflow::ConfirmationQuestion question_of(const SummaryEvent& summary) {
  return {.bucket = summary.bucket,
          .temporary_bucket = summary.temporary_bucket,
          .digest = summary.digest,
          .objects = summary.objects,
          .bytes = summary.bytes,
          .weak = summary.same_weak,
          .uploads = {},  // a warning has told of them
          .frozen = true,
          .all_versions = summary.all_versions,
          .not_carried = summary.not_carried,
          .settings_changed = summary.settings_changed,
          .settings_not_carried = summary.settings_not_carried};
}

template <class List, class Text>
void add_list(Rows& rows, std::string_view name, const List& list, Text text) {
  for (std::size_t i = 0; i < std::min(list.size(), most_shown); ++i)
    rows.add(name, text(list[i]));
  if (list.size() > most_shown) {
    rows.add("", fmt::format("and {} more; the report has them all",
                             human_count(list.size() - most_shown)));
  }
}

std::string freeze_text(const workflow::MigrationStory& story) {
  if (story.source_is_quiet) return "none: that nobody writes was the operator's word";
  if (!story.freeze) return {};
  return fmt::format("proven at {}, by {}; settled for {} s", time_text(story.freeze->proven_at),
                     story.freeze->dialect, story.freeze->settled_seconds);
}

std::string confirmed_text(const workflow::MigrationStory& story) {
  if (!story.confirmation) return {};
  const auto& [digest, how, by, at] = *story.confirmation;
  if (how == workflow::not_recorded) return how;
  return fmt::format("{}{}, by {}, for digest {}", at ? time_text(*at) + ": " : "", how, by,
                     short_digest(digest));
}

std::string exposed_text(const workflow::MigrationStory& story) {
  if (!story.exposure) return {};
  const auto seconds = story.exposure->seconds();
  if (!seconds) return "since " + time_text(story.exposure->from);
  return workflow::exposure_text(*seconds, story.exposure->spans_runs);
}

// Which settings became so; what they say stands in the report.
std::string parts_text(const workflow::MigrationStory& story, workflow::PartState state) {
  std::string out;
  if (!story.parts) return out;
  for (const auto& part : *story.parts)
    if (part.state == state) out += (out.empty() ? "" : ", ") + printable(part.name);
  return out;
}

}  // namespace

std::string confirmation_text(const workflow::ConfirmationQuestion& question) {
  Rows rows;
  rows.add("to be deleted", "s3://" + question.bucket);
  rows.add("proven to be in", "s3://" + question.temporary_bucket);
  rows.add("objects", objects_text(question.objects, question.bytes, question.all_versions));
  rows.add("proof",
           proof_text(question.objects - std::min(question.weak, question.objects), question.weak));
  if (!question.frozen) rows.add("NOT FROZEN", "that nobody writes there is the operator's word");
  rows.add("UNFINISHED UPLOADS", question.uploads);
  rows.add("NOT CARRIED", losses_text(question.not_carried));
  rows.add("settings", settings_text(question.settings_changed, question.settings_not_carried));
  auto out = std::move(rows).text();
  // By itself, because it is as wide as a page.
  return out + fmt::format("  digest\n    {}\n", printable(question.digest));
}

std::string migration_end_text(const SummaryEvent& summary, std::string_view report) {
  if (summary.awaits_confirmation) return confirmation_text(question_of(summary));
  if (summary.digest.empty()) return {};
  Rows rows;
  rows.add("bucket", "s3://" + summary.bucket);
  rows.add("objects", objects_text(summary.objects, summary.bytes, summary.all_versions));
  rows.add("proof", proof_text(summary.same_strong, summary.same_weak));
  rows.add("digest", short_digest(summary.digest));
  if (summary.failed > 0) rows.add("FAILED", human_count(summary.failed));
  rows.add("NOT CARRIED", losses_text(summary.not_carried));
  rows.add("new by nature", workflow::new_by_nature);
  rows.add("settings", settings_text(summary.settings_changed, summary.settings_not_carried));
  if (summary.exposure_seconds) {
    rows.add("name was nobody's",
             workflow::exposure_text(*summary.exposure_seconds, summary.exposure_spans_runs));
  }
  rows.add("requests", fmt::format("{} (retried {}, throttled {})", human_count(summary.requests),
                                   human_count(summary.retried), human_count(summary.throttled)));
  rows.add("time", human_duration(
                       std::chrono::seconds(static_cast<std::int64_t>(summary.elapsed_seconds))));
  auto out = std::move(rows).text();
  // Not wrapped: it is to be copied.
  if (!report.empty()) out += fmt::format("  {:<24}{}\n", "report", single_line(report));
  return out;
}

std::string migration_story_text(const workflow::MigrationStory& story) {
  Rows rows;
  const auto place = [](const workflow::MigrationStory::Place& at) {
    return fmt::format("s3://{} in {}, account {}", at.bucket, at.region, at.account);
  };
  if (!story.source.region.empty()) rows.add("from", place(story.source));
  if (!story.destination.region.empty()) rows.add("to", place(story.destination));
  if (!story.temporary_bucket.empty()) rows.add("by way of", "s3://" + story.temporary_bucket);
  rows.add("freeze", freeze_text(story));
  if (!story.digest.empty()) {
    rows.add("proven", fmt::format("{}, {} weakly, digest {}",
                                   objects_text(story.objects, story.bytes, story.all_versions),
                                   human_count(story.weak), short_digest(story.digest)));
  }
  rows.add("manifest", story.manifest);
  rows.add("confirmed", confirmed_text(story));
  rows.add("name was nobody's", exposed_text(story));
  for (const auto& group : story.losses.groups()) {
    rows.add("NOT CARRIED",
             fmt::format("{} of {}: {}", group.attribute,
                         workflow::counted_objects(group.count, story.all_versions), group.why));
  }
  rows.add("settings the same", parts_text(story, workflow::PartState::same));
  rows.add("settings rewritten", parts_text(story, workflow::PartState::rewritten));
  rows.add("settings added", parts_text(story, workflow::PartState::added));
  add_list(rows, "setting rewritten", story.configuration.changed, [](const auto& change) {
    return fmt::format("{}, {}: {} -> {}", change.setting, change.where, change.from, change.to);
  });
  add_list(rows, "SETTING NOT CARRIED", story.configuration.not_carried,
           [](const std::string& sentence) { return sentence; });
  return std::move(rows).text();
}

std::string closing_text(const SummaryEvent& summary, std::size_t width) {
  const auto sentence =
      summary.awaits_confirmation
          ? fmt::format(
                "waits for the confirmation. Nothing was deleted from s3://{}, which is "
                "closed to writers until the job goes on or is taken back",
                printable(summary.bucket))
          : single_line(summary.message);
  // The messages of other jobs end with a command, which must stay whole.
  auto out = "s3migrator: " + sentence;
  if (!summary.bucket.empty()) out = wrapped(out, width, 2);
  out += "\n";
  const auto add = [&out](std::string_view what, const std::string& command) {
    if (!command.empty()) out += fmt::format("  {:<15}{}\n", what, single_line(command));
  };
  add(summary.awaits_confirmation ? "to confirm:" : "to go on:", summary.go_on);
  add("to take back:", summary.take_back);
  return out;
}

}  // namespace s3m::app
