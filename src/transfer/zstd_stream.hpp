// zstd_stream.hpp: text that is compressed as it comes (RFC 8878).
//
// Layer      transfer; libzstd stays behind the source.
// Threading  one thread at a time.
// Memory     some megabytes of the compressor's, and what is compressed and not taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace s3m::transfer {

class ZstdStream {
 public:
  ZstdStream();
  ~ZstdStream();
  ZstdStream(const ZstdStream&) = delete;
  ZstdStream& operator=(const ZstdStream&) = delete;

  void append(std::string_view text);
  // How much is compressed; what the compressor still holds back comes with take().
  std::size_t size() const noexcept { return compressed_.size(); }
  // Ends the frame and gives it; the next text begins another.
  std::string take();

 private:
  void compress(std::string_view text, bool end);

  void* context_;  // ZSTD_CCtx
  std::string pending_, compressed_;
};

}  // namespace s3m::transfer
