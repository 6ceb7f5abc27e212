// same_document.hpp: whether two documents of a bucket's configuration say the same.
//
// Layer   workflow; pure.
//
// Services write a document back in their own way: other white space, another order, a list of one
// as a plain value, an account's id as the ARN of its root. None of that is a difference.
#pragma once

#include <string_view>

#include "workflow/configuration/configuration.hpp"

namespace s3m::workflow {

// Documents that cannot be read are the same only byte for byte. Headers count where `wanted` has
// them.
bool same_document(std::string_view query, const aws::SubResource& wanted,
                   const aws::SubResource& found);

}  // namespace s3m::workflow
