#include "workflow/adopt.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"

namespace s3m::workflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string first_delete(intent_first_delete), source_delete(intent_delete_source);

std::vector<std::string> names_before(MigrationStep step) {
  std::vector<std::string> names;
  for (const auto each : migration_order(FreezeTime::late)) {
    if (each == step) break;
    names.emplace_back(name(each));
  }
  return names;
}

BucketRecord record_before(MigrationStep step) {
  return {.job_id = "job-1",
          .program = "s3migrator 0.1.0",
          .state = {},
          .source = {"photos", "us-east-1", "111111111111"},
          .destination = {"photos", "eu-central-1", "222222222222"},
          .spec = "{}",
          .configuration = "[]",
          .facts = {{fact::temporary, "s3m-1"}, {fact::region, "eu-central-1"}},
          .steps = names_before(step),
          .holder = "before"};
}

BucketRecord proven() {
  auto record = record_before(MigrationStep::prove);
  record.facts[fact::digest] = "00ff";
  return record;
}

BucketRecord confirmed() {
  auto record = proven();
  record.steps = names_before(MigrationStep::confirm);
  record.facts[fact::confirmed] = "00ff";
  return record;
}

BucketRecord emptying() {
  auto record = confirmed();
  record.steps = names_before(MigrationStep::empty);
  record.intents[first_delete] = "00ff";
  return record;
}

BucketRecord handed_over() {
  auto record = emptying();
  record.steps = names_before(MigrationStep::delete_source);
  record.intents[source_delete] = "photos";
  return record;
}

Adoption adopted(const BucketRecord& record, bool gone = false) {
  return adoption_of(record, gone, "now");
}

std::string next_of(const BucketRecord& record, FreezeTime freeze = FreezeTime::late) {
  const auto next = next_step(adopted(record), freeze);
  return next ? std::string(name(*next)) : "";
}

MigrationMemory memory_of(const BucketRecord& record) {
  return {.steps = record.steps, .intents = record.intents, .facts = record.facts};
}

TEST(Adopt, TheStateIsWhatTheRecordHasToSay) {
  EXPECT_EQ(record_state(memory_of(record_before(MigrationStep::copy))), "copying");
  EXPECT_EQ(record_state(memory_of(proven())), "proven");
  EXPECT_EQ(record_state(memory_of(confirmed())), "confirmed");
  EXPECT_EQ(record_state(memory_of(emptying())), "emptying");
  auto record = handed_over();
  EXPECT_EQ(record_state(memory_of(record)), "handed-over");
  record.facts[fact::made] = "photos";
  EXPECT_EQ(record_state(memory_of(record)), "made");
  record.facts[fact::opened] = "true";
  EXPECT_EQ(record_state(memory_of(record)), "opened");
  auto undone = emptying();
  undone.facts[fact::giving] = name(Giving::copying);
  EXPECT_EQ(record_state(memory_of(undone)), "undoing");
  EXPECT_EQ(adopted(undone).memory.facts.at(fact::giving), "copying");
  auto changed = confirmed();
  changed.facts[fact::digest] = "another";
  EXPECT_EQ(record_state(memory_of(changed)), "proven") << "it was confirmed for another digest";
}

TEST(Adopt, AMigrationThatWasMakingItsBucketGoesOnThere) {
  const auto adoption = adopted(record_before(MigrationStep::temporary_bucket));
  EXPECT_EQ(adoption.regime, Regime::untouched);
  EXPECT_THAT(adoption.memory.steps, ElementsAre("preflight"));
  EXPECT_EQ(next_of(record_before(MigrationStep::temporary_bucket)), "temporary-bucket");
  EXPECT_THAT(adoption.ranges, IsEmpty());
}

// What was proven before the store was lost may have changed since.
TEST(Adopt, WhatIsNotConfirmedIsComparedAndProvenAnew) {
  EXPECT_EQ(next_of(proven()), "freeze");
  EXPECT_EQ(next_of(proven(), FreezeTime::early), "freeze");
  EXPECT_EQ(adopted(proven()).regime, Regime::untouched);
  auto unconfirmed = confirmed();
  unconfirmed.facts[fact::confirmed] = "another digest";
  EXPECT_EQ(next_of(unconfirmed), "freeze");
}

// G19: a delta pass would delete from the temporary bucket what an emptying has deleted.
TEST(Adopt, WhatIsConfirmedIsTakenForBegun) {
  for (const auto& record : {confirmed(), emptying()}) {
    const auto adoption = adopted(record);
    EXPECT_EQ(adoption.regime, Regime::emptying);
    EXPECT_EQ(adoption.memory.intents.at(first_delete), "00ff");
    EXPECT_EQ(next_of(record), "silence");
    ASSERT_EQ(adoption.ranges.size(), 1u);
    EXPECT_EQ(adoption.ranges.front().range, KeyRange{});
    EXPECT_EQ(adoption.ranges.front().state, store::RangeState::open);
    EXPECT_EQ(adoption.percent, 49);
  }
}

