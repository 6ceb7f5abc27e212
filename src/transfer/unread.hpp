// unread.hpp: objects that a comparison could not look at. Nothing is proven of them, and nothing
// is said of them either: what could not be read is not a difference.
//
// Layer  transfer; pure.
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "base/event.hpp"

namespace s3m::transfer {

struct Unread {
  std::uint64_t count = 0;
  Errc code = Errc::access_denied;  // why the first could not be read
  FailureEvent first{};             // operation, bucket, key, request id

  void add(Errc why, const FailureEvent& failure);
};

// What to tell of them: how many, what the first was refused, with its request id, and the
// permission to give. Its code is the first one's.
Error unread_error(const Unread& unread);

}  // namespace s3m::transfer
