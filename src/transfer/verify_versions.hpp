// verify_versions.hpp: verify() with every version.
//
// Layer   transfer; of verify.cpp.
#pragma once

#include "transfer/transfer.hpp"

namespace s3m::transfer {

net::Task<Result<void>> verify_versions(Context& context, const VerifyOptions& options,
                                        std::vector<KeyRange> ranges, Verification& result);

}  // namespace s3m::transfer
