// scenario_json.hpp: the JSON form of scenarios, faults and switches.
//
// Layer  sim.
#pragma once

#include "sim/faults.hpp"
#include "sim/json_reader.hpp"
#include "sim/scenario.hpp"
#include "sim/switches.hpp"

namespace s3m::sim {

void read_fault(JsonReader& json, FaultRule& rule);
void read_switches(JsonReader& json, Switches& switches);
void read_bucket(JsonReader& json, BucketSpec& bucket);
void read_object(JsonReader& json, ObjectSpec& object);
void read_thief(JsonReader& json, ThiefSpec& thief);
void read_throttle(JsonReader& json, ThrottleSpec& throttle);
void read_latency(JsonReader& json, LatencySpec& latency);

}  // namespace s3m::sim
