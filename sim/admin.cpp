#include "sim/admin.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "base/text.hpp"
#include "sim/json_reader.hpp"
#include "sim/populate.hpp"
#include "sim/scenario_json.hpp"
#include "sim/uri.hpp"

namespace s3m::sim {
namespace {

namespace json = boost::json;

struct Command {
  Service& service;
  const Query& query;
  const json::value& body;
  WallTime now;
  std::string error;  // what is wrong with the body

  JsonReader reader() { return JsonReader(body, "", error); }
};

net::ServerReply json_reply(const json::value& value, int status = 200) {
  net::ServerReply reply;
  reply.status = status;
  reply.body = json::serialize(value) + "\n";
  add_header(reply, "Content-Type", "application/json");
  return reply;
}

template <class Counts>
json::object counts_of(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts)
    object[name] = count;
  return object;
}

json::value stats(Command& command) {
  const Metrics& metrics = command.service.metrics;
  json::object statuses;
  for (const auto& [status, count] : metrics.by_status())
    statuses[std::to_string(status)] = count;
  return json::object{{"requests", metrics.requests()},
                      {"in_flight", metrics.in_flight()},
                      {"most_in_flight", metrics.most_in_flight()},
                      {"faults_fired", command.service.faults.fired_in_all()},
                      {"operations", counts_of(metrics.by_operation())},
                      {"errors", counts_of(metrics.by_error())},
                      {"statuses", std::move(statuses)}};
}

json::value records(Command& command) {
  json::array list;
  for (const RequestRecord& record : command.service.metrics.records()) {
    list.push_back(json::object{{"operation", record.operation},
                                {"bucket", record.bucket},
                                {"key", record.key},
                                {"source", record.source},
                                {"signer", record.signer},
                                {"status", record.status},
                                {"code", record.code},
                                {"faulted", record.faulted},
                                {"at", iso8601(record.at)}});
  }
  return list;
}

json::value start_recording(Command& command) {
  command.service.metrics.record(true);
  return json::object{};
}

json::value reset(Command& command) {
  command.service.metrics.reset();
  return json::object{};
}

json::value add_fault(Command& command) {
  FaultRule rule;
  JsonReader reader = command.reader();
  read_fault(reader, rule);
  reader.done();
  if (!command.error.empty()) return {};
  return json::object{{"number", command.service.faults.add(std::move(rule))}};
}

json::value fault_figures(Command& command) {
  const auto number = parse_u64(command.query.get("number"));
  if (!number) {
    command.error = "number is missing";
    return {};
  }
  return json::object{{"fired", command.service.faults.fired(*number)}};
}

json::value remove_faults(Command& command) {
  if (const auto number = parse_u64(command.query.get("number"))) {
    command.service.faults.remove(*number);
  } else {
    command.service.faults.clear();
  }
  return json::object{};
}

json::value change_switches(Command& command) {
  Switches switches = command.service.world.switches;
  JsonReader reader = command.reader();
  read_switches(reader, switches);
  reader.done();
  if (command.error.empty()) command.service.world.switches = switches;
  return json::object{};
}

json::value expire(Command& command) {
  std::string role;
  JsonReader reader = command.reader();
  reader.text("role", role);
  reader.done();
  const WallTime server_now = command.now + command.service.world.switches.clock_skew;
  if (command.error.empty()) command.service.world.directory.expire_sessions(role, server_now);
  return json::object{};
}

json::value add_bucket(Command& command) {
  BucketSpec bucket;
  JsonReader reader = command.reader();
  read_bucket(reader, bucket);
  reader.done();
  if (!command.error.empty()) return {};
  const auto added = populate(command.service.world, bucket, command.now);
  if (!added) command.error = added.error();
  return json::object{};
}

json::value add_thief(Command& command) {
  ThiefSpec thief;
  JsonReader reader = command.reader();
  read_thief(reader, thief);
  reader.done();
  if (!command.error.empty()) return {};
  const auto known = check_thief(command.service.world, thief);
  if (!known) {
    command.error = known.error();
  } else {
    command.service.world.thieves.push_back(std::move(thief));
  }
  return json::object{};
}

json::value add_object(Command& command) {
  std::string name;
  ObjectSpec object;
  JsonReader reader = command.reader();
  reader.text("bucket", name);
  reader.object("object", [&](JsonReader& inner) { read_object(inner, object); });
  reader.done();
  Bucket* bucket = command.service.world.bucket(name);
  if (bucket == nullptr) reader.fail("bucket", "does not exist");
  if (!command.error.empty()) return {};
  const auto added = populate(command.service.world, *bucket, object, command.now);
  if (!added) command.error = added.error();
  return json::object{};
}

json::value set_throttles(Command& command) {
  std::vector<ThrottleSpec> throttles;
  JsonReader reader = command.reader();
  reader.list("throttles", [&](JsonReader& one) { read_throttle(one, throttles.emplace_back()); });
  reader.done();
  if (command.error.empty()) command.service.throttle = Throttle(std::move(throttles));
  return json::object{};
}

json::value set_latencies(Command& command) {
  std::vector<LatencySpec> latencies;
  JsonReader reader = command.reader();
  reader.list("latencies", [&](JsonReader& one) { read_latency(one, latencies.emplace_back()); });
  reader.done();
  if (command.error.empty()) command.service.latencies = std::move(latencies);
  return json::object{};
}

struct Entry {
  std::string_view method, path;
  json::value (*run)(Command& command);
};

constexpr auto entries = std::to_array<Entry>({
    {"GET", "stats", stats},
    {"GET", "records", records},
    {"POST", "record", start_recording},
    {"POST", "reset", reset},
    {"POST", "fault", add_fault},
    {"GET", "fault", fault_figures},
    {"DELETE", "fault", remove_faults},
    {"POST", "switches", change_switches},
    {"POST", "expire", expire},
    {"POST", "bucket", add_bucket},
    {"POST", "object", add_object},
    {"POST", "thief", add_thief},
    {"POST", "throttle", set_throttles},
    {"POST", "latency", set_latencies},
});

}  // namespace

std::optional<net::ServerReply> answer_admin(Service& service, const net::HttpRequest& request,
                                             WallTime now) {
  std::string_view target = request.target;
  if (!target.starts_with(admin_root)) return std::nullopt;
  target.remove_prefix(admin_root.size());
  const std::size_t question = target.find('?');
  const std::string_view path = target.substr(0, question);
  const auto query = Query::parse(question == target.npos ? "" : target.substr(question + 1));
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& candidate) {
    return candidate.method == request.method && candidate.path == path;
  });
  if (!query || entry == entries.end()) return json_reply({{"error", "no such command"}}, 404);
  boost::system::error_code error;
  const json::value body =
      request.body.empty() ? json::value(json::object{}) : json::parse(request.body, error);
  if (error) return json_reply({{"error", "the body is not JSON"}}, 400);
  Command command{service, *query, body, now, {}};
  const json::value answer = entry->run(command);
  if (!command.error.empty()) return json_reply({{"error", command.error}}, 400);
  return json_reply(answer);
}

}  // namespace s3m::sim
