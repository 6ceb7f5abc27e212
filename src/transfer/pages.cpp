#include "transfer/pages.hpp"

#include <utility>

#include "transfer/page_rules.hpp"
#include "transfer/version_pages.hpp"

namespace s3m::transfer {
namespace {

class ObjectPages final : public Pages {
 public:
  ObjectPages(const Side& side, std::string start_after, int page_size)
      : side_(side),
        start_after_(std::move(start_after)),
        page_size_(page_size),
        rules_(side.location.bucket, side.location.prefix, start_after_) {}

  net::Task<Result<Page>> next() override {
    auto page = co_await side_.reader->list_objects({.bucket = side_.location.bucket,
                                                     .prefix = side_.location.prefix,
                                                     .start_after = start_after_,
                                                     .continuation_token = token_,
                                                     .max_keys = page_size_,
                                                     .expected_owner = side_.expected_owner});
    if (!page) co_return forward(page);
    auto believed = rules_.check(*page, token_);
    if (!believed) co_return forward(believed);
    token_ = std::move(page->next_token);
    Page shown;
    shown.objects = std::move(page->objects);
    shown.more = page->truncated;
    co_return shown;
  }

 private:
  const Side& side_;
  std::string start_after_;
  int page_size_;
  PageRules rules_;
  std::string token_;  // of the next page
};

}  // namespace

std::unique_ptr<Pages> pages_of(const Side& side, std::string start_after, PagesOptions options) {
  if (options.versions)
    return std::make_unique<VersionPages>(side, std::move(start_after), options.page_size);
  return std::make_unique<ObjectPages>(side, std::move(start_after), options.page_size);
}

}  // namespace s3m::transfer
