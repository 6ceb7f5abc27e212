// attribute_facts.hpp: what is proven of an object beside its content, in one form for all
// services.
//
// Layer   transfer; pure.
// Source  guard G12: an equal ETag is not an equal object.
//
// Left out because a migration may change them: storage class, encryption, and who owns the object.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aws/s3.hpp"
#include "base/time.hpp"

namespace s3m::transfer {

// "content type", "metadata color", "tag team"... and their values; sorted. What is not said is not
// there.
using Facts = std::vector<std::pair<std::string, std::string>>;

// `grants` are those to others than the owner. A retention that has run out by `now` binds nobody.
Facts facts_of(const aws::ObjectHead& head, const aws::Pairs& tags,
               const std::vector<aws::Grant>& grants, WallTime now);

// Names of what only one of them says, or both say differently; empty: they are the same.
std::vector<std::string> differing(const Facts& source, const Facts& copy);

// SHA-256, hexadecimal. Retention does not enter: it may run out between two proofs.
std::string hash_of(const Facts& facts);

// The grants of an object that a copy is to have, too: not those to its owner, nor to the copy's,
// who has all rights.
std::vector<aws::Grant> grants_to_others(const aws::Acl& acl, const std::string& copy_owner);

}  // namespace s3m::transfer
