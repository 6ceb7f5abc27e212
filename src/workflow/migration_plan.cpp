#include "workflow/migration_plan.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/restore.hpp"
#include "workflow/migration_price.hpp"
#include "workflow/permission_book.hpp"
#include "workflow/permission_probe.hpp"
#include "workflow/plan_ticker.hpp"
#include "workflow/price_table.hpp"
#include "workflow/stored_uploads.hpp"

namespace s3m::workflow {
namespace {

class Planner {
 public:
  Planner(JobContext& context, Access source, Access destination, MigrationWishes wishes,
          unsigned keep_temporary_days, PlanFigures figures)
      : context_(context),
        from_(std::move(source)),
        to_(std::move(destination)),
        wishes_(std::move(wishes)),
        keep_temporary_days_(keep_temporary_days),
        figures_(figures) {}

  net::Task<Result<MigrationPreflight>> run() {
    auto ground = co_await migration_ground(from_, to_, context_.runtime, context_.governor);
    if (!ground && ground.error().code() == Errc::access_denied) co_await tell_rights();
    if (!ground) co_return forward(ground);
    found_.ground = *std::move(ground);
    auto s3 = s3_for(from_, found_.ground.source.region, context_.runtime, context_.governor);
    auto facts = co_await read_migration_facts(s3, from_, to_, found_.ground);
    if (!facts) co_return forward(facts);
    found_.facts = *std::move(facts);
    found_.facts.job_id = context_.job_id;
    auto named = co_await look_at_new_name();
    if (!named) co_return forward(named);
    if (migration_refusals(found_.facts, wishes_).empty()) {
      auto listed = co_await list(s3);
      if (!listed) co_return forward(listed);
      fill_figures(found_.event, found_.facts, wishes_, found_.plan, keep_temporary_days_);
    }
    found_.refusals = migration_refusals(found_.facts, wishes_);
    auto asked = co_await ask(s3);
    if (!asked) co_return forward(asked);
    tell();
    co_return std::move(found_);
  }

 private:
  net::Task<Result<void>> list(aws::S3& s3) {
    StoredUploads uploads(context_.store, context_.job_id, service_name(from_.endpoint),
                          service_name(to_.endpoint));
    transfer::Context walk{
        .runtime = context_.runtime,
        .governor = context_.governor,
        .cancel = context_.cancel,
        .source = {.location = {.bucket = found_.facts.bucket, .prefix = {}},
                   .reader = &s3,
                   .expected_owner = found_.ground.source.expected_owner},
        .destination = {},
        .writer = nullptr,
        .journal = uploads,
        .on_failure = [this](const FailureEvent& failure) { context_.events.emit(failure); }};
    auto options = wishes_.copy.copy;
    options.restore.reset();  // reads only
    options.all_versions = found_.facts.ever_versioned();
    options.attributes.may_tier = found_.facts.tiering_archives;
    auto planned = co_await plan(walk, options);
    if (!planned) co_return planned;
    auto& facts = found_.facts;
    facts.classes = found_.plan.classes;
    facts.first_in_archive = found_.plan.first_in_archive;
    facts.unrestored = found_.plan.archived;
    if (!facts.tiering_archives || options.all_versions) co_return ok;
    transfer::Archived archived;
    std::vector<KeyRange> ranges{KeyRange{}};
    auto looked = co_await transfer::find_archived(walk, options, std::move(ranges), archived);
    const auto tiered = archived.classes.find("INTELLIGENT_TIERING");
    if (tiered != archived.classes.end()) facts.in_archive_tiers = tiered->second;
    co_return looked;
  }

  net::Task<Result<void>> look_at_new_name() {
    auto& facts = found_.facts;
    if (wishes_.rename.empty() || wishes_.rename == facts.bucket || !facts.one_service)
      co_return ok;
    auto there = s3_for(to_, found_.ground.destination_region, context_.runtime, context_.governor);
    auto use = co_await use_of_name(there, wishes_.rename, facts.destination_principal.account);
    if (!use) co_return forward(use);
    facts.new_name = wishes_.rename;
    facts.new_name_use = *use;
    co_return ok;
  }

  net::Task<Result<void>> plan(transfer::Context& walk, const transfer::CopyOptions& options) {
    std::optional<PlanTicker> ticker;
    if (figures_ == PlanFigures::told) ticker.emplace(context_, found_.plan);
    std::vector<KeyRange> ranges{KeyRange{}};
    auto planned = co_await transfer::plan(walk, options, std::move(ranges), found_.plan);
    if (ticker) co_await ticker->stop();
    co_return planned;
  }

