// delete_pins.hpp: whether a service deletes an object only while it has the ETag that was named.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G5.
#pragma once

#include "transfer/transfer.hpp"

namespace s3m::transfer {

struct DeletePins {
  bool one = false;   // DeleteObject heeds If-Match
  bool many = false;  // DeleteObjects heeds the ETag of each object
};

// Finds out with a scratch object under the reserved prefix of the side's bucket, written and
// deleted by its reader: a wrong ETag must be refused. The scratch object is gone afterwards.
//
// Errors  refused for a bucket that keeps versions: to delete an object there only hides it; what
//         the requests fail with.
net::Task<Result<DeletePins>> probe_delete_pins(Side side);

}  // namespace s3m::transfer
