// bucket_configuration.hpp: a bucket's sub-resources. Their XML is kept as it was put; those that
// change how the bucket behaves are understood as well.
//
// Layer  sim.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "sim/call.hpp"
#include "sim/operation.hpp"

namespace pugi {
class xml_document;
}

namespace s3m::sim {

// One kind of sub-resource, and its three operations.
struct SubResource {
  std::string_view query;       // "cors"
  std::string_view root;        // element a PUT must have
  std::string_view get_action;  // IAM's names
  std::string_view put_action;
  std::string_view absent;  // error code when there is none; empty: an empty root element
  bool checked;             // PUT needs Content-MD5 or a checksum
  bool by_id;               // several, told apart by ?id=
  // What a PUT changes beyond being kept; null for nothing. Errors refuse the PUT.
  Permit (*apply)(Bucket& bucket, const pugi::xml_document& document);
  void (*reset)(Bucket& bucket);  // what a DELETE undoes; null for nothing
  Operation get, put, remove;     // handler null: 405
};

// Null for another query parameter.
const SubResource* find_sub_resource(std::string_view query);
std::span<const SubResource> sub_resources();

// Keeps XML as a PUT of the sub-resource would, past permissions. Errors: as PUT.
Permit configure(Bucket& bucket, const SubResource& sub_resource, std::string_view id,
                 std::string_view xml);

// State and XML together.
void set_public_access_block(Bucket& bucket, PublicAccessBlock block);
void set_default_encryption(Bucket& bucket, Encryption encryption);
void set_ownership(Bucket& bucket, std::string_view ownership);
void enable_object_lock(Bucket& bucket);  // without a default retention

}  // namespace s3m::sim
