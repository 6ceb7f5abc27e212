// attributes.hpp: what of an object a copy does not carry by itself, and what becomes of it.
//
// Layer   transfer; pure.
// Source  Amazon S3 API reference, CopyObject and CreateMultipartUpload; guards G12 and G29. The
//         table for users is docs/what-is-carried.md.
//
// Neither a listing nor CopyObject tells of them, so to know costs a HEAD, or more, for each
// object. That is spent only where the configuration of the buckets says that there may be any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/s3.hpp"
#include "transfer/kms_key_map.hpp"

namespace s3m::transfer {

enum class Attribute : std::uint8_t {
  retention,
  legal_hold,
  acl,
  encryption_key,
  annotations,
  tags,
};
std::string_view name(Attribute attribute) noexcept;  // "retention", as in reports

// Something of one object that its copy does not have.
struct Loss {
  Attribute attribute;
  std::string why;
};

// Decided once for a job, by the configuration of both buckets.
struct AttributeRules {
  bool look = false;      // a HEAD for every object that is copied in one request
  bool locked = false;    // the source has Object Lock: what a HEAD does not show is asked for
  bool lock_fits = true;  // the destination has it, or may have it
  bool read_acl = false;  // GetObjectAcl for every object that is copied
  std::string no_acl;     // why ACLs cannot be carried; empty: they can
  std::string owner_id;   // canonical id of who will own the copies; empty: not known
  bool may_tier = false;  // INTELLIGENT_TIERING objects of the source may be archived
  KmsKeyMap kms_keys;     // needs `look`
};

// What a copy is written with beside what it carries, and what it lacks.
struct Carried {
  std::shared_ptr<const aws::Restated> restated;  // null: nothing
  std::string canned_acl;                         // empty: as the job has it
  std::string encryption, kms_key_id;             // empty: as the job has it
  std::vector<Loss> losses;

  bool has_acl() const noexcept {
    return !canned_acl.empty() || (restated && !restated->grants.empty());
  }
};

// Whether `source` has what a look at it is for: its copy in one request would lack that.
bool needs_look(const aws::ObjectHead& source) noexcept;

// How many requests an object may need before it is copied by these rules, in parts or in one.
std::uint64_t looks_at_most(const AttributeRules& rules, bool in_parts) noexcept;

// `acl` null: it was not read. A retention that has run out binds nobody and is left behind.
Carried carry(const aws::ObjectHead& source, const aws::Acl* acl, const AttributeRules& rules,
              WallTime now);

// Puts what is carried into the options of a write.
void apply(const Carried& carried, aws::WriteOptions& write);

// Whether a write may have failed for its ACL alone.
bool may_refuse_acl(const Error& error) noexcept;
// The same without the ACL, which the destination refused: one more loss.
Carried without_acl(Carried carried, std::string_view refusal);

}  // namespace s3m::transfer
