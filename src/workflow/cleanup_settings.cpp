#include "workflow/cleanup_settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/suspend.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/liveness.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::workflow {
namespace {

// Far more than anybody has.
constexpr std::size_t looked_through = 1000;

struct Suspendable {
  std::string_view query, words, command;
};
constexpr std::array suspendable{
    Suspendable{"lifecycle", "lifecycle rules", "put-bucket-lifecycle-configuration"},
    Suspendable{"notification", "event notifications", "put-bucket-notification-configuration"},
    Suspendable{"replication", "replication", "put-bucket-replication"}};

// What the store knows of one.
struct Left {
  std::string job, configuration;
  std::vector<std::string> queries;
  bool deleting = false;  // it has deleted from the bucket
};

struct Known {
  std::vector<std::string> jobs;  // all migrations of this store
  std::vector<Left> left;
};

bool is_about(const store::JobRecord& job, const store::BucketRef& bucket) {
  aws::EndpointSettings endpoint;
  endpoint.url = spec_field(job.spec, "source", "endpoint");
  const auto location = transfer::parse_location(spec_field(job.spec, "source", "location"));
  return location && location->bucket == bucket.bucket && service_name(endpoint) == bucket.endpoint;
}

// nullopt: it has switched nothing off, or the bucket of that name is not its source any more (G1).
Result<std::optional<Left>> left_by(store::Store& store, const std::string& job) {
  auto held = store.fact(job, fact::held);
  if (!held) return forward(held);
  Left left{.job = job, .configuration = {}, .queries = lines_of(held->value_or(""))};
  std::erase_if(left.queries, [](const auto& query) { return !can_be_suspended(query); });
  if (left.queries.empty()) return std::nullopt;
  auto intents = store.intents_of(job);
  if (!intents) return forward(intents);
  for (const auto& intent : *intents) {
    if (intent.name == intent_delete_source) return std::nullopt;
    if (intent.name == intent_first_delete) left.deleting = true;
  }
  auto configuration = store.fact(job, fact::configuration);
  if (!configuration) return forward(configuration);
  left.configuration = configuration->value_or("");
  return left;
}

Result<Known> look_through(store::Store& store, const store::BucketRef& bucket) {
  auto jobs = store.jobs(looked_through);
  if (!jobs) return forward(jobs);
  Known known;
  for (const auto& job : *jobs) {
    known.jobs.push_back(job.id);
    if (job.kind != "migrate" || !is_about(job, bucket) || is_at_work(store, job.id)) continue;
    auto left = left_by(store, job.id);
    if (!left) return forward(left);
    if (*left) known.left.push_back(**std::move(left));
  }
  return known;
}

// A run that goes on switches them off again, before it deletes.
Result<void> note_restored(store::Store& store, const std::string& job) {
  const auto silence = step_fact(MigrationStep::silence);
  auto done = store.fact(job, silence);
  if (!done) return forward(done);
  if (*done) {
    if (auto undone = store.set_fact(job, silence, "begun"); !undone) return undone;
  }
  return store.set_fact(job, fact::held, "");
}

class SettingsRestorer {
 public:
  SettingsRestorer(JobContext& context, aws::S3& owner, store::BucketRef bucket,
                   std::string expected_owner)
      : context_(context),
        owner_(owner),
        bucket_(std::move(bucket)),
        expected_owner_(std::move(expected_owner)) {}

  net::Task<Result<SettingsCleanup>> run(std::vector<OwnDeny> freezes) {
    auto known = co_await context_.store.run(
        context_.loop, [this](store::Store& store) { return look_through(store, bucket_); });
    if (!known) co_return forward(known);
    for (auto& left : known->left) {
      auto restored = co_await restore(std::move(left));
      if (!restored) co_return forward(restored);
    }
    for (const auto& freeze : freezes) {
      if (!freeze.sid.starts_with(freeze_sid_prefix) || is_known(*known, freeze.sid)) continue;
      auto told = co_await tell_absent(freeze);
      if (!told) co_return forward(told);
    }
    co_return std::move(result_);
  }

