// plan_counts.hpp: what a plan counts of an object, and of a version alike.
//
// Layer   transfer; of plan.cpp and plan_versions.cpp.
#pragma once

#include "transfer/transfer.hpp"

namespace s3m::transfer {

// Counts what is at the source into its storage class.
void count_class(Plan& result, const Context& context, const aws::ObjectEntry& source,
                 const CopyOptions& options);

// Counts one that is to be copied, with the requests that its copy takes.
void count_to_copy(Plan& result, const aws::ObjectEntry& source, const CopyOptions& options);

}  // namespace s3m::transfer
