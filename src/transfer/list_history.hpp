// list_history.hpp: one key's versions, listed by themselves.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <string>

#include "transfer/history.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// All versions of the full key on that side; none if it has none. Errors: those of Pages.
net::Task<Result<History>> list_history(const Side& side, std::string key);

}  // namespace s3m::transfer