 private:
  static bool is_known(const Known& known, const std::string& sid) {
    return std::ranges::any_of(
        known.jobs, [&](const auto& job) { return own_sid(freeze_sid_prefix, job) == sid; });
  }

  net::Task<Result<void>> restore(Left left) {
    const auto bucket = printable(bucket_.bucket);
    const auto what = fmt::format("{}", fmt::join(left.queries, ", "));
    if (left.deleting) {
      result_.left.push_back(
          fmt::format("{} of s3://{} stay off: job {} has begun to delete from it. They are put "
                      "back by s3migrator undo {}; s3migrator jobs resume {} carries them to the "
                      "new bucket",
                      what, bucket, printable(left.job), printable(left.job), printable(left.job)));
      co_return ok;
    }
    auto saved = configuration_from_json(left.configuration);
    if (!saved) co_return forward(saved);
    auto restored =
        co_await restore_suspended(owner_, bucket_.bucket, expected_owner_, *std::move(saved),
                                   left.queries, cancellable_pause(context_.cancel));
    if (!restored) {
      result_.failed.push_back(fmt::format("{} of s3://{}, which job {} has switched off: {}", what,
                                           bucket, printable(left.job),
                                           restored.error().describe()));
      co_return ok;
    }
    std::erase_if(left.queries, [&](const auto& query) {
      return std::ranges::find(*restored, query) != restored->end();
    });
    if (!restored->empty()) {
      result_.left.push_back(
          fmt::format("{} of s3://{} was set anew while job {} had it off, and "
                      "stays as it is now",
                      fmt::join(*restored, ", "), bucket, printable(left.job)));
    }
    if (!left.queries.empty()) {
      result_.restored.push_back(
          fmt::format("{} of s3://{}, which job {} had switched off, as it was",
                      fmt::join(left.queries, ", "), bucket, printable(left.job)));
    }
    co_return co_await context_.store.run(
        context_.loop, [&left](store::Store& store) { return note_restored(store, left.job); });
  }

  net::Task<Result<void>> tell_absent(OwnDeny freeze) {
    std::vector<std::string> off, commands;
    for (const auto& [query, words, command] : suspendable) {
      auto found =
          co_await read_item(owner_, bucket_.bucket, std::string(query), {}, expected_owner_);
      if (!found && found.error().code() == Errc::not_supported) continue;
      const bool hidden = !found && found.error().code() == Errc::access_denied;
      if (!found && !hidden) co_return forward(found);
      if (found && *found) continue;
      off.push_back(fmt::format("{}{}", words, hidden ? " (which may not be looked at)" : ""));
      commands.push_back(
          fmt::format("aws s3api {} --bucket {}", command, printable(bucket_.bucket)));
    }
    if (off.empty()) co_return ok;
    result_.left.push_back(fmt::format(
        "{} had frozen s3://{} and is not in this store, so what it has switched off there is not "
        "known here. Not set there now: {}. As they were they stand in the record of its temporary "
        "bucket (s3m-..., .s3migrator/record.json, in the account that it moves to): s3migrator "
        "adopt s3://TEMPORARY-BUCKET and then undo puts them back; by hand: {}",
        freeze.job.empty() ? "The job of " + freeze.sid : "Job " + printable(freeze.job),
        printable(bucket_.bucket), fmt::join(off, ", "), fmt::join(commands, "; ")));
    co_return ok;
  }

  JobContext& context_;
  aws::S3& owner_;
  store::BucketRef bucket_;
  std::string expected_owner_;
  SettingsCleanup result_;
};

}  // namespace

net::Task<Result<SettingsCleanup>> restore_settings(JobContext& context, aws::S3& owner,
                                                    store::BucketRef bucket,
                                                    std::string expected_owner,
                                                    std::vector<OwnDeny> freezes) {
  SettingsRestorer restorer(context, owner, std::move(bucket), std::move(expected_owner));
  co_return co_await restorer.run(std::move(freezes));
}

}  // namespace s3m::workflow
