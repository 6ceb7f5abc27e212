// event_reader.hpp: events back from the lines that to_json_line() made of them.
//
// Layer  base; pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/event.hpp"

namespace s3m {

// nullopt where the line is no event of that type, or of a later schema. Fields that are missing
// have their defaults: an older program wrote the line.
struct StampedType {
  EventStamp stamp;
  std::string type;  // "progress", "failure"...
};
std::optional<StampedType> read_stamp(std::string_view line);  // of an event of any type
std::optional<StepEvent> read_step(std::string_view line);
std::optional<ProgressEvent> read_progress(std::string_view line);
std::optional<SummaryEvent> read_summary(std::string_view line);

}  // namespace s3m
