// Any bytes as a key: encoding is undone by decoding, and what is encoded cannot be taken for
// syntax of a path, a query or a copy source.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "aws/uri.hpp"

namespace {

using namespace s3m::aws;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_encoding(std::string_view raw, Slash slash) {
  const auto encoded = uri_encode(raw, slash);
  require(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._~%/") == std::string::npos);
  require(slash == Slash::keep || !encoded.contains('/'));
  require(decode_listed(encoded) == raw);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_encoding(text, Slash::keep);
  check_encoding(text, Slash::encode);

  std::string source;
  append_copy_source(source, "bucket", text, "v");
  require(source.starts_with("bucket/") && source.ends_with("?versionId=v"));
  require(source.find('?') == source.size() - 12);

  if (const auto decoded = decode_listed(text))
    require(decode_listed(uri_encode(*decoded, Slash::keep)) == decoded);
  return 0;
}
