// plan_versions.hpp: plan() with every version.
//
// Layer   transfer; of plan.cpp.
#pragma once

#include "transfer/transfer.hpp"

namespace s3m::transfer {

net::Task<Result<void>> plan_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Plan& result);

}  // namespace s3m::transfer
