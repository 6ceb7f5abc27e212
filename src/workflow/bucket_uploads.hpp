// bucket_uploads.hpp: the unfinished multipart uploads of one bucket.
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G17 and G20.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "workflow/grant.hpp"
#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

// More than this no job keeps in mind.
inline constexpr std::size_t most_uploads = 10'000;

// All of them, by key; none where the service does not list them.
//
// Errors  refused        there are more than most_uploads
//         listing_order  the listing goes backwards
//         and what the service says otherwise.
net::Task<Result<std::vector<aws::UploadEntry>>> unfinished_uploads(aws::S3& owner,
                                                                    std::string bucket,
                                                                    std::string expected_owner);

// Whether the upload was begun by a session of this very name, or by that user.
bool begun_by(const aws::UploadEntry& upload, const Principal& principal);

// Aborts those that `ours` is true of, until none of them is listed: what a killed run had begun
// and never heard the id of is in no store. Whoever calls makes sure that nobody else can have
// begun them.
//
// Errors  conflict   they are still listed after many attempts
//         cancelled, and as above.
net::Task<Result<void>> abort_uploads(aws::S3& owner, std::string bucket,
                                      std::string expected_owner,
                                      std::function<bool(const aws::UploadEntry&)> ours,
                                      Pause pause);

}  // namespace s3m::workflow
