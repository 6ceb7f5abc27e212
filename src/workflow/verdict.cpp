#include "workflow/verdict.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

void set(SummaryEvent& summary, std::string_view outcome, int exit_code, std::string message) {
  summary.outcome = outcome;
  summary.exit_code = exit_code;
  summary.message = std::move(message);
}

void judge_fatal(const Ending& ending, SummaryEvent& summary) {
  if (ending.fatal->code() != Errc::cancelled) {
    set(summary, "fatal", exit_fatal, ending.fatal->describe());
    return;
  }
  if (ending.stop == Stop::cancelled) {
    set(summary, "cancelled", exit_interrupted,
        "Cancelled. What was copied stays in the destination, and uploads in flight stay until the "
        "next copy there, or s3migrator cleanup, aborts them");
    return;
  }
  set(summary, "interrupted", exit_interrupted,
      fmt::format(
          "{}. What was copied stays, and uploads in flight are finished by the next run",
          ending.stop == Stop::paused ? "Paused, as another process asked" : "Interrupted"));
}

std::string weak_sentence(const transfer::Verification& found) {
  return fmt::format(
      "{} proven only weakly (equal size, and the copy is younger: the ETags cannot be compared)",
      counted(found.same_weak, "pair is", "pairs are"));
}

void judge_verification(const Ending& ending, SummaryEvent& summary) {
  const auto& found = ending.verification;
  if (!found.complete()) {
    set(summary, "mismatch", exit_mismatch,
        fmt::format("{} differ{} and {} {} missing in the destination; {}. {}",
                    counted_objects(found.mismatched, ending.all_versions),
                    found.mismatched == 1 ? "s" : "", human_count(found.missing),
                    found.missing == 1 ? "is" : "are",
                    ending.reported ? "the report lists them" : "they are listed above",
                    ending.how_to_mend));
    return;
  }
  const bool must_be_strong = ending.strict || ending.mode == transfer::VerifyMode::checksum;
  if (found.same_weak > 0 && must_be_strong) {
    set(summary, "mismatch", exit_mismatch, "Nothing differs, but " + weak_sentence(found));
    return;
  }
  auto message = counted_objects(found.objects, ending.all_versions) + " verified";
  if (found.same_weak > 0) {
    message += "; " + weak_sentence(found) + ". --verify checksum proves more of them";
  }
  if (found.extra > 0) {
    message += fmt::format(
        "; {} only in the destination",
        counted_objects(found.extra, ending.all_versions) + (found.extra == 1 ? " is" : " are"));
  }
  set(summary, "verified", exit_verified, std::move(message));
}

void judge_attributes(const Ending& ending, SummaryEvent& summary) {
  if (summary.exit_code != exit_verified) return;
  if (ending.not_looked_at > 0) summary.message += "; " + told_before(ending.not_looked_at);
  if (ending.not_carried == 0) return;
  const auto sentence = fmt::format(
      "{} not carried (retention, hold, ACL...); the warnings above and the report say which",
      counted(ending.not_carried, "attribute of an object is", "attributes of objects are"));
  if (ending.strict) {
    set(summary, "mismatch", exit_mismatch, "Nothing differs, but " + sentence);
  } else {
    summary.message += "; " + sentence;
  }
}

void add_grant_left(const Ending& ending, SummaryEvent& summary) {
  if (ending.grant_left == nullptr) return;
  if (summary.exit_code == exit_verified) summary.exit_code = exit_fatal;
  summary.message += fmt::format(
      ". THE GRANT IS STILL IN THE POLICY OF BUCKET {}: {}. Take it out with: {}",
      printable(ending.granted_bucket), ending.grant_left->describe(), ending.cleanup_command);
}

// A command comes last, so that it can be copied as it stands.
void add_resume_command(const Ending& ending, SummaryEvent& summary) {
  if (summary.exit_code != exit_interrupted || ending.stop == Stop::cancelled) return;
  summary.message += fmt::format(
      "{} go on with: {}", ending.grant_left == nullptr ? ";" : " ; then", ending.resume_command);
}

}  // namespace

std::string counted_objects(std::uint64_t count, bool all_versions) {
  return all_versions ? counted(count, "version or delete marker", "versions and delete markers")
                      : counted(count, "object");
}

std::string told_before(std::uint64_t objects) {
  return counted(objects, "copy was", "copies were") +
         " there already: what they lack was told by the run that made them";
}

void judge(const Ending& ending, SummaryEvent& summary) {
  if (ending.fatal != nullptr) {
    judge_fatal(ending, summary);
  } else if (ending.failed > 0) {
    set(summary, "failed-objects", exit_failed_objects,
        fmt::format("{} failed; {} listed with its cause. When that is mended, run the same "
                    "command again: what is there already is not copied again",
                    counted_objects(ending.failed, ending.all_versions),
                    ending.failed == 1 ? "it is" : "each is"));
  } else if (ending.verified) {
    judge_verification(ending, summary);
  } else {
    set(summary, "copied", exit_verified, "Copied, and not verified as --verify none says");
  }
  judge_attributes(ending, summary);
  add_grant_left(ending, summary);
  add_resume_command(ending, summary);
}

}  // namespace s3m::workflow
