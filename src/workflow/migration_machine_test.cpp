#include "workflow/migration_machine.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using enum MigrationStep;

std::vector<MigrationStep> order() {
  return migration_order(FreezeTime::late);
}

// Everything before `step` is done.
MigrationRecords before(MigrationStep step, FreezeTime freeze_time = FreezeTime::late) {
  MigrationRecords records;
  for (const auto each : migration_order(freeze_time)) {
    if (each == step) break;
    records.done[each] = true;
  }
  records.first_delete = records.has(empty);
  records.source_delete = records.has(delete_source);
  return records;
}

TEST(MigrationMachine, NamesAreFoundAgain) {
  for (const auto step : order())
    EXPECT_EQ(migration_step(name(step)), step);
  EXPECT_FALSE(migration_step("nothing"));
}

TEST(MigrationMachine, PercentNeverFallsAndFollowsTheArticle) {
  for (const auto freeze_time : {FreezeTime::late, FreezeTime::early}) {
    int highest = 0;
    for (const auto step : migration_order(freeze_time)) {
      EXPECT_GE(percent_of(step).last, percent_of(step).first);
      EXPECT_GE(percent_of(step).last, highest) << name(step);
      if (step != freeze) highest = std::max(highest, percent_of(step).last);
    }
    EXPECT_EQ(highest, 100);
  }
  EXPECT_EQ(percent_of(temporary_bucket).last, 5);
  EXPECT_EQ(percent_of(copy).first, 6);
  EXPECT_EQ(percent_of(copy).last, 49);
  EXPECT_EQ(percent_of(delete_source).last, 50);
  EXPECT_EQ(percent_of(take_name).last, 55);
  EXPECT_EQ(percent_of(copy_back).first, 56);
  EXPECT_EQ(percent_of(copy_back).last, 99);
  // Never 100 before all of it, and never 50 before the source is gone.
  for (const auto step : order()) {
    EXPECT_EQ(percent_of(step).last == 100, step == report);
    if (step < delete_source) EXPECT_LT(percent_of(step).last, 50);
  }
}

TEST(MigrationMachine, BeginsAtTheBeginning) {
  const auto found = position(order(), {});
  EXPECT_EQ(found.next, preflight);
  EXPECT_TRUE(found.renew.empty());
}

TEST(MigrationMachine, EndsWhenAllIsDone) {
  auto records = before(report);
  records.done[report] = true;
  EXPECT_FALSE(position(order(), records).next);
}

TEST(MigrationMachine, GoesOnWhereItWas) {
  for (const auto step : order())
    EXPECT_EQ(position(order(), before(step)).next, step) << name(step);
}

TEST(MigrationMachine, AStepThatWasOnlyBegunIsDoneAgain) {
  auto records = before(copy);
  records.done[copy] = false;
  EXPECT_EQ(position(order(), records).next, copy);
}

TEST(MigrationMachine, MakesSureAgainOfWhatAJobKeepsStanding) {
  using Steps = std::vector<MigrationStep>;
  EXPECT_EQ(position(order(), before(copy)).renew, (Steps{preflight, temporary_bucket, grant}));
  EXPECT_EQ(position(order(), before(delta)).renew,
            (Steps{preflight, temporary_bucket, grant, freeze}));
  EXPECT_EQ(position(order(), before(empty)).renew, (Steps{preflight, temporary_bucket, freeze}));
  EXPECT_EQ(position(order(), before(copy_back)).renew, (Steps{temporary_bucket, take_name}));
  EXPECT_EQ(position(order(), before(report)).renew, Steps{});
}

TEST(MigrationMachine, NoEmptyingWithoutTheFreezeMadeSureOf) {
  for (const auto freeze_time : {FreezeTime::late, FreezeTime::early}) {
    for (const auto step : {delta, prove, confirm, silence, empty, delete_source}) {
      const auto renew = position(migration_order(freeze_time), before(step, freeze_time)).renew;
      EXPECT_NE(std::ranges::find(renew, freeze), renew.end()) << name(step);
    }
  }
}

// G1: after the intent nothing lists, empties, unfreezes, restores or deletes the source.
TEST(MigrationMachine, HandedOverNothingTouchesTheSource) {
  auto records = before(delete_source);
  records.source_delete = true;
  ASSERT_EQ(regime_of(records), Regime::handed_over);
  for (auto found = position(order(), records); found.next; found = position(order(), records)) {
    EXPECT_TRUE(*found.next == delete_source || !touches_source(*found.next));
    for (const auto step : found.renew)
      EXPECT_FALSE(touches_source(step)) << name(step);
    records.done[*found.next] = true;
  }
}

TEST(MigrationMachine, HandedOverForgottenStepsOfTheSourceStayUndone) {
  MigrationRecords records;  // of a store that lost them: the intent alone is left
  records.source_delete = true;
  EXPECT_EQ(position(order(), records).next, temporary_bucket);
  for (const auto step : {preflight, grant, copy, freeze, delta, prove, confirm, silence, empty})
    EXPECT_FALSE(may_run(step, Regime::handed_over));
}

