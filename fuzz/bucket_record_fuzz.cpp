// Any bytes as the record of a temporary bucket: what is understood is written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "workflow/bucket_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace s3m::workflow;
  const auto record = parse_record({reinterpret_cast<const char*>(data), size});
  if (!record) return 0;
  const auto text = to_json(*record);
  if (!text) std::abort();
  const auto again = parse_record(*text);
  if (!again || *again != *record) std::abort();
  return 0;
}
