// attribute_prover.hpp: compares what two objects have beside their content.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G12.
#pragma once

#include <string>
#include <vector>

#include "transfer/attribute_facts.hpp"
#include "transfer/prover.hpp"
#include "transfer/tag_reader.hpp"

namespace s3m::transfer {

class AttributeProver {
 public:
  // Counts its requests in `looks`. All outlive the prover.
  AttributeProver(Context& context, bool acl, std::uint64_t& looks);

  struct Finding {
    std::vector<std::string> differing;  // names; empty: all is the same
    std::string hash;                    // of the copy's
  };
  // Of two versions, or two objects without ids, that were just looked at, both of them there. Tags
  // are read where a HEAD tells that there are any, ACLs where they are asked for.
  // Errors  access_denied where tags or ACLs of this object may not be seen: nothing is proven of
  //         them then.
  net::Task<Result<Finding>> compare(std::string key, std::string source_version,
                                     std::string copy_version, const Look& look);
  // A hundred objects were refused, one after another: the right is missing altogether.
  bool gave_up() const noexcept;

 private:
  struct Read {
    aws::Pairs tags;
    aws::Acl acl;
  };
  net::Task<Result<Finding>> compare_both(std::string key, std::string source_version,
                                          std::string copy_version, const Look& look);
  net::Task<Result<Read>> read(const Side& side, TagReader& tags, std::string key,
                               std::string version, int tag_count);

  Context& context_;
  bool acl_;
  std::uint64_t& looks_;
  TagReader source_tags_, copy_tags_;
  int refused_in_a_row_ = 0;
};

}  // namespace s3m::transfer
