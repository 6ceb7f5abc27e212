#include "transfer/tag_reader.hpp"

#include <utility>

namespace s3m::transfer {

net::Task<Result<std::optional<aws::Pairs>>> TagReader::read(aws::ObjectAddress object,
                                                             int tag_count) {
  if (tag_count > 0 || !counted_) {
    auto tags = co_await reader_.get_object_tagging(std::move(object), expected_owner_);
    if (!tags) co_return forward(tags);
    co_return std::optional(std::move(*tags));
  }
  while (asking_)
    co_await settled_.wait();
  if (!hidden_) co_return co_await read_first(std::move(object));
  if (*hidden_) co_return std::nullopt;
  co_return std::optional(aws::Pairs());
}

// Of the first object that is said to have none.
net::Task<Result<std::optional<aws::Pairs>>> TagReader::read_first(aws::ObjectAddress object) {
  asking_ = true;
  auto tags = co_await reader_.get_object_tagging(std::move(object), expected_owner_);
  asking_ = false;
  const bool denied = !tags && tags.error().code() == Errc::access_denied;
  const bool unknown = !tags && tags.error().code() == Errc::not_supported;
  if (tags || denied || unknown) hidden_ = denied;
  if (tags) counted_ = tags->empty();
  settled_.notify_all();
  if (denied) co_return std::nullopt;
  if (unknown) co_return std::optional(aws::Pairs());
  if (!tags) co_return forward(tags);
  co_return std::optional(std::move(*tags));
}

}  // namespace s3m::transfer
