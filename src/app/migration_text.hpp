// migration_text.hpp: a migration in words: what is to be confirmed, how it ended, what the store
// knows of it.
//
// Layer  app; pure, and safe to show.
#pragma once

#include <string>
#include <string_view>

#include "base/event.hpp"
#include "workflow/migration.hpp"
#include "workflow/migration_story.hpp"

namespace s3m::app {

// What somebody should know who is to confirm: a block of its own.
std::string confirmation_text(const workflow::ConfirmationQuestion& question);

// How a migration ended, as a table; empty where nothing was proven yet. `report`: the files that
// were written, or the command that writes them.
std::string migration_end_text(const SummaryEvent& summary, std::string_view report);

// What stands behind the end: freeze, confirmation, exposure, what was not carried, settings.
std::string migration_story_text(const workflow::MigrationStory& story);

// The last words about a job that did not end well, with its commands on lines of their own, so
// that they can be copied; a line of them is at most `width` wide where words allow it.
std::string closing_text(const SummaryEvent& summary, std::size_t width);

}  // namespace s3m::app
