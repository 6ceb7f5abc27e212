#include "transfer/zstd_stream.hpp"

#include <stdexcept>
#include <utility>
#include <zstd.h>

namespace s3m::transfer {
namespace {

constexpr std::size_t piece = 64 * 1024;  // short enough not to hold up the loop

ZSTD_CCtx* as_context(void* pointer) {
  return static_cast<ZSTD_CCtx*>(pointer);
}

}  // namespace

ZstdStream::ZstdStream() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(as_context(context_), ZSTD_c_checksumFlag, 1);
}

ZstdStream::~ZstdStream() {
  ZSTD_freeCCtx(as_context(context_));
}

void ZstdStream::append(std::string_view text) {
  pending_ += text;
  if (pending_.size() < piece) return;
  compress(pending_, false);
  pending_.clear();
}

std::string ZstdStream::take() {
  compress(pending_, true);
  pending_.clear();
  return std::exchange(compressed_, {});
}

void ZstdStream::compress(std::string_view text, bool end) {
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  const auto how = end ? ZSTD_e_end : ZSTD_e_continue;
  for (;;) {
    const auto before = compressed_.size();
    const auto room = ZSTD_CStreamOutSize();
    compressed_.resize(before + room);
    ZSTD_outBuffer out{compressed_.data() + before, room, 0};
    const auto left = ZSTD_compressStream2(as_context(context_), &out, &in, how);
    compressed_.resize(before + out.pos);
    // Only a lack of memory, or a bug, can make it fail.
    if (ZSTD_isError(left) != 0) throw std::runtime_error(ZSTD_getErrorName(left));
    if (end ? left == 0 : in.pos == in.size) return;
  }
}

}  // namespace s3m::transfer
