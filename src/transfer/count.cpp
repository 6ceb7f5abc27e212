#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// A count is for display: it takes few of the connections that the work needs.
constexpr std::size_t counting_lanes = 8;

class CountOperation final : public Visitor {
 public:
  CountOperation(const Filter& filter, Count& result) : filter_(filter), result_(result) {}

  void visit(const Pair& pair) override {
    if (!filter_.matches(pair.key)) return;
    if (const auto* history = pair.source_history) {
      result_.objects += history->versions.size() + history->beyond;
      result_.bytes += history->bytes();
      return;
    }
    ++result_.objects;
    result_.bytes += pair.source->size;
  }
  bool stopped() const override { return result_.stop; }

 private:
  const Filter& filter_;
  Count& result_;
};

}  // namespace

net::Task<Result<void>> count(Context& context, const Filter& filter, bool all_versions,
                              Count& result) {
  Context source_alone{.runtime = context.runtime,
                       .governor = context.governor,
                       .cancel = context.cancel,
                       .source = context.source,
                       .destination = {},
                       .writer = nullptr,
                       .journal = context.journal,
                       .on_failure = {}};
  CountOperation operation(filter, result);
  co_return co_await walk(source_alone, {KeyRange{}}, operation,
                          {.lanes = counting_lanes, .versions = all_versions});
}

}  // namespace s3m::transfer