TEST(Adopt, HandedOverNothingGoesBackToTheSource) {
  for (const auto& record : {handed_over(), emptying()}) {
    const auto adoption = adopted(record, true);
    EXPECT_EQ(adoption.regime, Regime::handed_over);
    auto records = MigrationRecords{};
    for (const auto& step : adoption.memory.steps)
      records.done[*migration_step(step)] = true;
    records.first_delete = records.source_delete = true;
    const auto found = position(migration_order(FreezeTime::late), records);
    EXPECT_EQ(found.next, MigrationStep::delete_source);
    for (const auto step : found.renew)
      EXPECT_FALSE(touches_source(step)) << name(step);
  }
}

// Nothing but a record that says it makes the source's end believed.
TEST(Adopt, ASourceThatIsNotThereIsNoHandoverBeforeTheConfirmation) {
  EXPECT_EQ(adopted(proven(), true).regime, Regime::untouched);
  EXPECT_THAT(adopted(proven(), true).memory.intents, IsEmpty());
}

TEST(Adopt, UnderTheNewRoofItGoesOnWhereItWas) {
  auto record = handed_over();
  record.steps = names_before(MigrationStep::take_name);
  record.facts[fact::made] = "photos";
  EXPECT_EQ(next_of(record), "take-name");
  record.steps = names_before(MigrationStep::open);
  record.facts[fact::opened] = "true";
  EXPECT_EQ(next_of(record), "open");
  EXPECT_EQ(adopted(record).percent, 99);
}

TEST(Adopt, TheStoreHoldsTheJobFromNowOn) {
  const auto facts = adopted(proven()).memory.facts;
  EXPECT_EQ(facts.at(fact::holder), "now");
  EXPECT_EQ(facts.at(fact::predecessor), "before");
  EXPECT_EQ(facts.at(fact::configuration), "[]");
}

// For the auditor: what the record says is told, and what an older one does not say is not made up.
TEST(Adopt, TheStoryGoesOnFromTheRecord) {
  auto record = handed_over();
  auto facts = adopted(record).memory.facts;
  EXPECT_EQ(facts.at(fact::confirmed_how), not_recorded);
  EXPECT_EQ(facts.at(fact::confirmed_by), not_recorded);
  EXPECT_FALSE(facts.contains(fact::confirmed_at));
  EXPECT_EQ(facts.at(fact::destination_owner), "222222222222");
  EXPECT_FALSE(adopted(proven()).memory.facts.contains(fact::confirmed_by));
  record.facts[fact::confirmed_how] = "the name was typed";
  record.facts[fact::confirmed_by] = "jane";
  record.facts[fact::frozen_at] = "2026-11-22T16:28:05Z";
  facts = adopted(record).memory.facts;
  EXPECT_EQ(facts.at(fact::confirmed_how), "the name was typed");
  EXPECT_EQ(facts.at(fact::confirmed_by), "jane");
  EXPECT_TRUE(facts.contains(fact::frozen_at));
}

TEST(Adopt, AFreezeIsProvenAndSettledAnewAsLongAsThereIsASource) {
  for (auto record : {proven(), confirmed(), emptying()}) {
    record.facts[fact::frozen_at] = "2026-11-22T16:28:05Z";
    record.facts[fact::frozen_by] = "user-id";
    record.facts[fact::settled_for] = "900";
    const auto facts = adopted(record).memory.facts;
    for (const auto& name : {fact::frozen_at, fact::frozen_by, fact::settled_for})
      EXPECT_FALSE(facts.contains(name)) << name;
  }
}

TEST(Adopt, WhatAnEarlierAdoptionHasToldIsToldAgain) {
  const auto directory = std::filesystem::temp_directory_path() / ("s3m-adopt-" + random_hex(6));
  std::filesystem::create_directory(directory);
  auto opened = store::open_store({.url = (directory / "store.db").string()});
  ASSERT_TRUE(opened) << opened.error().describe();
  auto& store = **opened;
  auto memory = adopted(handed_over()).memory;
  ASSERT_TRUE(remember(store, "job-1", memory));
  memory.steps = {"preflight"};
  ASSERT_TRUE(remember(store, "job-1", memory)) << "once more, with less";
  EXPECT_EQ(*store.fact("job-1", "step/preflight"), "done");
  EXPECT_EQ(*store.fact("job-1", "step/empty"), "begun");
  EXPECT_EQ(*store.find_job("job-1"), std::nullopt) << "the job itself is begun by its run";
  opened->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace s3m::workflow
