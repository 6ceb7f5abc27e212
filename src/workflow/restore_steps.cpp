// restore_steps.cpp: the steps of CopyJob that deal with archived objects (docs/adr/0008).
#include <algorithm>

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/copy_job.hpp"
#include "workflow/figures.hpp"

namespace s3m::workflow {
namespace {

constexpr std::chrono::seconds longest_pause = std::chrono::minutes(15);

std::vector<KeyRange> whole_key_space() {
  return {KeyRange{}};
}

std::string by_class(const transfer::Archived& found) {
  std::string out;
  for (const auto& [name, count] : found.classes)
    out += fmt::format("{}{} in {}", out.empty() ? "" : ", ", human_count(count), name);
  return out;
}

// Figures of a later walk added to those of the job.
void merge(const transfer::Counters& pass, transfer::Counters& all) {
  all.copied += pass.copied;
  all.copied_bytes += pass.copied_bytes;
  all.failed += pass.failed;
  all.failed_bytes += pass.failed_bytes;
  all.vanished += pass.vanished;
  all.heads += pass.heads;
  all.looks += pass.looks;
  all.not_carried += pass.not_carried;
  all.waiting = pass.waiting;
  all.waiting_bytes = pass.waiting_bytes;
  all.waiting_classes.insert(pass.waiting_classes.begin(), pass.waiting_classes.end());
}

}  // namespace

// Without --restore: told before the first copy, where there is reason to expect any.
net::Task<Result<void>> CopyJob::report_archived() {
  // Of versions, each that is archived is told when its turn comes.
  if (spec_.copy.restore || spec_.copy.all_versions) co_return ok;
  if (!archives_) archives_ = co_await begins_with_archived(sides_->source_side());
  if (!archives_) co_return ok;
  auto found =
      co_await transfer::find_archived(*transfer_, spec_.copy, whole_key_space(), archived_);
  if (!found) co_return found;
  if (archived_.objects == 0) co_return ok;
  note(NoteLevel::warning,
       fmt::format("{} ({}: {}) cannot be copied before being restored; each will be listed as "
                   "failed. --restore asks for them and waits",
                   counted(archived_.objects, "archived object"), human_bytes(archived_.bytes),
                   by_class(archived_)));
  co_return ok;
}

net::Task<Result<void>> CopyJob::request_restores() {
  if (!spec_.copy.restore) co_return ok;
  steps_.begin("restore", percent_bucket_ready);
  StepTicker ticker(context_, steps_, steady_start_, [this]() -> StepFigures {
    return {.objects = archived_.requested + archived_.in_progress,
            .bytes = archived_.requested_bytes,
            .total_objects = archived_.objects,
            .total_bytes = archived_.bytes,
            .failed = archived_.failed};
  });
  auto asked =
      co_await transfer::find_archived(*transfer_, spec_.copy, whole_key_space(), archived_);
  co_await ticker.stop();
  if (!asked) co_return asked;
  steps_.end(
      StepState::done, percent_bucket_ready,
      fmt::format("{} ({}){}: {} asked for, {} under way, {} restored already{}",
                  counted(archived_.objects, "archived object"), human_bytes(archived_.bytes),
                  archived_.classes.empty() ? "" : ", " + by_class(archived_),
                  counted(archived_.requested, "restore"), human_count(archived_.in_progress),
                  human_count(archived_.ready),
                  archived_.failed == 0
                      ? ""
                      : fmt::format(", {} refused, as: {}", human_count(archived_.failed),
                                    archived_.first_failure)));
  co_return ok;
}

// One more walk over the classes that anything was waiting in, whatever the configuration said of
// them: copies what can be read by now.
net::Task<Result<void>> CopyJob::copy_restored(transfer::CopyOptions options) {
  options.only_classes = counters_.waiting_classes;
  transfer::Counters pass;
  auto copied = co_await transfer::copy(*transfer_, options, whole_key_space(), pass);
  merge(pass, counters_);
  co_return copied;
}

net::Task<Result<void>> CopyJob::await_restores() {
  if (!spec_.copy.restore) co_return ok;
  if (counters_.waiting == 0) {
    steps_.skip("await", "no restore has to be waited for");
    co_return ok;
  }
  steps_.begin("await", percent_copy_last);
  const auto total = counters_.waiting, total_bytes = counters_.waiting_bytes;
  const auto failed_before = counters_.failed;
  StepTicker ticker(context_, steps_, steady_start_, [&]() -> StepFigures {
    return {.objects = total - std::min(total, counters_.waiting),
            .bytes = total_bytes - std::min(total_bytes, counters_.waiting_bytes),
            .total_objects = total,
            .total_bytes = total_bytes,
            .final = true,
            .failed = counters_.failed};
  });
  const auto deadline = std::chrono::steady_clock::now() + spec_.restore_wait;
  auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(spec_.restore_poll);
  Result<void> copied = ok;
  while (copied && counters_.waiting > 0) {
    auto options = spec_.copy;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds(0)) {
      options.restore.reset();  // what is not ready now has failed
    } else if (!co_await context_.cancel.sleep_for(std::min(pause, left))) {
      copied = fail(Errc::cancelled, "interrupted");
      break;
    }
    copied = co_await copy_restored(std::move(options));
    pause = std::min<std::chrono::milliseconds>(pause * 3 / 2, longest_pause);
  }
  co_await ticker.stop();
  if (!copied) co_return copied;
  const auto failed = counters_.failed - failed_before;
  steps_.end(
      failed == 0 ? StepState::done : StepState::failed, percent_copy_last,
      fmt::format("{} waited for, {} failed", counted(total, "object"), human_count(failed)));
  co_return ok;
}

}  // namespace s3m::workflow
