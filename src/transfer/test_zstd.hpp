// test_zstd.hpp: reads what ZstdStream writes.
#pragma once

#include <string>
#include <vector>
#include <zstd.h>

#include <gtest/gtest.h>

namespace s3m::transfer {

// Whatever the number of frames.
inline std::string unpacked(const std::string& packed) {
  std::string text;
  std::vector<char> room(1 << 16);
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const auto left = ZSTD_decompressStream(context, &out, &in);
    if (ZSTD_isError(left) != 0) {
      ADD_FAILURE() << ZSTD_getErrorName(left);
      break;
    }
    text.append(room.data(), out.pos);
  }
  ZSTD_freeDCtx(context);
  return text;
}

}  // namespace s3m::transfer
