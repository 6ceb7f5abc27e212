#include "workflow/loss_book.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds gap{2};

json::object to_object(const LossGroup& group) {
  json::array first;
  for (const auto& [bucket, key, version] : group.first)
    first.push_back(json::object{{"bucket", bucket}, {"key", base64(key)}, {"version", version}});
  return {{"attribute", group.attribute},
          {"why", group.why},
          {"count", group.count},
          {"first", std::move(first)}};
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

LossGroup group_of(const json::object& object) {
  LossGroup group{.attribute = text_of(object, "attribute"), .why = text_of(object, "why")};
  json::error_code unfit;
  if (const auto* const count = object.if_contains("count")) {
    group.count = count->to_number<std::uint64_t>(unfit);
  }
  const auto* const first = object.if_contains("first");
  if (first == nullptr || !first->is_array()) return group;
  for (const auto& one : first->get_array()) {
    if (!one.is_object()) continue;
    const auto& lost = one.get_object();
    group.first.push_back({text_of(lost, "bucket"), unbase64(text_of(lost, "key")).value_or(""),
                           text_of(lost, "version")});
  }
  return group;
}

}  // namespace

void LossBook::add(const FailureEvent& loss) {
  auto group = std::ranges::find(groups_, loss.code, &LossGroup::attribute);
  if (group == groups_.end()) {
    group = groups_.insert(group, {.attribute = loss.code, .why = printable(loss.message)});
  }
  ++group->count;
  if (group->first.size() == most_losses_named) return;
  group->first.push_back({loss.bucket, loss.key, loss.version});
}

std::uint64_t LossBook::count() const noexcept {
  std::uint64_t all = 0;
  for (const auto& group : groups_)
    all += group.count;
  return all;
}

std::string LossBook::to_json() const {
  json::array out;
  for (const auto& group : groups_)
    out.push_back(to_object(group));
  return json::serialize(out);
}

Result<LossBook> LossBook::from_json(std::string_view text) {
  json::error_code unreadable;
  const auto parsed = json::parse(text, unreadable);
  if (unreadable || !parsed.is_array()) {
    return fail(Errc::protocol, "the list of what copies lack cannot be read");
  }
  LossBook book;
  for (const auto& group : parsed.get_array())
    if (group.is_object()) book.groups_.push_back(group_of(group.get_object()));
  return book;
}

LossKeeper::LossKeeper(JobContext& context, StoredMigration& stored, const LossBook& book)
    : stored_(stored),
      book_(book),
      kept_(book.count()),
      stopped_(context.loop),
      group_(context.loop) {
  group_.spawn(run());
}

net::Task<Result<void>> LossKeeper::keep() {
  const auto count = book_.count();
  if (count == kept_) co_return ok;
  auto kept = co_await stored_.keep(fact::losses, book_.to_json());
  if (kept) kept_ = count;
  co_return kept;
}

net::Task<void> LossKeeper::run() {
  for (;;) {
    const bool on = co_await stopped_.sleep_for(gap);
    if (!on) co_return;
    auto kept = co_await keep();
    if (!kept) log::warning("what copies lack is not in the store: {}", kept.error().describe());
  }
}

net::Task<Result<void>> LossKeeper::stop() {
  stopped_.cancel();
  co_await group_.join();
  co_return co_await keep();
}

}  // namespace s3m::workflow
