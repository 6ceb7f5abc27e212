#include "transfer/source_layout.hpp"

#include <utility>

#include "transfer/upload_plan.hpp"

namespace s3m::transfer {
namespace {

// The size of one part; 0 where the service does not answer for single parts.
net::Task<Result<std::uint64_t>> part_size(aws::S3& reader, aws::HeadRequest pinned,
                                           std::size_t number, std::size_t parts) {
  pinned.part_number = static_cast<int>(number);
  auto head = co_await reader.head_object(std::move(pinned));
  if (head) {
    const bool told = std::cmp_equal(head->parts_count, parts);
    co_return told ? head->size : 0;
  }
  const auto code = head.error().code();
  if (code == Errc::invalid_request || code == Errc::not_supported) co_return std::uint64_t{0};
  co_return forward(head);
}

}  // namespace

net::Task<Result<std::optional<std::vector<std::uint64_t>>>> source_layout(aws::S3& reader,
                                                                           aws::HeadRequest pinned,
                                                                           std::uint64_t size,
                                                                           std::size_t parts) {
  auto first = co_await part_size(reader, pinned, 1, parts);
  if (!first) co_return forward(first);
  if (*first == 0) co_return std::nullopt;

  auto layout = even_layout(size, *first, parts);
  if (layout && parts > 2) {
    auto inner = co_await part_size(reader, pinned, parts - 1, parts);
    if (!inner) co_return forward(inner);
    if (*inner != *first) layout.reset();
  }
  if (!layout) {
    layout.emplace(1, *first);
    for (std::size_t number = 2; number <= parts; ++number) {
      auto part = co_await part_size(reader, pinned, number, parts);
      if (!part) co_return forward(part);
      layout->push_back(*part);
    }
  }
  if (!acceptable_layout(*layout, size)) co_return std::nullopt;
  co_return layout;
}

}  // namespace s3m::transfer
