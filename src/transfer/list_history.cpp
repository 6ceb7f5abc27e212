#include "transfer/list_history.hpp"

#include <utility>

#include "transfer/pages.hpp"

namespace s3m::transfer {

net::Task<Result<History>> list_history(const Side& side, std::string key) {
  // Of all keys that begin with it, the key itself is listed first.
  const Side below{.location = {.bucket = side.location.bucket, .prefix = key},
                   .reader = side.reader,
                   .expected_owner = side.expected_owner};
  const auto pages = pages_of(below, {}, {.versions = true});
  for (;;) {
    auto page = co_await pages->next();
    if (!page) co_return forward(page);
    if (!page->objects.empty()) {
      if (page->objects.front().key == key) co_return std::move(page->histories.front());
      co_return History{};
    }
    if (!page->more) co_return History{};
  }
}

}  // namespace s3m::transfer