  // What is denied is best told with all that is, and with what to add.
  net::Task<void> tell_rights() {
    auto source = co_await identify(from_);
    auto destination = co_await identify(to_);
    if (!source || !destination) co_return;
    found_.ground.source_principal = *std::move(source);
    found_.ground.destination_principal = *std::move(destination);
    found_.ground.source.expected_owner = found_.ground.source_principal.account;
    found_.facts.bucket = from_.location.bucket;
    found_.facts.source_principal = found_.ground.source_principal;
    found_.facts.one_service = false;  // the name is not asked for
    auto anywhere = s3_for(from_, {}, context_.runtime, context_.governor);
    auto region = co_await anywhere.locate_bucket(from_.location.bucket);
    if (!region) co_return;
    if (region->empty()) *region = from_.endpoint.region;
    auto s3 = s3_for(from_, *std::move(region), context_.runtime, context_.governor);
    auto asked = co_await ask(s3);
    if (asked) context_.events.emit(access_event(found_.permissions));
  }

  net::Task<Result<void>> ask(aws::S3& s3) {
    auto there = s3_for(to_, found_.ground.destination_region, context_.runtime, context_.governor);
    auto runtime = soon_given_up(context_.runtime);
    auto source_iam = iam_for(from_, runtime, context_.governor);
    auto destination_iam = iam_for(to_, runtime, context_.governor);
    const PermissionProbes probes{.source = s3,
                                  .destination = there,
                                  .source_iam = &source_iam,
                                  .destination_iam = &destination_iam};
    auto needed = needed_permissions(permission_terms(found_.facts, wishes_));
    auto probed =
        co_await probe_permissions(probes, found_.facts, found_.ground, std::move(needed));
    if (!probed) co_return forward(probed);
    found_.permissions = *std::move(probed);
    co_return ok;
  }

  void tell() {
    auto& event = found_.event;
    const auto& facts = found_.facts;
    event.bucket = facts.bucket;
    event.source_region = facts.source_region;
    event.destination_region = facts.destination_region;
    event.refusals = found_.refusals;
    for (auto& warning : migration_warnings(facts, wishes_))
      event.warnings.push_back(std::move(warning));
    for (const auto& note : found_.ground.notes)
      event.warnings.push_back(note);
    auto access = access_event(found_.permissions);
    event.permissions = std::move(access.permissions);
    event.source_policy = std::move(access.source_policy);
    event.destination_policy = std::move(access.destination_policy);
    event.advice = migration_advice(facts);
    context_.events.emit(event);
  }

  JobContext& context_;
  Access from_, to_;
  MigrationWishes wishes_;
  unsigned keep_temporary_days_;
  PlanFigures figures_;
  MigrationPreflight found_;
};

}  // namespace

net::Task<Result<MigrationPreflight>> migration_preflight(JobContext& context, Access source,
                                                          Access destination,
                                                          MigrationWishes wishes,
                                                          unsigned keep_temporary_days,
                                                          PlanFigures figures) {
  Planner planner(context, std::move(source), std::move(destination), std::move(wishes),
                  keep_temporary_days, figures);
  co_return co_await planner.run();
}

void fill_figures(MigrationPlanEvent& event, const MigrationFacts& facts,
                  const MigrationWishes& wishes, const transfer::Plan& plan,
                  unsigned keep_temporary_days) {
  const MigrationLoad load{.source_region = facts.source_region,
                           .destination_region = facts.destination_region,
                           .plan = plan,
                           .aws = facts.aws,
                           .all_versions = facts.ever_versioned(),
                           .kms = facts.encryption.algorithm.starts_with("aws:kms"),
                           .acls = facts.acls == MigrationFacts::Acls::on,
                           .storage_class = wishes.copy.copy.storage_class,
                           .keep_temporary_days = keep_temporary_days};
  event.objects = plan.source_objects;
  event.bytes = plan.source_bytes;
  event.all_versions = load.all_versions;
  event.version_keys = plan.version_keys;
  event.delete_markers = plan.delete_markers;
  event.multipart = plan.multipart;
  const auto requests = requests_of(load);
  event.requests = requests.total();
  if (requests.tags > 0) {
    event.warnings.push_back(
        fmt::format("the requests are those of objects without tags, which no listing tells of; "
                    "with tags on each of them they are about {}",
                    human_count(event.requests + requests.tags)));
  }
  event.first_key = plan.first_key;
  event.last_key = plan.last_key;
  event.times = times_of(load);
  const auto time = total_of(event.times);
  event.low_seconds = time.low;
  event.high_seconds = time.high;
  auto price = price_of(load, time);
  event.prices = std::move(price.lines);
  const auto dollars = total_of(event.prices);
  event.low_dollars = dollars.low;
  event.high_dollars = dollars.high;
  if (!event.prices.empty()) event.prices_as_of = prices_as_of;
  for (auto& note : price.notes)
    event.warnings.push_back(std::move(note));
}

}  // namespace s3m::workflow
