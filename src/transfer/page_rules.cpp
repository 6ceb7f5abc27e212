#include "transfer/page_rules.hpp"

#include <utility>

#include "base/text.hpp"

namespace s3m::transfer {
namespace {

// Empty pages that go on are legal (a service may stop after so much work), but not for ever.
constexpr int most_empty_pages = 1000;

}  // namespace

PageRules::PageRules(std::string bucket, std::string prefix, std::string start_after)
    : bucket_(std::move(bucket)), prefix_(std::move(prefix)), last_key_(std::move(start_after)) {}

Result<void> PageRules::check(const aws::ListPage& page, std::string_view token) {
  auto keys = check_keys(page);
  return keys ? check_token(page, token) : std::move(keys);
}

Result<void> PageRules::check_keys(const aws::ListPage& page) {
  std::string_view previous = last_key_;
  for (const auto& object : page.objects) {
    if (!object.key.starts_with(prefix_)) {
      return broken(page, object.key,
                    "the listing shows a key outside the prefix it was asked for");
    }
    if (object.key <= previous) {
      return broken(page, object.key,
                    previous == last_key_
                        ? "the listing goes back: the page does not begin beyond \"" +
                              printable(previous) + "\""
                        : "the listing is not in binary order of keys: this key comes after \"" +
                              printable(previous) + "\"");
    }
    previous = object.key;
  }
  if (!page.objects.empty()) last_key_ = page.objects.back().key;
  return ok;
}

Result<void> PageRules::check_token(const aws::ListPage& page, std::string_view token) {
  if (!page.truncated) return ok;
  if (page.next_token.empty()) {
    return broken(page, last_key_, "the listing page is truncated and has no token to go on with");
  }
  if (page.next_token == token) {
    return broken(page, last_key_, "the listing repeats its token and so would never end");
  }
  empty_pages_ = page.objects.empty() ? empty_pages_ + 1 : 0;
  if (empty_pages_ > most_empty_pages) {
    return broken(page, last_key_, "the listing gives empty pages without an end");
  }
  return ok;
}

std::unexpected<Error> PageRules::broken(const aws::ListPage& page, std::string_view key,
                                         std::string message) const {
  Error error(Errc::listing_order, std::move(message));
  error.operation("ListObjectsV2").bucket(bucket_).key(std::string(key));
  error.request_id(page.request_id);
  return fail(std::move(error));
}

}  // namespace s3m::transfer
