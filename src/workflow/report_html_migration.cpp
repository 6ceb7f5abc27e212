// report_html_migration.cpp: what the page of a migration says that no copy has.
#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/report_html.hpp"
#include "workflow/report_page.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

std::string when(const std::optional<WallTime>& time) {
  return time ? iso8601_seconds(*time) : std::string("at a time that was not kept");
}

std::string place(const MigrationStory::Place& at) {
  auto text = "s3://" + at.bucket;
  if (!at.region.empty()) text += ", region " + at.region;
  if (!at.account.empty()) text += ", account " + at.account;
  return text;
}

std::string objects_text(const MigrationStory& story) {
  return fmt::format("{}, {}", counted_objects(story.objects, story.all_versions),
                     human_bytes(story.bytes));
}

std::string manifest_text(const MigrationStory& story) {
  if (story.manifest.empty()) return {};
  return story.manifest +
         ": every object with its proof (NDJSON, zstd), beside the copy in the temporary bucket; "
         "it goes with that bucket";
}

void write_proof(Page& page, const MigrationStory& story) {
  page.begin("Proof before the deletion");
  if (story.digest.empty()) {
    page.row("proof", "none yet");
  } else {
    page.row("proven",
             objects_text(story) +
                 ": contents, metadata, tags and locks of each, and grants where ACLs are on");
    page.row("of them weakly",
             story.weak == 0 ? "none" : human_count(story.weak) + ", by size and date alone");
    page.row("digest of all", story.digest);
    page.row("manifest", manifest_text(story));
  }
  page.end();
}

std::string freeze_text(const MigrationStory& story) {
  if (story.source_is_quiet) {
    return "none: that nobody wrote to the source is the operator's word (--source-is-quiet)";
  }
  if (!story.freeze) return "not yet";
  return fmt::format(
      "no writes but this job's, proven at {} by another session of the role being "
      "refused; spared by {}; settled for {} s before the last comparison",
      iso8601_seconds(story.freeze->proven_at), story.freeze->dialect,
      story.freeze->settled_seconds);
}

std::string confirmation_text(const MigrationStory& story) {
  if (!story.confirmation) return "not yet";
  if (story.confirmation->how == not_recorded) return not_recorded;
  return fmt::format("{}, {}, by {}", when(story.confirmation->at), story.confirmation->how,
                     story.confirmation->by);
}

std::string exposed_text(const MigrationStory& story) {
  const auto seconds = story.exposure->seconds();
  const auto from = iso8601(story.exposure->from);
  if (!seconds) return "since " + from;
  return fmt::format("{}, from {} to {}", exposure_text(*seconds, story.exposure->spans_runs), from,
                     iso8601(*story.exposure->until));
}

void write_acts(Page& page, const MigrationStory& story) {
  page.begin("Freeze, confirmation and handover");
  page.row("freeze of the source", freeze_text(story));
  page.row("confirmed", confirmation_text(story));
  if (story.confirmation) page.row("confirmed digest", story.confirmation->digest);
  if (story.exposure) {
    page.row("source bucket deleted", iso8601(story.exposure->from));
    page.row("the name was nobody's", exposed_text(story));
  }
  page.end();
  if (story.confirmation && story.confirmation->digest != story.digest) {
    page.paragraph("bad", "What was confirmed is not what was proven last.");
  }
}

void write_losses(Page& page, const MigrationStory& story) {
  page.heading("What the copies do not have");
  page.paragraph("note", fmt::format("New by nature: {}.", new_by_nature));
  if (story.losses.count() == 0 && !story.digest.empty()) {
    page.paragraph("", "Every attribute of every object was carried.");
  }
  for (const auto& group : story.losses.groups()) {
    page.paragraph("", fmt::format("{} of {}: {}", group.attribute,
                                   counted_objects(group.count, story.all_versions), group.why));
    std::vector<std::string> keys;
    for (const auto& lost : group.first) {
      keys.push_back("s3://" + lost.bucket + "/" + printable(lost.key) +
                     (lost.version.empty() ? "" : ", version " + lost.version));
    }
    if (group.count > group.first.size()) {
      keys.push_back(fmt::format("and {} more", human_count(group.count - group.first.size())));
    }
    page.list(keys);
  }
}

// Documents of one line are hard to compare.
std::string in_lines(std::string text) {
  for (auto at = text.find("><"); at != std::string::npos; at = text.find("><", at))
    text.insert(at + 1, "\n");
  return text;
}

void write_parts(Page& page, const std::vector<ConfigurationPart>& parts) {
  page.begin("Part by part", {"part", "what became of it", "note"});
  for (const auto& part : parts)
    page.cells({part.name, std::string(name(part.state)), part.note});
  page.end();
  for (const auto& part : parts) {
    if (part.state == PartState::same) continue;
    page.folded(part.name + " of the source", in_lines(part.source.value_or("")));
    page.folded(part.name + " of the new bucket", in_lines(part.destination.value_or("")));
  }
}

void write_configuration(Page& page, const ConfigurationStory& story, bool complete) {
  page.heading("Configuration of the bucket");
  page.paragraph(
      "note",
      fmt::format("{} carried, {} in them rewritten for the new place, {} not carried.{}",
                  counted(story.settings, "setting"), counted(story.changed.size(), "value"),
                  human_count(story.not_carried.size()),
                  complete ? " All were read back from the new bucket before it was opened." : ""));
  if (!story.changed.empty()) {
    page.begin("Rewritten", {"setting", "where", "was", "is"});
    for (const auto& [setting, where, from, to] : story.changed)
      page.cells({setting, where, from, to});
    page.end();
  }
  if (!story.not_carried.empty()) {
    page.heading("Not carried");
    page.list(story.not_carried);
  }
  if (!story.notes.empty()) {
    page.heading("Worth a look");
    page.list(story.notes);
  }
}

}  // namespace

void write_migration(Page& page, const MigrationStory& story, bool complete) {
  page.begin("What was moved");
  page.row("from", place(story.source));
  page.row("to", place(story.destination));
  page.row("by way of", story.temporary_bucket.empty() ? "" : "s3://" + story.temporary_bucket);
  page.row("history", story.all_versions ? "every version and delete marker, in its order"
                                         : "the bucket never had versions");
  page.end();
  write_proof(page, story);
  write_acts(page, story);
  write_losses(page, story);
  write_configuration(page, story.configuration, complete);
  if (story.parts && !story.parts->empty()) write_parts(page, *story.parts);
}

}  // namespace s3m::workflow