TEST(MigrationMachine, AChangeSendsItBackToTheDeltaPass) {
  for (const auto step : {prove, confirm, silence, empty, delete_source})
    EXPECT_EQ(after_change(step, Regime::untouched), delta);
  EXPECT_FALSE(after_change(preflight, Regime::untouched));
}

// The delta pass would delete from the temporary bucket what was just deleted from the source.
TEST(MigrationMachine, FromTheFirstDeleteOnNoChangeLeadsBackToADeltaPass) {
  for (const auto step : order())
    EXPECT_FALSE(after_change(step, Regime::emptying)) << name(step);
}

TEST(MigrationMachine, HandedOverAChangeNeverLeadsBackToTheSource) {
  for (const auto step : order()) {
    const auto back = after_change(step, Regime::handed_over);
    if (back) EXPECT_FALSE(touches_source(*back)) << name(step);
  }
  EXPECT_EQ(after_change(verify, Regime::handed_over), copy_back);
}

TEST(MigrationMachine, TheRegimeFollowsTheIntents) {
  MigrationRecords records;
  EXPECT_EQ(regime_of(records), Regime::untouched);
  records.first_delete = true;
  EXPECT_EQ(regime_of(records), Regime::emptying);
  records.source_delete = true;
  EXPECT_EQ(regime_of(records), Regime::handed_over);
}

TEST(Undo, NamesAreFoundAgain) {
  for (const auto one : {Giving::nothing, Giving::clearing, Giving::copying, Giving::given})
    EXPECT_EQ(giving(name(one)), one);
  EXPECT_FALSE(giving("taking"));
  EXPECT_EQ(name(UndoStep::look), "look");
  EXPECT_EQ(name(UndoStep::copy_back), "copy-back");
  EXPECT_EQ(name(UndoStep::open_source), "open-source");
}

TEST(Undo, BeforeTheFirstDeleteNothingIsCopiedBack) {
  const std::vector expected{UndoStep::look, UndoStep::discard, UndoStep::open_source};
  EXPECT_EQ(undo_order({}), expected);
  EXPECT_EQ(undo_order(before(empty)), expected);
}

TEST(Undo, AfterTheFirstDeleteTheTemporaryBucketGoesOnlyAfterTheProof) {
  MigrationRecords records;
  records.first_delete = true;
  for (const auto one : {Giving::nothing, Giving::clearing, Giving::copying}) {
    records.giving = one;
    const auto order = undo_order(records);
    const auto at = [&](UndoStep step) { return std::ranges::find(order, step) - order.begin(); };
    EXPECT_LT(at(UndoStep::check), at(UndoStep::close));
    EXPECT_LT(at(UndoStep::close), at(UndoStep::copy_back));
    EXPECT_LT(at(UndoStep::copy_back), at(UndoStep::verify));
    EXPECT_LT(at(UndoStep::verify), at(UndoStep::discard));
    EXPECT_LT(at(UndoStep::discard), at(UndoStep::open_source));
    EXPECT_LT(at(UndoStep::open_source), std::ssize(order));
  }
}

// What was copied back is a beginning of a history; to clear it would never end.
TEST(Undo, RestsOfHistoriesAreClearedOnlyBeforeAnythingIsCopied) {
  MigrationRecords records;
  records.first_delete = true;
  const auto clears = [&] { return std::ranges::count(undo_order(records), UndoStep::clear) == 1; };
  EXPECT_TRUE(clears());
  records.giving = Giving::clearing;
  EXPECT_TRUE(clears());
  records.giving = Giving::copying;
  EXPECT_FALSE(clears());
}

// The temporary bucket may be half discarded by then: it proves nothing any more.
TEST(Undo, OnceAllIsProvenToBeBackItOnlyTidiesUp) {
  MigrationRecords records;
  records.first_delete = true;
  records.giving = Giving::given;
  EXPECT_EQ(undo_order(records),
            (std::vector{UndoStep::look, UndoStep::discard, UndoStep::open_source}));
}

TEST(Undo, G1HandedOverThereIsNoWayBack) {
  MigrationRecords records;
  records.source_delete = true;
  EXPECT_TRUE(undo_order(records).empty());
}

TEST(Undo, OnceBegunOnlyTheUndoGoesOn) {
  MigrationRecords records;
  EXPECT_TRUE(may_go_forward(records));
  records.first_delete = true;
  EXPECT_TRUE(may_go_forward(records));
  for (const auto one : {Giving::clearing, Giving::copying, Giving::given}) {
    records.giving = one;
    EXPECT_FALSE(may_go_forward(records)) << name(one);
  }
}

}  // namespace
}  // namespace s3m::workflow
