// suspend.hpp: settings of the source that would act on what the migration does, taken off for its
// time.
//
// Layer      workflow.
// Threading  one loop.
//
// Emptying a bucket would send an event for each object to the owner's functions and replicate the
// deletions (guard G8); lifecycle rules would delete while it is copied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflow/configuration/configuration.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

// "notification", "replication" and "lifecycle" can.
bool can_be_suspended(std::string_view query) noexcept;

// Removes those of `queries` that `saved` holds, and only if they are in the bucket as they were
// saved; `saved` is what read_configuration() gave, and is kept for restore_suspended(). Nothing is
// sent about what `saved` does not hold, but its absence is looked at as well.
//
// Gives   ok when every one of them was read as absent, several times. To take effect everywhere
//         may take the service longer; the freeze's settling covers that.
// Errors  conflict: somebody changed or set one since it was saved; nothing of it was removed.
//         invalid_argument for another query. mismatch: removed, and still shown. cancelled. What
//         the service says.
net::Task<Result<void>> suspend(aws::S3& owner, std::string bucket, std::string expected_owner,
                                Configuration saved, std::vector<std::string> queries, Pause pause);

// Puts the saved bytes back. What is there as it was saved is left alone, and so is what has been
// set anew meanwhile: that is what its owner wants now.
//
// Gives   when each is shown again, those that were set anew.
// Errors  as suspend(), the first of them; the others are put back all the same.
net::Task<Result<std::vector<std::string>>> restore_suspended(aws::S3& owner, std::string bucket,
                                                              std::string expected_owner,
                                                              Configuration saved,
                                                              std::vector<std::string> queries,
                                                              Pause pause);

}  // namespace s3m::workflow
