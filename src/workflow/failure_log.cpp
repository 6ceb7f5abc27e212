#include "workflow/failure_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

// More causes than this are a sign of something else; the list still holds every failure.
constexpr std::size_t most_groups = 1000;

bool append(std::FILE* file, std::string_view record) {
  const auto length = static_cast<std::uint32_t>(record.size());
  return std::fwrite(&length, sizeof length, 1, file) == 1 &&
         std::fwrite(record.data(), 1, record.size(), file) == record.size();
}

Result<void> for_each(std::FILE* file, const std::function<void(std::string_view)>& visit) {
  if (std::fflush(file) != 0) return fail(Errc::io, "the list of failures could not be kept");
  std::rewind(file);
  std::uint32_t length = 0;
  std::string record;
  while (std::fread(&length, sizeof length, 1, file) == 1) {
    record.resize(length);
    if (std::fread(record.data(), 1, length, file) != length) break;
    visit(record);
  }
  if (std::ferror(file) != 0) return fail(Errc::io, "the list of failures could not be read");
  std::fseek(file, 0, SEEK_END);
  return ok;
}

// S3 keys may hold bytes that JSON cannot: then they stand in key_base64 as well.
void add_key(json::object& out, const std::string& key) {
  out["key"] = valid_utf8(key) ? key : printable(key);
  if (!valid_utf8(key)) out["key_base64"] = base64(key);
}

std::string to_json(const FailureEvent& failure) {
  json::object out;
  out["operation"] = failure.operation;
  out["bucket"] = failure.bucket;
  add_key(out, failure.key);
  if (!failure.version.empty()) out["version"] = failure.version;
  out["code"] = failure.code;
  out["service_code"] = printable(failure.service_code);
  out["http_status"] = failure.http_status;
  out["request_id"] = printable(failure.request_id);
  out["message"] = printable(failure.message);
  return json::serialize(out);
}

std::string to_csv(const FailureEvent& failure) {
  return fmt::format("{},{},{},{},{},{},{},{},{}", csv_cell(failure.operation),
                     csv_cell(failure.bucket), csv_cell(failure.key), csv_cell(failure.version),
                     csv_cell(failure.code), csv_cell(failure.service_code), failure.http_status,
                     csv_cell(failure.request_id), csv_cell(failure.message));
}

}  // namespace

std::string FailureLog::csv_line(const FailureEvent& failure) {
  return to_csv(failure);
}

Result<FailureLog> FailureLog::open() {
  File json_spool(std::tmpfile());
  File csv_spool(std::tmpfile());
  if (!json_spool || !csv_spool) {
    return fail(Errc::io, fmt::format("no temporary file for the list of failures: {}",
                                      std::strerror(errno)));
  }
  return FailureLog(std::move(json_spool), std::move(csv_spool));
}

void FailureLog::add(const FailureEvent& failure) {
  ++count_;
  const Cause cause{failure.operation, failure.code, failure.service_code, failure.http_status};
  if (groups_.size() < most_groups || groups_.contains(cause)) {
    auto& group = groups_[cause];
    if (group.count++ == 0) group.example = failure;
  }
  spooled_ =
      append(json_.get(), to_json(failure)) && append(csv_.get(), to_csv(failure)) && spooled_;
}

std::vector<FailureGroup> FailureLog::groups() const {
  std::vector<FailureGroup> sorted;
  for (const auto& [cause, group] : groups_)
    sorted.push_back(group);
  std::ranges::sort(sorted, [](const FailureGroup& a, const FailureGroup& b) {
    return std::tie(b.count, a.example.operation, a.example.code, a.example.service_code) <
           std::tie(a.count, b.example.operation, b.example.code, b.example.service_code);
  });
  return sorted;
}

Result<void> FailureLog::for_each_json(const std::function<void(std::string_view)>& visit) {
  if (!spooled_) return fail(Errc::io, "the list of failures is incomplete: no space to keep it");
  return for_each(json_.get(), visit);
}

Result<void> FailureLog::for_each_csv(const std::function<void(std::string_view)>& visit) {
  if (!spooled_) return fail(Errc::io, "the list of failures is incomplete: no space to keep it");
  return for_each(csv_.get(), visit);
}

}  // namespace s3m::workflow
