// sub_resource.hpp: the kinds of configuration a bucket has beside its objects.
//
// Layer   aws; pure.
// Source  Amazon S3 API reference, the operations on buckets; the service authorization reference
//         for the names of permissions, which differ from those of operations.
#pragma once

#include <span>
#include <string_view>

namespace s3m::aws {

struct SubResourceKind {
  std::string_view query = {};            // "cors"
  std::string_view root = {};             // of its document; empty: JSON
  std::string_view read_permission = {};  // "s3:GetBucketCORS"
  std::string_view write_permission = {};
  std::string_view get = {};     // the operations; empty where there is none
  std::string_view list = {};    // not empty: there are several of them, told apart by an id
  std::string_view put = {};     // empty: cannot be put as it is read
  std::string_view remove = {};  // empty: an empty document takes its place
  std::string_view header = {};  // of the answer, to be said again with the PUT; mostly none

  bool by_id() const noexcept { return !list.empty(); }
};

// All that this program knows, in no special order.
std::span<const SubResourceKind> sub_resource_kinds() noexcept;
// Null for another name.
const SubResourceKind* find_sub_resource_kind(std::string_view query) noexcept;

}  // namespace s3m::aws
