// history_match.hpp: how much of a key's history in the destination is a beginning of the source's.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G18.
#pragma once

#include <string>
#include <vector>

#include "transfer/history.hpp"
#include "transfer/prover.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

struct Beginning {
  std::vector<Likeness> versions;  // same_*: of those that go together, oldest first
  bool whole = true;               // they are all that the destination has
  // Of the first that does not go with the source's version of its rank; differs where the source
  // has none.
  Likeness broken = Likeness::differs;
};

// What the listings leave open is looked at; what remains open breaks the beginning, too. `source`
// and `copy` outlive the Task.
// Errors  those of the HEADs.
net::Task<Result<Beginning>> beginning_of(Context& context, Prover& prover, std::string key,
                                          const History& source, const History& copy);

}  // namespace s3m::transfer
