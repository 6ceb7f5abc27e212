#include "workflow/adopt.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/percent_keeper.hpp"

namespace s3m::workflow {
namespace {

constexpr std::size_t holder_bytes = 8;
constexpr int first_adoptable_version = 2;

using enum MigrationStep;

std::string value(const std::map<std::string, std::string>& texts, const std::string& name) {
  const auto found = texts.find(name);
  return found == texts.end() ? std::string() : found->second;
}

std::unexpected<Error> refuse(std::string sentence) {
  return fail(Errc::refused, std::move(sentence));
}

// What each record has; who reads it leans on them.
Result<void> check_complete(const BucketRecord& record) {
  std::vector<std::string> wanted{fact::temporary, fact::all_versions, fact::acl};
  if (record.intents.contains(std::string(intent_first_delete))) wanted.push_back(fact::digest);
  for (const auto& name : wanted) {
    if (!value(record.facts, name).empty()) continue;
    return fail(Errc::protocol,
                fmt::format("{} lacks \"{}\", so nobody can go on from it", record_key, name));
  }
  if (!record.configuration.empty() && !record.holder.empty()) return ok;
  return fail(Errc::protocol, fmt::format("{} lacks the configuration or the holder, so nobody can "
                                          "go on from it",
                                          record_key));
}

Result<void> check_record(const BucketRecord& record, const MarkedBucket& bucket) {
  const auto name = printable(bucket.name);
  if (record.version < first_adoptable_version) {
    return fail(Errc::not_supported,
                fmt::format("{} of {} was written by {}, which did not write down enough to go on "
                            "from; only the store that the job was begun with can",
                            record_key, name, printable(record.program)));
  }
  if (auto complete = check_complete(record); !complete) return complete;
  const auto& account = record.destination.account;
  if (account != bucket.expected_owner) {
    return refuse(fmt::format("{} of {} is about a migration to account {}, and this is account {}",
                              record_key, name, printable(account), bucket.expected_owner));
  }
  const auto recorded = value(record.facts, fact::temporary);
  if (recorded != bucket.name) {
    return refuse(fmt::format("{} of {} belongs to the temporary bucket {}; give that one",
                              record_key, name, printable(recorded)));
  }
  return ok;
}

bool confirmed(const BucketRecord& record) {
  const auto digest = value(record.facts, fact::digest);
  return !digest.empty() && value(record.facts, fact::confirmed) == digest;
}

// In the regime it is in the job goes on from here.
std::vector<std::string> steps_done(const BucketRecord& record, Regime regime) {
  std::vector<std::string> done;
  switch (regime) {
    case Regime::handed_over:
      return record.steps;
    case Regime::emptying:
      for (const auto step : migration_order(FreezeTime::late)) {
        if (step == silence) break;
        done.emplace_back(name(step));
      }
      return done;
    case Regime::untouched:
      // What was proven may have changed since: from the freeze on all is done again.
      for (const auto step : {preflight, temporary_bucket, grant, copy}) {
        if (std::ranges::find(record.steps, name(step)) != record.steps.end())
          done.emplace_back(name(step));
      }
      return done;
  }
  std::unreachable();
}

MigrationRecords records_of(const MigrationMemory& memory) {
  MigrationRecords records;
  for (const auto& step : memory.steps) {
    if (const auto known = migration_step(step)) records.done[*known] = true;
  }
  records.first_delete = memory.intents.contains(std::string(intent_first_delete));
  records.source_delete = memory.intents.contains(std::string(intent_delete_source));
  return records;
}

int percent_after(const MigrationMemory& memory) {
  int percent = 0;
  for (const auto& step : memory.steps) {
    if (const auto known = migration_step(step))
      percent = std::max(percent, percent_of(*known).last);
  }
  return percent;
}

// For the report alone: nothing is decided by it.
void tell_the_story(const BucketRecord& record, Adoption& adoption) {
  auto& facts = adoption.memory.facts;
  facts.try_emplace(fact::destination_owner, record.destination.account);
  if (confirmed(record)) {
    facts.try_emplace(fact::confirmed_how, not_recorded);
    facts.try_emplace(fact::confirmed_by, not_recorded);
  }
  // As long as there is a source it is frozen, proven and settled anew.
  if (adoption.regime == Regime::handed_over) return;
  for (const auto& name : {fact::frozen_at, fact::frozen_by, fact::settled_for})
    facts.erase(name);
}

// --- looking ---------------------------------------------------------------------------------

class Preparation {
 public:
  Preparation(JobContext& context, Access source, Access destination, BucketRecord record,
              AdoptionTerms terms)
      : context_(context),
        source_(std::move(source)),
        destination_(std::move(destination)),
        record_(std::move(record)),
        terms_(std::move(terms)) {}

