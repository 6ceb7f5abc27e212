// Any bytes as the answer to a listing: it is refused, or every entry can be named.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "aws/s3_codec.hpp"
#include "aws/xml.hpp"

namespace {

using namespace s3m;
using namespace s3m::aws;

void require(bool condition) {
  if (!condition) std::abort();
}

template <class T>
bool accepted(const Result<T>& result) {
  if (result) return true;
  require(result.error().code() == Errc::protocol);
  return false;
}

void check_objects(const std::string& text) {
  const auto page = parse_list_page(text);
  if (!accepted(page)) return;
  for (const auto& object : page->objects)
    require(!object.key.empty() && object.storage_class != "STANDARD");
}

void check_buckets(const std::string& text) {
  const auto page = parse_bucket_page(text);
  if (!accepted(page)) return;
  for (const auto& bucket : page->buckets)
    require(!bucket.name.empty());
}

void check_uploads(const std::string& text) {
  const auto page = parse_upload_page(text);
  if (!accepted(page)) return;
  require(!page->truncated || !page->next_key_marker.empty());
  for (const auto& upload : page->uploads)
    require(!upload.key.empty() && !upload.upload_id.empty());
}

void check_parts(const std::string& text) {
  const auto page = parse_part_page(text);
  if (!accepted(page)) return;
  require(!page->truncated || page->next_marker > 0);
  for (const auto& part : page->parts)
    require(part.part_number >= 1 && part.part_number <= 10'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_objects(text);
  check_buckets(text);
  check_uploads(text);
  check_parts(text);
  (void)accepted(parse_tagging(text));
  (void)accepted(parse_copy_result(text));
  (void)accepted(parse_delete_result(text, {{.key = "a", .version = "v"}}));
  (void)accepted(parse_part_copy(text));
  (void)accepted(parse_complete(text));
  (void)accepted(parse_upload_id(text));
  (void)accepted(parse_ownership(text));
  (void)accepted(parse_versioning_rules(text));
  (void)root_of_whole_document(text);
  return 0;
}
