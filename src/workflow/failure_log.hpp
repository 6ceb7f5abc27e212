// failure_log.hpp: what went wrong with single objects, spooled to disk and grouped by cause.
//
// Layer      workflow.
// Threading  one loop.
// Memory     one entry a cause; the list itself lies in temporary files that have no name and so
//            vanish with the process.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "base/error.hpp"
#include "base/event.hpp"

namespace s3m::workflow {

struct FailureGroup {
  std::uint64_t count = 0;
  FailureEvent example;  // the first
};

class FailureLog {
 public:
  // Errors: io when no temporary file can be made.
  static Result<FailureLog> open();

  void add(const FailureEvent& failure);

  std::uint64_t count() const noexcept { return count_; }
  // By operation, code, service code and status, the most frequent first.
  std::vector<FailureGroup> groups() const;

  // Each failure as a JSON object of the event schema, in the order added.
  // Errors: io when the spool cannot be read, or could not be written for want of space.
  Result<void> for_each_json(const std::function<void(std::string_view)>& visit);
  // Each as a line of CSV without its end; the columns are csv_columns.
  Result<void> for_each_csv(const std::function<void(std::string_view)>& visit);

  static std::string csv_line(const FailureEvent& failure);
  static constexpr std::string_view csv_columns =
      "operation,bucket,key,version,code,service_code,http_status,request_id,message";

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;
  using Cause = std::tuple<std::string, std::string, std::string, int>;

  FailureLog(File json, File csv) : json_(std::move(json)), csv_(std::move(csv)) {}

  File json_, csv_;  // each record: its length in four bytes, then its text
  std::map<Cause, FailureGroup> groups_;
  std::uint64_t count_ = 0;
  bool spooled_ = true;  // false once a write failed
};

}  // namespace s3m::workflow