  net::Task<Result<Adoption>> run() {
    auto unknown = co_await not_in_the_store();
    if (!unknown) co_return forward(unknown);
    auto right = check_options();
    if (!right) co_return forward(right);
    bool gone = false;
    const auto regime = adoption_of(record_, false, {}).regime;
    if (regime != Regime::handed_over) {
      auto same = co_await is_the_source();
      if (!same) co_return forward(same);
    }
    if (regime == Regime::emptying) {
      auto looked = co_await source_is_gone();
      if (!looked) co_return forward(looked);
      gone = *looked;
    }
    co_return adoption_of(record_, gone, random_hex(holder_bytes));
  }

 private:
  std::string job() const { return printable(record_.job_id); }
  std::string bucket() const { return printable(record_.source.bucket); }

  net::Task<Result<void>> not_in_the_store() {
    auto known = co_await context_.store.run(
        context_.loop, [this](store::Store& store) { return store.find_job(record_.job_id); });
    if (!known) co_return forward(known);
    if (!*known) co_return ok;
    co_return refuse(fmt::format("job {} is in this store already; go on with it by: {}", job(),
                                 terms_.resume_command));
  }

  // What can be told without a request.
  Result<void> check_options() const {
    const auto role = aws::parse_role_arn(source_.role_arn);
    const auto& account = record_.source.account;
    if (role && !account.empty() && role->account != account) {
      return refuse(
          fmt::format("the source of job {} is in account {}, and --source-role-arn names "
                      "account {}; give the role that the job was begun with",
                      job(), printable(account), role->account));
    }
    const auto& region = destination_.endpoint.region;
    if (!region.empty() && !record_.destination.region.empty() &&
        region != record_.destination.region) {
      return refuse(
          fmt::format("job {} moves its bucket to {}, not to {}; leave "
                      "--destination-region out",
                      job(), printable(record_.destination.region), printable(region)));
    }
    const auto made = value(record_.facts, fact::made);
    if (!made.empty() && made != terms_.final_name) {
      return refuse(
          fmt::format("job {} has made the new bucket already, as s3://{}; leave --rename "
                      "out",
                      job(), printable(made)));
    }
    return ok;
  }

  net::Task<Result<void>> is_the_source() {
    aws::EndpointSettings then;
    then.url = spec_field(record_.spec, "source", "endpoint");
    then.region = record_.source.region;
    auto now = source_.endpoint;
    now.region = then.region;
    if (service_name(then) != service_name(now)) {
      co_return refuse(
          fmt::format("the source of job {} is at {}, and now it would be looked for at "
                      "{}; give the same --source-endpoint-url as then",
                      job(), service_name(then), service_name(now)));
    }
    auto who = co_await identify(source_);
    if (!who) co_return forward(who);
    const auto& account = record_.source.account;
    if (account.empty() || who->account.empty() || who->account == account) co_return ok;
    co_return refuse(
        fmt::format("the source of job {} is in account {}, and the source identity is "
                    "of account {}; give the role that the job was begun with "
                    "(--source-role-arn)",
                    job(), printable(account), who->account));
  }

  // The emptying had begun. No DeleteBucket of ours was sent before the record said so; but if the
  // bucket is not there any more, nothing may take the next of that name for it (guard G1).
  net::Task<Result<bool>> source_is_gone() {
    auto owner = s3_for(source_, record_.source.region, context_.runtime, context_.governor);
    auto head = co_await owner.head_bucket(record_.source.bucket, record_.source.account);
    if (!head) {
      const auto code = head.error().code();
      if (code == Errc::no_such_bucket) co_return true;
      if (code != Errc::access_denied && code != Errc::wrong_region) co_return forward(head);
      if (source_.role_arn == spec_field(record_.spec, "source", "role_arn")) co_return true;
      head.error().context(fmt::format(
          "s3://{} may not be looked at by this identity, so nobody can tell whether it "
          "is still there; give the role that the job was begun with ({})",
          bucket(), printable(spec_field(record_.spec, "source", "role_arn"))));
      co_return forward(head);
    }
    const bool elsewhere = !head->region.empty() && !record_.source.region.empty() &&
                           head->region != record_.source.region;
    if (elsewhere) co_return true;
    auto tags = co_await owner.get_bucket_tagging(record_.source.bucket, record_.source.account);
    if (!tags && tags.error().code() == Errc::not_supported) co_return false;
    if (!tags && tags.error().code() == Errc::no_such_bucket) co_return true;
    if (!tags) co_return forward(tags);
    co_return marked_job(*tags) == record_.job_id;
  }

