#include "workflow/count_ahead.hpp"

#include <utility>

namespace s3m::workflow {

void CountAhead::begin() {
  if (!std::exchange(begun_, true)) group_.spawn(run());
}

net::Task<void> CountAhead::stop() {
  found_.stop = true;
  return group_.join();
}

net::Task<void> CountAhead::run() {
  const auto counted = co_await transfer::count(context_, filter_, all_versions_, found_);
  complete_ = counted && !found_.stop;
}

}  // namespace s3m::workflow
