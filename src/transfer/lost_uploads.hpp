// lost_uploads.hpp: multipart uploads that were begun by a request whose answer was lost.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G17: an upload is aborted only if it is certainly ours.
#pragma once

#include <chrono>
#include <string>

#include "transfer/transfer.hpp"

namespace s3m::transfer {

// Begins an upload, and again where the answer is lost. Of those that were lost, the ones that the
// service made are found once one has come through: they are of its key and its initiator, and
// began in the time between; what any run has recorded is left alone. They are aborted.
//
// Gives   the id of the upload that came through.
// Errors  those of create_multipart_upload(); a listing that fails is only logged.
net::Task<Result<std::string>> begin_upload(Context& context, aws::CreateUploadRequest request);

}  // namespace s3m::transfer
