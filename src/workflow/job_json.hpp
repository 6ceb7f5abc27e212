// job_json.hpp: the parts of a job as JSON, the same for `jobs --json` and for the console.
//
// Layer  workflow; pure.
#pragma once

#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/event.hpp"
#include "workflow/configuration/parts.hpp"
#include "workflow/job_control.hpp"

namespace s3m::workflow {

// JSON out of text that the program wrote itself; null where it is none.
boost::json::value parsed_or_null(std::string_view text);

// An event's own fields, without what names it in its stream.
boost::json::object fields_of(const Event& event);

boost::json::array to_json(const std::vector<store::JobStep>& steps);
boost::json::array to_json(const std::vector<store::Intent>& intents);
// With the documents of both sides; null where a side has none.
boost::json::array to_json(const std::vector<ConfigurationPart>& parts);

}  // namespace s3m::workflow
