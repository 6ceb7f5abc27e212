#include "transfer/tag_reader.hpp"

#include <utility>

namespace s3m::transfer {
namespace {

constexpr std::uint64_t asked_at_first = 100;
constexpr std::uint64_t asked_later = 100;  // one of so many

}  // namespace

// Of an object that shows no tags.
bool TagReader::must_ask() noexcept {
  if (!known_) return false;
  const auto before = shown_none_++;
  return refused_ || before < asked_at_first || before % asked_later == 0;
}

net::Task<Result<aws::Pairs>> TagReader::read(aws::ObjectAddress object, int tag_count) {
  const bool shows_none = tag_count <= 0;
  if (shows_none && counted_ && !must_ask()) co_return aws::Pairs();
  auto tags = co_await reader_.get_object_tagging(std::move(object), expected_owner_);
  if (tags) {
    if (shows_none && !tags->empty()) counted_ = false;
    co_return tags;
  }
  if (tags.error().code() == Errc::access_denied) {
    refused_ = true;
    tags.error().context(
        "it is not known whether the object has tags: s3:GetObjectTagging is missing");
    co_return forward(tags);
  }
  if (!shows_none || tags.error().code() != Errc::not_supported) co_return forward(tags);
  known_ = false;
  co_return aws::Pairs();
}

}  // namespace s3m::transfer
