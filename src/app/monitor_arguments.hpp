// monitor_arguments.hpp: what `s3migrator monitor` was asked for.
//
// Layer   app; a value.
#pragma once

#include <chrono>
#include <string>

namespace s3m::app {

struct MonitorArguments {
  std::string schedule;        // empty: none is switched
  std::string schedule_group;  // empty: "default"
  std::string metrics;         // name space; empty: none are written
  bool count = false;
  std::chrono::seconds within{840};
};

}  // namespace s3m::app
