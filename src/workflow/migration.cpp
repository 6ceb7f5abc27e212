#include "workflow/migration.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/movable_name.hpp"

namespace s3m::workflow {
namespace {

constexpr std::string_view yes = "true";
constexpr std::string_view by_source = "source", by_destination = "destination";

// The same identity for another bucket.
Access at_bucket(const Access& access, const std::string& bucket, const std::string& region) {
  auto there = access;
  there.location = {.bucket = bucket};
  there.endpoint.region = region;
  return there;
}

}  // namespace

std::unique_ptr<Hop> make_hop(JobContext& context, Access from, Access to, Ground ground,
                              Writer writer, transfer::CopyOptions options,
                              transfer::FailureSink on_failure) {
  auto hop = std::make_unique<Hop>(
      Hop{.from = std::move(from), .to = std::move(to), .ground = std::move(ground)});
  hop->uploads = std::make_unique<StoredUploads>(context.store, context.job_id,
                                                 service_name(hop->from.endpoint),
                                                 service_name(hop->to.endpoint));
  hop->sides = std::make_unique<Sides>(context, hop->from, hop->to, hop->ground, writer);
  hop->transfer.emplace(hop->sides->context(*hop->uploads, std::move(on_failure)));
  hop->options = std::move(options);
  return hop;
}

Migration::Migration(JobContext& job, Steps& job_steps, Access from, Access to, MigrationSpec asked,
                     Confirm confirmation)
    : context(job),
      steps(job_steps),
      source(std::move(from)),
      destination(std::move(to)),
      spec(std::move(asked)),
      confirm(std::move(confirmation)),
      stored(job),
      began(std::chrono::steady_clock::now()) {}

Migration::~Migration() = default;

net::Task<Result<void>> Migration::begin(Regime regime) {
  first_delete = regime != Regime::untouched;
  source_delete = regime == Regime::handed_over;
  auto log = FailureLog::open();
  if (!log) co_return forward(log);
  failures = std::make_unique<FailureLog>(*std::move(log));
  auto to = co_await identify(destination);
  if (!to) co_return forward(to);
  destination_principal = *std::move(to);
  if (!source_delete) {
    auto from = co_await identify(source);
    if (!from) co_return forward(from);
    source_principal = *std::move(from);
  }
  auto recalled = co_await recall();
  if (!recalled) co_return recalled;
  co_return check_final_name();
}

Result<void> Migration::check_final_name() const {
  if (!spec.rename.empty() && is_aws(destination.endpoint) && problem_of_name(spec.rename)) {
    return fail(Errc::refused, fmt::format("--rename {}: S3 makes no bucket of that name (its "
                                           "naming rules). Nothing more was changed",
                                           printable(spec.rename)));
  }
  if (temporary_name.empty() || final_name() != temporary_name) return ok;
  Error error(Errc::refused,
              fmt::format("s3://{} is the temporary bucket of this migration, and is deleted once "
                          "its objects are in the new one: the new bucket needs a name of its own. "
                          "Nothing more was changed. Go on with another --rename",
                          printable(temporary_name)));
  error.bucket(temporary_name);
  return fail(std::move(error));
}

// What earlier runs found out and kept.
net::Task<Result<void>> Migration::recall() {
  std::string versions, acls, kept_configuration, objects, bytes, weak, renamed, found_writer;
  std::string count, count_bytes, was_opened;
  const std::pair<const std::string*, std::string*> wanted[] = {
      {&fact::region, &region},
      {&fact::opened, &was_opened},
      {&fact::temporary, &temporary_name},
      {&fact::digest, &digest},
      {&fact::source_region, &source_facts.region},
      {&fact::source_owner, &source_facts.expected_owner},
      {&fact::all_versions, &versions},
      {&fact::acl, &acls},
      {&fact::objects, &objects},
      {&fact::bytes, &bytes},
      {&fact::weak, &weak},
      {&fact::renamed, &renamed},
      {&fact::writer, &found_writer},
      {&fact::counted, &count},
      {&fact::counted_bytes, &count_bytes},
      {&fact::configuration, &kept_configuration}};
  for (const auto& [name, value] : wanted) {
    auto kept = co_await stored.kept(*name);
    if (!kept) co_return forward(kept);
    if (*kept) *value = **std::move(kept);
  }
  // A run whose command does not say so goes on with the bucket that an earlier one made.
  if (spec.rename.empty()) spec.rename = renamed;
  all_versions = versions == yes;
  acl = acls == yes;
  opened = !was_opened.empty();
  ground_known = !source_facts.region.empty() && !versions.empty() && !acls.empty();
  if (!found_writer.empty())
    found_writer_ = found_writer == by_destination ? Writer::destination : Writer::source;
  proven.objects = parse_u64(objects).value_or(0);
  proven.bytes = parse_u64(bytes).value_or(0);
  proven.same_weak = parse_u64(weak).value_or(0);
  counted = parse_u64(count).value_or(0);
  counted_bytes = parse_u64(count_bytes).value_or(0);
  if (source_delete) deleted = proven.objects;
  auto story = co_await recall_story();
  if (!story) co_return story;
  if (kept_configuration.empty()) co_return ok;
  auto read = configuration_from_json(kept_configuration);
  if (!read) co_return forward(read);
  configuration = *std::move(read);
  co_return ok;
}

net::Task<Result<void>> Migration::recall_story() {
  auto story = co_await context.store.run(context.loop, [this](store::Store& store) {
    return read_migration_story(store, context.job_id);
  });
  if (!story) co_return forward(story);
  losses = std::move(story->losses);
  configured = std::move(story->configuration);
  exposure = story->exposure;
  co_return ok;
}

void Migration::watch_losses(Hop& hop) {
  hop.transfer->on_loss = [this](const FailureEvent& loss) { losses.add(loss); };
}

aws::S3 Migration::source_owner() {
  return s3_for(source, source_facts.region, context.runtime, context.governor);
}

aws::S3 Migration::destination_owner() {
  return s3_for(destination, region, context.runtime, context.governor);
}

const std::string& Migration::final_name() const {
  return spec.rename.empty() ? source.location.bucket : spec.rename;
}

MarkedBucket Migration::temporary_bucket() const {
  return {.name = temporary_name,
          .region = region,
          .expected_owner = destination_principal.account,
          .job_id = context.job_id};
}

MarkedBucket Migration::final_bucket() const {
  auto bucket = temporary_bucket();
  bucket.name = final_name();
  return bucket;
}

BucketFacts Migration::facts_of(const MarkedBucket& bucket) {
  return {.exists = true, .region = bucket.region, .expected_owner = bucket.expected_owner};
}

// The source role writes into the temporary bucket, or with --grant source-policy the destination
// role reads the source (guards, "Who signs what").
Writer Migration::writer() const {
  if (found_writer_) return *found_writer_;
  return spec.copy.grant == GrantMode::source_policy ? Writer::destination : Writer::source;
}

net::Task<Result<void>> Migration::set_writer(Writer found) {
  if (found_writer_ == found) co_return ok;
  const auto name = found == Writer::destination ? by_destination : by_source;
  auto kept = co_await stored.keep(fact::writer, std::string(name));
  if (!kept) co_return kept;
  found_writer_ = found;
  outward_.reset();
  co_return ok;
}

Hop& Migration::outward() {
  if (outward_) return *outward_;
  Ground ground{.source_principal = source_principal,
                .destination_principal = destination_principal,
                .source = source_facts,
                .destination = facts_of(temporary_bucket())};
  outward_ =
      make_hop(context, source, at_bucket(destination, temporary_name, region), std::move(ground),
               writer(), copy_options(), [this](const FailureEvent& failure) { failed(failure); });
  watch_losses(*outward_);
  return *outward_;
}

Hop& Migration::homeward() {
  if (homeward_) return *homeward_;
  Ground ground{.source_principal = destination_principal,
                .destination_principal = destination_principal,
                .source = facts_of(temporary_bucket()),
                .destination = facts_of(final_bucket())};
  homeward_ =
      make_hop(context, at_bucket(destination, temporary_name, region),
               at_bucket(destination, final_name(), region), std::move(ground), Writer::destination,
               copy_options(), [this](const FailureEvent& failure) { failed(failure); });
  watch_losses(*homeward_);
  return *homeward_;
}

transfer::CopyOptions Migration::copy_options() const {
  auto options = spec.copy.copy;
  options.all_versions = all_versions;
  return options;
}

// Both hops look at the same, so that their digests can be equal.
transfer::ProofOptions Migration::proof_options(transfer::Anchor anchor) const {
  return {.all_versions = all_versions, .attributes = true, .acl = acl, .anchor = anchor};
}

Pause Migration::pause() const {
  return cancellable_pause(context.cancel);
}

Warn Migration::warn() {
  return [this](std::string text) { note(NoteLevel::warning, std::move(text)); };
}

void Migration::note(NoteLevel level, std::string message) {
  context.events.emit(NoteEvent{level, std::move(message)});
}

void Migration::failed(const FailureEvent& failure) {
  failures->add(failure);
  context.events.emit(failure);
}

net::Task<Result<void>> Migration::intend_first_delete() {
  auto kept = co_await stored.intend(std::string(intent_first_delete), digest);
  if (kept) first_delete = true;
  co_return kept;
}

net::Task<Result<void>> Migration::intend_delete_source() {
  auto kept = co_await stored.intend(std::string(intent_delete_source), source.location.bucket);
  if (kept) source_delete = true;
  co_return kept;
}

SummaryEvent Migration::summary() const {
  const auto& requests = context.runtime.counters;
  SummaryEvent summary{
      .objects = proven.objects,
      .bytes = proven.bytes,
      .copied = copied,
      .copied_bytes = copied_bytes,
      .deleted = deleted,
      .failed = failures ? failures->count() : 0,
      .same_strong = proven.same_strong,
      .same_weak = proven.same_weak,
      .mismatched = proven.mismatched,
      .missing = proven.missing,
      .extra = proven.extra,
      .requests = requests.requests + context.aftermath.counters.requests,
      .retried = requests.retried,
      .throttled = requests.throttled,
      .all_versions = all_versions,
      .delete_markers = proven.delete_markers,
      .elapsed_seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
      .not_carried = losses.count(),
      .digest = digest,
      .message = {},
      .bucket = final_name(),
      .temporary_bucket = temporary_name,
      .settings_changed = configured.changed.size(),
      .settings_not_carried = configured.not_carried.size()};
  if (!exposure) return summary;
  summary.exposure_seconds = exposure->seconds();
  summary.exposure_spans_runs = exposure->spans_runs;
  return summary;
}

std::string Migration::where_it_is() const {
  return fmt::format("s3://{} has moved to account {}, region {}{}",
                     printable(source.location.bucket), destination_principal.account,
                     printable(region),
                     spec.rename.empty() ? "" : ", as s3://" + printable(final_name()));
}

std::string Migration::what_stands() const {
  const auto bucket = printable(source.location.bucket);
  const auto temporary = printable(temporary_name);
  if (opened) {
    return fmt::format("{}, proven and open; what is left of the job is to be tidied up",
                       where_it_is());
  }
  if (source_delete) {
    return fmt::format("Everything is in s3://{}, which is the live copy now", temporary);
  }
  if (giving != Giving::nothing) {
    return fmt::format("s3://{} is being given back what was deleted from it", bucket);
  }
  if (first_delete) {
    return fmt::format("s3://{} is partly emptied; everything is in s3://{}", bucket, temporary);
  }
  return fmt::format("Nothing was deleted from s3://{}", bucket);
}

}  // namespace s3m::workflow
