#include "workflow/count_ahead.hpp"

#include "workflow/grant_probe.hpp"

namespace s3m::workflow {
namespace {

void add(const aws::ListPage& page, const transfer::Side& side, const transfer::Filter& filter,
         Ahead& ahead) {
  const auto prefix = side.location.prefix.size();
  for (const auto& object : page.objects) {
    const auto key = std::string_view(object.key).substr(std::min(prefix, object.key.size()));
    if (!filter.matches(key)) continue;
    ++ahead.objects;
    ahead.bytes += object.size;
  }
}

}  // namespace

net::Task<void> count_ahead(transfer::Side side, transfer::Filter filter, Ahead& ahead) {
  std::string last;
  aws::ListRequest request{.bucket = side.location.bucket,
                           .prefix = side.location.prefix,
                           .expected_owner = side.expected_owner};
  while (!ahead.stop) {
    const auto page = co_await side.reader->list_objects(request);
    if (!page || ahead.stop) co_return;
    add(*page, side, filter, ahead);
    if (!page->truncated) {
      ahead.complete = true;
      co_return;
    }
    // A listing that does not move on would be counted for ever.
    const bool moves =
        !page->next_token.empty() && !page->objects.empty() && page->objects.back().key > last;
    if (!moves) co_return;
    last = page->objects.back().key;
    request.continuation_token = page->next_token;
  }
}

}  // namespace s3m::workflow
