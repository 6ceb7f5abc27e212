// metrics.hpp: what the simulator has seen, for tests to assert on.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace s3m::sim {

struct RequestRecord {
  std::string operation;  // "CopyObject"; "Unknown" when no operation was recognised
  std::string bucket, key;
  std::string source;    // copies: "bucket/key", with "?versionId=" where one was named
  std::string signer;    // ARN; "anonymous" when unsigned; empty when the signature failed
  int status = 0;        // as sent, so 200 for an error inside a 200
  std::string code;      // of the error, also of one inside a 200
  bool faulted = false;  // a scripted fault took part
  WallTime at;           // by the server's clock
};

class Metrics {
 public:
  void request_begins();
  void request_ends();
  // `error` is empty for a success.
  void count(std::string_view operation, int status, std::string_view error);

  std::uint64_t requests() const noexcept { return requests_; }
  std::uint64_t requests(std::string_view operation) const;
  std::uint64_t errors(std::string_view code) const;
  std::uint64_t throttled() const { return errors("SlowDown"); }
  std::uint32_t in_flight() const noexcept { return in_flight_; }
  // The most requests that were being worked on at once. A request is in flight from when it
  // was read whole until its answer begins, latency included: without latency that is 1.
  std::uint32_t most_in_flight() const noexcept { return most_in_flight_; }
  const std::map<std::string, std::uint64_t, std::less<>>& by_operation() const noexcept {
    return by_operation_;
  }
  const std::map<std::string, std::uint64_t, std::less<>>& by_error() const noexcept {
    return by_error_;
  }
  const std::map<int, std::uint64_t>& by_status() const noexcept { return by_status_; }

  // Recording keeps one record a request; it is off unless a test turns it on.
  void record(bool on) noexcept { recording_ = on; }
  bool recording() const noexcept { return recording_; }
  void add(RequestRecord record) { records_.push_back(std::move(record)); }
  const std::vector<RequestRecord>& records() const noexcept { return records_; }

  // Forgets everything but what is in flight.
  void reset();

 private:
  std::uint64_t requests_ = 0;
  std::uint32_t in_flight_ = 0, most_in_flight_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> by_operation_, by_error_;
  std::map<int, std::uint64_t> by_status_;
  bool recording_ = false;
  std::vector<RequestRecord> records_;
};

}  // namespace s3m::sim
