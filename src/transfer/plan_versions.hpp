// plan_versions.hpp: plan() with every version, and what both kinds of plan count alike.
//
// Layer   transfer; of plan.cpp.
#pragma once

#include "transfer/transfer.hpp"

namespace s3m::transfer {

net::Task<Result<void>> plan_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Plan& result);

// Counts an object or a version into its storage class.
void count_class(Plan& result, const Context& context, const aws::ObjectEntry& source,
                 const CopyOptions& options);

}  // namespace s3m::transfer
