// deny_probe.cpp: freezes a bucket as a migration does, waits for a line on standard input, and
// takes the freeze off again: {"dialect": ..., "others_refused": ...} or {"error": ...}, then
// {"removed": ...}, one line each. For end-to-end tests against servers of every understanding.
//
//   deny_probe JOB copy s3://BUCKET s3://ANOTHER [OPTIONS]   the roles and endpoints of a copy
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/cli.hpp"
#include "app/engine.hpp"
#include "workflow/temporary_deny.hpp"

namespace {

using namespace s3m;

void say(const boost::json::object& answer) {
  std::puts(boost::json::serialize(answer).c_str());
  std::fflush(stdout);
}

boost::json::object error_of(const Error& error) {
  return {{"error", error.describe()}, {"code", std::string(name(error.code()))}};
}

boost::json::object what_stands(const workflow::DenyResult& placed) {
  return {{"dialect", std::string(name(placed.dialect))},
          {"stood", placed.stood},
          {"others_refused", placed.others_refused}};
}

class Quiet final : public EventSink {
 public:
  void emit(const Event&) override {}
};

net::Task<Result<void>> freeze(app::Engine& engine) {
  const auto& owner = *engine.source();
  const auto principal = co_await workflow::identify(owner);
  if (!principal) co_return fail(principal.error().clone());
  workflow::TemporaryDeny deny(
      engine.context(), owner,
      workflow::BucketFacts{.region = owner.endpoint.region, .expected_owner = {}},
      workflow::DenyTerms{.kind = workflow::DenyKind::freeze,
                          .bucket = owner.location.bucket,
                          .spared = {*principal}});
  const auto placed = co_await deny.place(std::nullopt, [](const std::string&) {});
  if (!placed) co_return fail(placed.error().clone());
  say(what_stands(*placed));
  std::string line;
  std::getline(std::cin, line);
  if (line == "die") std::_Exit(1);
  const auto removed = co_await deny.remove();
  if (!removed) co_return fail(removed.error().clone());
  say({{"removed", *removed}});
  co_return ok;
}

net::Task<void> run(app::Engine& engine) {
  const auto frozen = co_await freeze(engine);
  if (!frozen) say(error_of(frozen.error()));
  engine.close();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  std::vector<std::string> words{arguments + 1, arguments + count};
  const auto job = words.front();
  words.front() = "s3migrator";
  const auto parsed = app::parse_command_line(words);
  const auto* command = std::get_if<app::Arguments>(&parsed);
  if (command == nullptr) return 2;
  const auto environment = aws::process_environment();
  Quiet events;
  auto engine = app::Engine::make(*command, environment, events, job);
  if (!engine) {
    say(error_of(engine.error()));
    return 1;
  }
  boost::asio::co_spawn((*engine)->loop(), run(**engine), [](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
  (*engine)->loop().run();
  return 0;
}
