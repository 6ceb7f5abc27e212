// movable_name.hpp: whether a bucket's name can be given to a bucket in another account or region.
//
// Layer   workflow; pure.
// Source  Amazon S3 user guide, "General purpose bucket naming rules" and "Namespaces for general
//         purpose buckets".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace s3m::workflow {

enum class NameProblem : std::uint8_t {
  account_regional,  // ends with an account, a region and -an: nobody else can ever have it
  access_point,      // an alias, not a bucket
  other_kind,        // a directory or table bucket
  legacy,            // made before 2018 in us-east-1, by rules that hold no more
  reserved,          // begins or ends as AWS keeps for itself
};

// Nothing for a name that can be taken anywhere in the partition.
std::optional<NameProblem> problem_of_name(std::string_view bucket) noexcept;

}  // namespace s3m::workflow
