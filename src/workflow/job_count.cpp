#include "workflow/job_count.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "net/task_group.hpp"
#include "workflow/migration_machine.hpp"
#include "workflow/preflight.hpp"
#include "workflow/stored_uploads.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr int count_version = 1;
constexpr std::array phase_names = std::to_array<std::string_view>({"copy", "outward", "homeward"});

// Keys may hold any bytes.
json::array to_json(const std::vector<KeyRange>& ranges) {
  json::array array;
  for (const auto& range : ranges) {
    json::array pair{json::string(base64(range.after))};
    if (range.until) pair.emplace_back(base64(*range.until));
    array.emplace_back(std::move(pair));
  }
  return array;
}

std::string key_of(const json::value& value) {
  auto key = unbase64(std::string_view(value.as_string()));
  if (!key) throw std::invalid_argument("no key");
  return *std::move(key);
}

std::vector<KeyRange> ranges_of(const json::array& array) {
  std::vector<KeyRange> ranges;
  for (const auto& value : array) {
    const auto& pair = value.as_array();
    KeyRange range{.after = key_of(pair.at(0)), .until = {}};
    if (pair.size() > 1) range.until = key_of(pair.at(1));
    ranges.push_back(std::move(range));
  }
  return ranges;
}

json::object to_json(const PlaceCount& place) {
  return {{"uri", base64(place.uri)},
          {"exists", place.exists},
          {"objects", place.count.objects},
          {"bytes", place.count.bytes},
          {"left", to_json(place.count.left)}};
}

PlaceCount place_of(const json::object& object) {
  return {.uri = key_of(object.at("uri")),
          .exists = object.at("exists").as_bool(),
          .count = {.objects = object.at("objects").to_number<std::uint64_t>(),
                    .bytes = object.at("bytes").to_number<std::uint64_t>(),
                    .left = ranges_of(object.at("left").as_array())}};
}

net::Task<Result<void>> count_there(JobContext& context, const Access& access,
                                    const CountTerms& terms, PlaceCount& place) {
  auto principal = co_await identify(access);
  if (!principal) co_return forward(principal);
  std::vector<std::string> notes;
  auto facts =
      co_await look_at_bucket(access, *principal, context.runtime, context.governor, notes);
  if (!facts && facts.error().code() == Errc::no_such_bucket) {
    place.count.left.clear();
    co_return ok;
  }
  if (!facts) co_return forward(facts);
  place.exists = true;
  auto s3 = s3_for(access, facts->region, context.runtime, context.governor);
  StoredUploads uploads(context.store, context.job_id, service_name(access.endpoint),
                        service_name(access.endpoint), OthersUploads::none);
  transfer::Context counted{.runtime = context.runtime,
                            .governor = context.governor,
                            .cancel = context.cancel,
                            .source = {.location = access.location,
                                       .reader = &s3,
                                       .expected_owner = facts->expected_owner},
                            .destination = {},
                            .writer = nullptr,
                            .journal = uploads,
                            .on_failure = {}};
  co_return co_await transfer::count_on(counted, terms.filter, terms.all_versions, place.count,
                                        terms.stop);
}

net::Task<void> count_into(JobContext& context, const Access& access, const CountTerms& terms,
                           PlaceCount& place, Result<void>& outcome) {
  if (place.count.complete()) co_return;
  outcome = co_await count_there(context, access, terms, place);
}

JobCount new_count(const Access& from, const Access& to, CountPhase phase) {
  return {.phase = phase,
          .from = {.uri = from.location.uri(), .count = {}},
          .to = {.uri = to.location.uri(), .count = {}}};
}

}  // namespace

std::string save(const JobCount& count) {
  return json::serialize(
      json::object{{"v", count_version},
                   {"phase", phase_names.at(static_cast<std::size_t>(count.phase))},
                   {"from", to_json(count.from)},
                   {"to", to_json(count.to)}});
}

std::optional<JobCount> load_job_count(std::string_view text) try {
  const auto value = json::parse(text);
  const auto& object = value.as_object();
  const auto* const phase =
      std::ranges::find(phase_names, std::string_view(object.at("phase").as_string()));
  if (object.at("v").as_int64() != count_version || phase == phase_names.end()) return std::nullopt;
  return JobCount{.phase = static_cast<CountPhase>(phase - phase_names.begin()),
                  .from = place_of(object.at("from").as_object()),
                  .to = place_of(object.at("to").as_object())};
} catch (const std::exception&) {
  return std::nullopt;  // of another version, or cut: it is counted anew
}

std::optional<int> percent_of(const JobCount& count) noexcept {
  if (!count.complete()) return std::nullopt;
  const bool homeward = count.phase == CountPhase::homeward;
  if (!count.to.exists) return homeward ? percent_of(MigrationStep::take_name).first : 0;
  const auto there = std::min(count.to.count.objects, count.from.count.objects);
  const auto span = homeward                          ? percent_of(MigrationStep::copy_back)
                    : count.phase == CountPhase::copy ? percent_of_copy
                                                      : percent_of(MigrationStep::copy);
  if (there == 0) return span.first - 1;
  return copy_percent({.copied = there, .total = count.from.count.objects}, span);
}

net::Task<Result<void>> count_places(JobContext& context, Access from, Access to, CountTerms terms,
                                     JobCount& count) {
  auto fresh = new_count(from, to, terms.phase);
  const bool goes_on = count.phase == fresh.phase && count.from.uri == fresh.from.uri &&
                       count.to.uri == fresh.to.uri && !count.complete();
  if (!goes_on) count = std::move(fresh);
  Result<void> first = ok, second = ok;
  net::TaskGroup both(context.loop);
  both.spawn(count_into(context, from, terms, count.from, first));
  both.spawn(count_into(context, to, terms, count.to, second));
  co_await both.join();
  if (!first) co_return first;
  co_return second;
}

}  // namespace s3m::workflow