  JobContext& context_;
  Access source_, destination_;
  BucketRecord record_;
  AdoptionTerms terms_;
};

// --- telling the store -----------------------------------------------------------------------

Result<void> tell(store::Store& store, const Adoption& adoption) {
  const auto& job = adoption.job_id;
  // The intents and steps first: a job that is not begun goes nowhere, but one that were begun
  // without them would look at the source again.
  if (auto told = remember(store, job, adoption.memory); !told) return told;
  if (auto told = store.replace_ranges(job, walk_of_proof, adoption.ranges); !told) return told;
  return store.set_fact(job, percent_fact, std::to_string(adoption.percent));
}

}  // namespace

net::Task<Result<BucketRecord>> find_record(JobContext& context, Access owner) {
  auto who = co_await identify(owner);
  if (!who) co_return forward(who);
  const auto& name = owner.location.bucket;
  auto anywhere = s3_for(owner, {}, context.runtime, context.governor);
  auto region = co_await anywhere.locate_bucket(name);
  if (!region && region.error().code() == Errc::no_such_bucket) {
    region.error().context(fmt::format(
        "there is no bucket {}. If the migration had come to its end, it was deleted as "
        "the last of it",
        printable(name)));
  }
  if (!region) co_return forward(region);
  MarkedBucket bucket{
      .name = name, .region = *std::move(region), .expected_owner = who->account, .job_id = {}};
  auto there = s3_for(owner, bucket.region, context.runtime, context.governor);
  auto record = co_await read_record(there, bucket);
  if (!record) co_return forward(record);
  auto right = check_record(*record, bucket);
  if (!right) co_return forward(right);
  co_return record;
}

Adoption adoption_of(const BucketRecord& record, bool source_is_gone, std::string holder) {
  Adoption adoption{.job_id = record.job_id,
                    .memory = {.steps = {}, .intents = record.intents, .facts = record.facts},
                    .ranges = {}};
  auto& [steps, intents, facts] = adoption.memory;
  const std::string delete_source_name(intent_delete_source);
  const std::string first_delete_name(intent_first_delete);
  const bool handed_over = intents.contains(delete_source_name);
  if (!handed_over && confirmed(record)) {
    intents.try_emplace(first_delete_name, value(facts, fact::digest));
  }
  adoption.regime = regime_of(records_of(adoption.memory));
  steps = steps_done(record, adoption.regime);
  if (adoption.regime == Regime::emptying) {
    adoption.ranges.push_back({.job_id = record.job_id,
                               .walk = walk_of_proof,
                               .range = {},
                               .checkpoint = {},
                               .state = store::RangeState::open,
                               .digest = {}});
    if (source_is_gone) {
      intents.try_emplace(delete_source_name, record.source.bucket);
      adoption.regime = Regime::handed_over;
    }
  }
  tell_the_story(record, adoption);
  facts[fact::configuration] = record.configuration;
  facts[fact::predecessor] = record.holder;
  facts[fact::holder] = std::move(holder);
  adoption.percent = percent_after(adoption.memory);
  return adoption;
}

std::optional<MigrationStep> next_step(const Adoption& adoption, FreezeTime freeze) {
  return position(migration_order(freeze), records_of(adoption.memory)).next;
}

net::Task<Result<Adoption>> prepare_adoption(JobContext& context, Access source, Access destination,
                                             BucketRecord record, AdoptionTerms terms) {
  Preparation preparation(context, std::move(source), std::move(destination), std::move(record),
                          std::move(terms));
  co_return co_await preparation.run();
}

net::Task<Result<void>> take_over(JobContext& context, Adoption adoption) {
  co_return co_await context.store.run(context.loop,
                                       [&](store::Store& store) { return tell(store, adoption); });
}

}  // namespace s3m::workflow
