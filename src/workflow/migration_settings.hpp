// migration_settings.hpp: the source's settings while it is migrated: read, read again before it is
// too late, switched off and on again.
//
// Layer      workflow.
// Threading  one loop.
//
// A freeze denies nothing about policies (guard G20), and days may lie between two steps: what is
// carried is what the owner has set last, but for what the job itself has changed. That is written
// down, here and in the temporary bucket's record, before it is changed.
#pragma once

#include <string>
#include <vector>

#include "workflow/migration.hpp"

namespace s3m::workflow::acts {

// The first look; once.
// Errors: as read_configuration().
net::Task<Result<void>> keep_configuration(Migration& migration);

// Another look, for as long as the source is the job's to look at. Where its owner has changed
// settings meanwhile, the present ones take the place of those that were kept, and a warning names
// them. What becomes of them is told anew where it is another. A source that is gone tells nothing.
// Errors: as read_configuration() and rewritten_configuration(). refused: as long as nothing is
// deleted, for a change that what was copied cannot follow (versioning, ACLs, Object Lock).
net::Task<Result<void>> look_again(Migration& migration);

// Before the first change of these settings of the source by this job: looks again, and keeps that
// from now on what is kept of them is the owner's wish, whatever the bucket says.
// Errors: as look_again() and keep_record().
net::Task<Result<void>> hold(Migration& migration, std::vector<std::string> queries);

// hold(), then suspend(). What others have set anew while it was off is taken over first, as
// look_again() does.
net::Task<Result<void>> switch_off(Migration& migration, std::vector<std::string> queries);
// What the job has switched off, and nothing else, as it was. Where others have set it anew since,
// that stays, and a warning says so. Gives whether there was any.
// Errors: as restore_suspended().
net::Task<Result<bool>> switch_on_again(Migration& migration);

// Queries of settings that the new place does not know. Asked of the temporary bucket, which stands
// where the new one will, as long as the source is there: a setting that the new place does not
// know must not be met when it is gone. Kept until the settings change.
net::Task<Result<std::vector<std::string>>> unsupported_there(Migration& migration);

}  // namespace s3m::workflow::acts
