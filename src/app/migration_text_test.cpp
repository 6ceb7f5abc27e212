#include "app/migration_text.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/text_width.hpp"

namespace s3m::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string digest(64, 'd');

SummaryEvent moved() {
  return {.outcome = "verified",
          .objects = 1'204'331,
          .bytes = 5ull << 40,
          .same_strong = 1'204'330,
          .same_weak = 1,
          .requests = 7,
          .elapsed_seconds = 9000,
          .not_carried = 2,
          .digest = digest,
          .message = "s3://photos has moved",
          .bucket = "photos",
          .temporary_bucket = "s3m-1",
          .exposure_seconds = 20.04,
          .settings_changed = 1,
          .settings_not_carried = 3};
}

void expect_a_page(const std::string& text, std::size_t width = 80) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(columns(line), width) << line;
}

TEST(MigrationEndText, SaysWhatAPersonWantsToKnow) {
  const auto text = migration_end_text(moved(), "moved.json, moved.html");
  for (const auto* const row :
       {"  objects                 1,204,331 objects, 5.00 TiB\n",
        "  digest                  dddddddddddddddd\n",
        "  NOT CARRIED             2 attributes of objects; the report names them\n",
        "  settings                1 value rewritten for the new place, 3 not carried\n",
        "  name was nobody's       20.0 s\n", "  report                  moved.json, moved.html\n"})
    EXPECT_THAT(text, HasSubstr(row));
  EXPECT_THAT(text, HasSubstr("version ids and LastModified"));
  expect_a_page(text);
}

TEST(MigrationEndText, OfAnExposureOverTwoRunsSaysThatItIsAnUpperBound) {
  auto summary = moved();
  summary.exposure_seconds = 4000;
  summary.exposure_spans_runs = true;
  EXPECT_THAT(migration_end_text(summary, ""),
              HasSubstr("at most 1h6m, the time between two runs included"));
}

TEST(MigrationEndText, WhatIsNotProvenHasNoTable) {
  EXPECT_THAT(migration_end_text(SummaryEvent{.bucket = "photos"}, "x"), IsEmpty());
}

TEST(ConfirmationText, HasTheWholeDigestAndFitsAPage) {
  const workflow::ConfirmationQuestion question{.bucket = "photos\x1b[31m",
                                                .temporary_bucket = "s3m-1",
                                                .digest = digest,
                                                .objects = 10,
                                                .bytes = 5,
                                                .weak = 3,
                                                .uploads = "2 uploads are not finished"};
  const auto text = confirmation_text(question);
  EXPECT_THAT(text, HasSubstr("    " + digest + "\n"));
  EXPECT_THAT(text, HasSubstr("7 strong, 3 weak"));
  EXPECT_THAT(text, HasSubstr("NOT FROZEN"));
  EXPECT_THAT(text, HasSubstr("2 uploads are not finished"));
  EXPECT_THAT(text, Not(HasSubstr("NOT CARRIED")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  expect_a_page(text);
}

TEST(ClosingText, HasItsCommandsOnLinesOfTheirOwn) {
  auto summary = moved();
  summary.message =
      "interrupted. Nothing was deleted from s3://photos, and this is a long sentence";
  summary.go_on = "s3migrator jobs resume j --store /a/very/long/path/to/a/store.db --more words";
  summary.take_back = "s3migrator undo j";
  const auto text = closing_text(summary, 60);
  EXPECT_THAT(text, HasSubstr("\n  to go on:      " + summary.go_on + "\n"));
  EXPECT_THAT(text, HasSubstr("\n  to take back:  s3migrator undo j\n"));
  expect_a_page(text.substr(0, text.find("  to go on")), 60);
  summary.awaits_confirmation = true;
  EXPECT_THAT(closing_text(summary, 80), HasSubstr("\n  to confirm:    s3migrator jobs resume"));
}

// It may end with a command, which must stay whole.
TEST(ClosingText, OfACopyIsItsMessageOnOneLine) {
  const SummaryEvent summary{.message = std::string(90, 'x') + "; go on with: s3migrator x"};
  EXPECT_EQ(closing_text(summary, 40), "s3migrator: " + summary.message + "\n");
}

TEST(MigrationStoryText, TellsTheActsAndWhatWasLeftBehind) {
  workflow::MigrationStory story{.source = {"photos", "us-east-1", "111111111111"},
                                 .destination = {"photos", "eu-central-1", "222222222222"},
                                 .temporary_bucket = "s3m-1",
                                 .manifest = {},
                                 .objects = 3,
                                 .digest = digest,
                                 .freeze = {},
                                 .confirmation = {},
                                 .exposure = {},
                                 .losses = {},
                                 .configuration = {}};
  story.freeze = {parse_iso8601("2026-11-22T16:28:05Z").value(), "user-id", 900};
  story.confirmation = {digest, "the name was typed", "jane at build-7",
                        parse_iso8601("2026-11-22T16:30:00Z")};
  story.parts = {{.name = "tagging", .source = {}, .destination = {}, .note = {}},
                 {.name = "cors", .source = {}, .destination = {}, .note = {}},
                 {.name = "policy",
                  .state = workflow::PartState::rewritten,
                  .source = {},
                  .destination = {},
                  .note = {}}};
  story.configuration.not_carried.assign(9, "metrics of another service");
  for (int i = 0; i < 3; ++i)
    story.losses.add({.operation = "carry", .key = "k", .code = "acl", .message = "it has none"});
  const auto text = migration_story_text(story);
  EXPECT_THAT(text, HasSubstr("s3://photos in us-east-1, account 111111111111"));
  EXPECT_THAT(text, HasSubstr("proven at 2026-11-22 16:28:05 UTC, by user-id"));
  EXPECT_THAT(text, HasSubstr("2026-11-22 16:30:00 UTC: the name was typed"));
  EXPECT_THAT(text, HasSubstr("acl of 3 objects: it has none"));
  EXPECT_THAT(text, HasSubstr("and 4 more; the report has them all"));
  EXPECT_THAT(text, HasSubstr("  settings the same       tagging, cors\n"));
  EXPECT_THAT(text, HasSubstr("  settings rewritten      policy\n"));
  expect_a_page(text);
}

}  // namespace
}  // namespace s3m::app
