// migration_plan.hpp: all that a migration finds out before it changes anything.
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G26-G29.
//
// What the configuration tells is judged first: a bucket that cannot be migrated is refused without
// being listed. What only the objects tell is left to the first copy and to the attribute proof.
#pragma once

#include <vector>

#include "base/event.hpp"
#include "transfer/transfer.hpp"
#include "workflow/job_context.hpp"
#include "workflow/migration_facts.hpp"
#include "workflow/migration_refusals.hpp"
#include "workflow/permissions.hpp"

namespace s3m::workflow {

struct MigrationPreflight {
  MigrationGround ground;
  MigrationFacts facts;
  transfer::Plan plan;  // empty where the bucket was refused before it was listed
  std::vector<Refusal> refusals;
  std::vector<Permission> permissions;
  MigrationPlanEvent event;  // all of it as it is shown
};

// Whether figures are told while the bucket is listed: a job has a step that tells its own.
enum class PlanFigures : std::uint8_t { silent, told };

// Looks, lists, asks, and emits the plan as an event. Changes nothing. Where the source may not
// even be looked at, the rights are told as an event of their own before that error is given.
//
// Gives   the findings, also where there are refusals: check_refusals() makes an error of them.
// Errors  as migration_ground(), transfer::plan() and probe_permissions(); cancelled.
net::Task<Result<MigrationPreflight>> migration_preflight(JobContext& context, Access source,
                                                          Access destination,
                                                          MigrationWishes wishes,
                                                          unsigned keep_temporary_days,
                                                          PlanFigures figures);

// The plan in figures: requests, time, price. Pure.
void fill_figures(MigrationPlanEvent& event, const MigrationFacts& facts,
                  const MigrationWishes& wishes, const transfer::Plan& plan,
                  unsigned keep_temporary_days);

}  // namespace s3m::workflow
