#include "workflow/log_memory.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/event_reader.hpp"
#include "workflow/progress.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr int memory_version = 1;

std::int64_t milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}

WallTime wall_time(std::int64_t count) {
  return WallTime(std::chrono::milliseconds(count));
}

json::value to_json(const std::optional<WallTime>& time) {
  return time ? json::value(milliseconds(*time)) : json::value(nullptr);
}

std::optional<WallTime> time_at(const json::object& object, std::string_view name) {
  const auto& member = object.at(name);
  if (member.is_null()) return std::nullopt;
  return wall_time(member.as_int64());
}

json::object to_json(const LogFindings& findings) {
  json::object object{{"percent", findings.percent},
                      {"attempt", findings.attempt},
                      {"step", findings.step},
                      {"objects_done", findings.objects_done},
                      {"objects_total", findings.objects_total},
                      {"failures", findings.failures},
                      {"events", findings.events},
                      {"outcome", findings.outcome},
                      {"told", to_json(findings.told)}};
  if (findings.exit_code) object["exit_code"] = *findings.exit_code;
  return object;
}

LogFindings findings_of(const json::object& object) {
  LogFindings findings{.percent = object.at("percent").to_number<int>(),
                       .attempt = object.at("attempt").to_number<int>(),
                       .step = object.at("step").as_string().c_str(),
                       .objects_done = object.at("objects_done").to_number<std::uint64_t>(),
                       .objects_total = object.at("objects_total").to_number<std::uint64_t>(),
                       .failures = object.at("failures").to_number<std::uint64_t>(),
                       .events = object.at("events").to_number<std::uint64_t>(),
                       .outcome = object.at("outcome").as_string().c_str(),
                       .told = time_at(object, "told")};
  if (const auto* const code = object.if_contains("exit_code"))
    findings.exit_code = code->to_number<int>();
  return findings;
}

}  // namespace

std::string LogMemory::save() const {
  json::array seen;
  for (const auto& range : seen_)
    seen.push_back(json::array{range.attempt, range.first, range.last, milliseconds(range.newest)});
  return json::serialize(json::object{{"v", memory_version},
                                      {"job", job_},
                                      {"group", group_},
                                      {"stream", stream_},
                                      {"token", token_},
                                      {"read_until", milliseconds(read_until_)},
                                      {"window_start", to_json(window_start_)},
                                      {"window_end", to_json(window_end_)},
                                      {"seen", std::move(seen)},
                                      {"findings", to_json(findings_)}});
}

std::optional<LogMemory> LogMemory::load(std::string_view text, const std::string& job) try {
  const auto value = json::parse(text);
  const auto& object = value.as_object();
  if (object.at("v").as_int64() != memory_version || object.at("job").as_string() != job)
    return std::nullopt;
  LogMemory memory(job, wall_time(object.at("read_until").as_int64()));
  memory.group_ = object.at("group").as_string().c_str();
  memory.stream_ = object.at("stream").as_string().c_str();
  memory.token_ = object.at("token").as_string().c_str();
  memory.window_start_ = time_at(object, "window_start");
  memory.window_end_ = time_at(object, "window_end");
  for (const auto& element : object.at("seen").as_array()) {
    const auto& range = element.as_array();
    memory.seen_.push_back({.attempt = range.at(0).to_number<int>(),
                            .first = range.at(1).to_number<std::uint64_t>(),
                            .last = range.at(2).to_number<std::uint64_t>(),
                            .newest = wall_time(range.at(3).as_int64())});
  }
  memory.findings_ = findings_of(object.at("findings").as_object());
  return memory;
} catch (const std::exception&) {
  return std::nullopt;  // of another version, or cut: the log is read anew
}

void LogMemory::turn_to(std::string group, std::string stream) {
  group_ = std::move(group);
  stream_ = std::move(stream);
}

aws::LogWindow LogMemory::open(WallTime now) {
  if (!window_end_) {
    window_start_ = read_until_ - lateness;
    window_end_ = std::max(now, read_until_);
    token_.clear();
  }
  return {.group = group_, .stream = stream_, .start = *window_start_, .end = *window_end_};
}

void LogMemory::take(const aws::LogPage& page) {
  for (const auto& event : page.events)
    take(event);
  token_ = page.next;
  if (page.last) close();
}

// What is older than the next window cannot come again.
void LogMemory::close() {
  if (!window_end_) return;
  read_until_ = *window_end_;
  window_start_.reset();
  window_end_.reset();
  token_.clear();
  std::erase_if(seen_, [this](const Seen& range) { return range.newest < read_until_ - lateness; });
}

void LogMemory::take(const aws::LogEvent& event) {
  const auto read = read_stamp(event.message);
  if (!read || read->stamp.job != job_) return;
  if (!is_new(read->stamp.attempt, read->stamp.seq, event.time)) return;
  note(read->stamp, read->type, event.message);
}

// Adds the event to the ranges: between its neighbours, or as a range of its own.
bool LogMemory::is_new(int attempt, std::uint64_t seq, WallTime time) {
  const auto after = std::ranges::upper_bound(
      seen_, std::pair(attempt, seq), {},
      [](const Seen& range) { return std::pair(range.attempt, range.first); });
  const auto before = after == seen_.begin() ? seen_.end() : after - 1;
  const bool has_before = before != seen_.end() && before->attempt == attempt;
  const bool has_after = after != seen_.end() && after->attempt == attempt;
  if (has_before && seq <= before->last) {
    before->newest = std::max(before->newest, time);
    return false;
  }
  const bool touches_before = has_before && before->last + 1 == seq;
  const bool touches_after = has_after && seq + 1 == after->first;
  if (touches_before) {
    before->last = touches_after ? after->last : seq;
    before->newest = std::max(before->newest, touches_after ? std::max(time, after->newest) : time);
    if (touches_after) seen_.erase(after);
  } else if (touches_after) {
    after->first = seq;
    after->newest = std::max(after->newest, time);
  } else {
    seen_.insert(after, {.attempt = attempt, .first = seq, .last = seq, .newest = time});
  }
  return true;
}

void LogMemory::note(const EventStamp& stamp, std::string_view type, std::string_view line) {
  ++findings_.events;
  if (stamp.attempt > findings_.attempt) {
    // What the last attempt failed with is this one's to try.
    findings_.attempt = stamp.attempt;
    findings_.failures = 0;
    findings_.outcome.clear();
    findings_.exit_code.reset();
  }
  const bool current = stamp.attempt == findings_.attempt;
  const bool latest = !findings_.told || stamp.time >= *findings_.told;
  if (latest) findings_.told = stamp.time;
  if (type == "failure" && current) ++findings_.failures;
  if (const auto progress = type == "progress" ? read_progress(line) : std::nullopt) {
    findings_.percent = std::max(findings_.percent, progress->percent);
    if (!latest) return;
    findings_.step = progress->step;
    findings_.objects_done = progress->objects_done;
    findings_.objects_total = progress->objects_total;
  } else if (const auto step = type == "step" ? read_step(line) : std::nullopt) {
    findings_.percent = std::max(findings_.percent, step->percent);
    if (latest) findings_.step = step->step;
  } else if (const auto summary = type == "summary" ? read_summary(line) : std::nullopt) {
    if (!current) return;
    findings_.outcome = summary->outcome;
    findings_.exit_code = summary->exit_code;
  }
}

}  // namespace s3m::workflow
