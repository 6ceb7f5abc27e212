#include "workflow/retry_choice.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/job_json.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/job_story.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::size_t page = 5000;

std::unexpected<Error> refuse(const std::string& id, std::string_view why) {
  return fail(Errc::refused, fmt::format("job {} {}", printable(id), why));
}

json::value field(const json::value& spec, std::string_view name) {
  const auto* const fields = spec.if_object();
  const auto* const value = fields != nullptr ? fields->if_contains(name) : nullptr;
  return value != nullptr ? *value : json::value(nullptr);
}

// The rows `first` to `last`, which are numbered without a gap.
Result<std::vector<store::FailureRecord>> rows_of(store::Store& store, const std::string& id,
                                                  std::uint64_t first, std::uint64_t last) {
  std::vector<store::FailureRecord> rows;
  while (first + rows.size() <= last) {
    const auto before = first - 1 + rows.size();
    auto some = store.failures_of(id, std::min<std::uint64_t>(page, last - before), before);
    if (!some) return forward(some);
    if (some->empty()) break;
    std::ranges::move(*some, std::back_inserter(rows));
  }
  return rows;
}

// The number of the last row; 0: there is none.
Result<std::uint64_t> last_number(store::Store& store, const std::string& id,
                                  std::uint64_t settled) {
  auto last = settled;
  for (;;) {
    auto some = store.failures_of(id, page, last);
    if (!some) return forward(some);
    if (some->empty()) return last;
    last = some->back().number;
  }
}

std::optional<std::string_view> key_below(const FailureEvent& failure,
                                          const transfer::Location& location) {
  const std::string_view key(failure.key);
  if (failure.bucket != location.bucket || !key.starts_with(location.prefix)) return std::nullopt;
  return key.substr(location.prefix.size());
}

}  // namespace

std::string encode(const RetryChoice& choice) {
  return fmt::format("{} {} {}", choice.first, choice.last, fmt::join(choice.numbers, " "));
}

std::optional<RetryChoice> decode_choice(std::string_view text) {
  std::vector<std::uint64_t> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = parse_u64(text.substr(0, end));
    if (!word) return std::nullopt;
    words.push_back(*word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (words.size() < 3) return std::nullopt;
  return RetryChoice{
      .first = words[0], .last = words[1], .numbers = {words.begin() + 2, words.end()}};
}

Result<void> may_choose(const store::JobRecord& job) {
  const auto all = "its failures are tried again all together: s3migrator jobs retry " + job.id;
  if (job.kind != "copy")
    return refuse(job.id, "is no copy, and moves all of its bucket or nothing; go on with it");
  const auto spec = parsed_or_null(job.spec);
  if (field(spec, "delete") == json::value(true)) {
    return refuse(job.id, "deletes what the source does not have, once nothing has failed; " + all);
  }
  if (field(spec, "if_exists") == json::value("overwrite"))
    return refuse(job.id, "overwrites what is there, so that each run copies everything; " + all);
  const bool ended = job.state == store::JobState::done && job.exit_code != exit_verified;
  if (ended) return ok;
  return refuse(job.id,
                job.state == store::JobState::done
                    ? "has no failures: it is done"
                    : "has not come to its end, so that more may fail; go on with it first");
}

Result<RetryChoice> choose_failures(store::Store& store, const store::JobRecord& job,
                                    std::vector<std::uint64_t> numbers) {
  if (auto may = may_choose(job); !may) return forward(may);
  auto settled = settled_failures(store, job.id);
  if (!settled) return forward(settled);
  auto last = last_number(store, job.id, *settled);
  if (!last) return forward(last);
  if (*last - *settled >= most_failures_kept) {
    return refuse(job.id,
                  "has more failures than are recorded, so that none can be left alone; try "
                  "all of them again");
  }
  std::ranges::sort(numbers);
  const auto repeated = std::ranges::unique(numbers);
  numbers.erase(repeated.begin(), repeated.end());
  const auto known = [&](std::uint64_t number) { return number > *settled && number <= *last; };
  const auto unknown = std::ranges::find_if_not(numbers, known);
  if (unknown != numbers.end()) {
    return refuse(job.id, fmt::format("has no failure with the number {}: its failures are others "
                                      "by now. See s3migrator jobs failures {}",
                                      *unknown, printable(job.id)));
  }
  return RetryChoice{.first = *settled + 1, .last = *last, .numbers = std::move(numbers)};
}

Result<std::optional<RetryChoice>> choice_of(store::Store& store, const std::string& id) {
  auto text = store.fact(id, retry_choice_fact);
  if (!text) return forward(text);
  return *text ? decode_choice(**text) : std::nullopt;
}

Result<ChosenFailures> chosen_failures(store::Store& store, const std::string& id,
                                       const RetryChoice& choice) {
  auto rows = rows_of(store, id, choice.first, choice.last);
  if (!rows) return forward(rows);
  ChosenFailures out;
  for (const auto& row : *rows) {
    const bool tried = std::ranges::binary_search(choice.numbers, row.number);
    (tried ? out.tried : out.left).push_back(event_of(row));
  }
  return out;
}

// An object may have failed more than once, and as seen from either side.
transfer::LeftFailures left_by_key(const ChosenFailures& failures, const transfer::Location& source,
                                   const transfer::Location& destination) {
  const auto key_of = [&](const FailureEvent& failure) {
    const auto key = key_below(failure, source);
    return key ? key : key_below(failure, destination);
  };
  transfer::LeftFailures left;
  for (const auto& failure : failures.left) {
    if (const auto key = key_of(failure)) left.emplace(*key, failure);
  }
  for (const auto& failure : failures.tried) {
    if (const auto key = key_of(failure)) left.erase(std::string(*key));
  }
  return left;
}

}  // namespace s3m::workflow
