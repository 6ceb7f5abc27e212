#include "app/monitor_count.hpp"

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "app/engine.hpp"
#include "app/jobs.hpp"
#include "workflow/job_control.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::app {
namespace {

using workflow::CountPhase;
namespace fact = workflow::fact;

// What a count has to say is in its result.
class Nobody final : public EventSink {
 public:
  void emit(const Event&) override {}
};

// What the store knows of a migration's way.
struct Way {
  CountPhase phase = CountPhase::copy;
  std::string temporary, renamed;
  bool all_versions = false;
};

Result<std::string> fact_of(store::Store& store, const std::string& job, std::string_view name) {
  auto value = store.fact(job, name);
  if (!value) return forward(value);
  return value->value_or("");
}

Result<Way> way_of(store::Store& store, const std::string& job) {
  auto handed_over = workflow::deletes_source(store, job);
  if (!handed_over) return forward(handed_over);
  auto temporary = fact_of(store, job, fact::temporary);
  if (!temporary) return forward(temporary);
  auto versions = fact_of(store, job, fact::all_versions);
  if (!versions) return forward(versions);
  return Way{.phase = *handed_over ? CountPhase::homeward : CountPhase::outward,
             .temporary = *std::move(temporary),
             .all_versions = *versions == "true"};
}

struct Places {
  workflow::Access from, to;
};

// A temporary bucket that is not named yet is not there yet.
Places places_of(Engine& engine, const Way& way) {
  Places places{*engine.source(), engine.destination()};
  if (way.phase == CountPhase::copy) return places;
  auto temporary = engine.destination();
  temporary.location.bucket = way.temporary;
  if (way.phase == CountPhase::outward) {
    places.to = std::move(temporary);
  } else {
    places.from = std::move(temporary);
    if (!way.renamed.empty()) places.to.location.bucket = way.renamed;
  }
  return places;
}

net::Task<void> drive(Engine& engine, Places places, workflow::CountTerms terms,
                      workflow::JobCount& count, std::optional<Result<void>>& outcome) {
  outcome = co_await workflow::count_places(engine.context(), std::move(places.from),
                                            std::move(places.to), std::move(terms), count);
  engine.close();
}

Result<void> run(Engine& engine, const Way& way, const transfer::Filter& filter, bool versions,
                 SteadyTime deadline, workflow::JobCount& count) {
  workflow::CountTerms terms{
      .phase = way.phase,
      .filter = filter,
      .all_versions = versions || way.all_versions,
      .stop = [deadline] { return std::chrono::steady_clock::now() >= deadline; }};
  std::optional<Result<void>> outcome;
  boost::asio::co_spawn(engine.loop(),
                        drive(engine, places_of(engine, way), std::move(terms), count, outcome),
                        [](const std::exception_ptr& bug) {
                          if (bug) std::rethrow_exception(bug);
                        });
  engine.loop().run_until(deadline);
  if (!outcome) {
    engine.abandon();
    engine.loop().run();
  }
  return std::move(outcome.value());
}

}  // namespace

Result<void> count_job(const std::string& store, const std::string& job,
                       const aws::Environment& environment, SteadyTime deadline,
                       workflow::JobCount& count) {
  Arguments asked;
  asked.verb = Verb::cleanup_job;  // whatever state the job is in
  asked.job = job;
  asked.store = store;
  auto command = take_up(asked, environment);
  if (!command) return forward(command);
  Nobody nobody;
  auto engine = Engine::make(*command, environment, nobody, job);
  if (!engine) return forward(engine);
  Way way;
  if (command->job_verb == Verb::migrate) {
    auto found = (*engine)->context().store.run_blocking(
        [&job](store::Store& opened) { return way_of(opened, job); });
    if (!found) return forward(found);
    way = *std::move(found);
    way.renamed = command->migration.rename;
    if (way.temporary.empty()) return ok;
  }
  const auto& copy = command->spec.copy;
  return run(**engine, way, copy.filter, copy.all_versions, deadline, count);
}

}  // namespace s3m::app
