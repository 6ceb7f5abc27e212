#include "workflow/handover.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds first_wait = 200ms;
constexpr milliseconds short_wait = 2s;
constexpr milliseconds longest_wait = 30s;
// Five minutes of short waits; from then on this part of what was waited already.
constexpr int waited_per_wait = 150;
// How long a mark that was sent with CreateBucket may be late.
constexpr milliseconds mark_within = 120s;

// Between half of it and all: two who wait for one name must not ask in step.
milliseconds jittered(milliseconds limit) {
  thread_local std::mt19937_64 engine(std::random_device{}());
  return milliseconds(
      std::uniform_int_distribution<milliseconds::rep>(limit.count() / 2, limit.count())(engine));
}

// The taking of one name, from the first CreateBucket to the certainty.
class Taking {
 public:
  Taking(aws::S3& owner, NameTerms terms, Pause pause, OnNameWait on_wait)
      : owner_(owner),
        terms_(std::move(terms)),
        pause_(std::move(pause)),
        on_wait_(std::move(on_wait)) {}

  net::Task<Result<NameTaken>> run();

 private:
  // What to do after one attempt.
  enum class Next : std::uint8_t { again, taken };

  // Where CreateBucket keeps no tags, a bucket that it made can be told from one that the account
  // has had all along only by a look before it.
  net::Task<Result<Next>> attempt();
  net::Task<Result<Next>> ask(bool seen_absent);
  net::Task<Result<Next>> created(bool fresh);
  net::Task<Result<Next>> seems_taken(Error said);
  Result<Next> wait_for(Error said);
  net::Task<Result<void>> rest();
  NameTaken result() const;
  WallTime now() const { return owner_.client().runtime().clock.now(); }
  std::string temporary() const;
  Error thief(const Error& said) const;
  Error out_of_patience() const;

  aws::S3& owner_;
  NameTerms terms_;
  Pause pause_;
  OnNameWait on_wait_;
  NameTaken taken_;
  std::optional<Error> reason_;  // of the wait
  milliseconds seemed_taken_{0};
};

std::string Taking::temporary() const {
  return terms_.temporary_bucket.empty()
             ? "the temporary bucket"
             : fmt::format("s3://{}", printable(terms_.temporary_bucket));
}

Error Taking::thief(const Error& said) const {
  Error error(
      Errc::bucket_exists,
      fmt::format("the name {0} was taken by another account while it was free. Nothing was "
                  "written to that bucket. All objects are in {1}, which stays as the live "
                  "copy. Go on under another name with --rename NEW-NAME, or get the name "
                  "back from its owner and run the job again",
                  printable(terms_.bucket.name), temporary()));
  error.operation(said.operation())
      .bucket(terms_.bucket.name)
      .http_status(said.http_status())
      .service_code(said.service_code())
      .request_id(said.request_id());
  return error;
}

Error Taking::out_of_patience() const {
  auto error = reason_->clone();
  error.context(
      fmt::format("the name {} could not be had in {} and {} attempts. All objects are in "
                  "{}; run the job again to go on waiting",
                  printable(terms_.bucket.name),
                  human_duration(std::chrono::floor<std::chrono::seconds>(taken_.waited)),
                  taken_.attempts, temporary()));
  return error;
}

NameTaken Taking::result() const {
  auto taken = taken_;
  if (terms_.source_gone_since) taken.exposure = now() - *terms_.source_gone_since;
  return taken;
}

Result<Taking::Next> Taking::wait_for(Error said) {
  reason_.emplace(std::move(said));
  if (terms_.patience && taken_.waited >= *terms_.patience) return fail(out_of_patience());
  return Next::again;
}

// CreateBucket said that the bucket is there and ours.
net::Task<Result<Taking::Next>> Taking::created(bool fresh) {
  const auto patience = terms_.tags_at_create ? mark_within : 0ms;
  auto confirmed = co_await confirm_made(owner_, terms_.bucket, fresh, patience, pause_);
  if (confirmed) co_return Next::taken;
  co_return forward(confirmed);
}

// CreateBucket said that it is another's.
net::Task<Result<Taking::Next>> Taking::seems_taken(Error said) {
  auto seen = co_await look_at(owner_, terms_.bucket);
  if (!seen) co_return wait_for(std::move(seen.error()));
  if (seen->standing == Standing::ours) co_return Next::taken;
  if (seen->standing == Standing::unmarked) {
    co_return fail(Errc::refused, not_ours(terms_.bucket, *seen));
  }
  if (seemed_taken_ >= terms_.taken_grace) co_return fail(thief(said));
  co_return wait_for(std::move(said));
}

net::Task<Result<Taking::Next>> Taking::attempt() {
  if (terms_.tags_at_create) co_return co_await ask(false);
  auto seen = co_await look_at(owner_, terms_.bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::ours) co_return Next::taken;
  if (seen->standing == Standing::unmarked) {
    co_return fail(Errc::refused, not_ours(terms_.bucket, *seen));
  }
  co_return co_await ask(seen->standing == Standing::absent);
}

net::Task<Result<Taking::Next>> Taking::ask(bool seen_absent) {
  MakeOptions options{.ownership = terms_.ownership,
                      .object_lock = terms_.object_lock,
                      .tags_at_create = terms_.tags_at_create};
  ++taken_.attempts;
  auto made = co_await owner_.create_bucket(create_request(terms_.bucket, options));
  taken_.made_now = made.has_value();
  if (made) co_return co_await created(seen_absent);
  auto& error = made.error();
  switch (error.code()) {
    case Errc::bucket_owned:
      co_return co_await created(false);
    case Errc::bucket_exists:
      co_return co_await seems_taken(std::move(error));
    case Errc::conflict:
      co_return wait_for(std::move(error));
    default:
      break;
  }
  if (error.retry() == RetryClass::transient || error.retry() == RetryClass::throttle) {
    co_return wait_for(std::move(error));
  }
  error.context(
      fmt::format("the name {} is free and could not be taken (s3:CreateBucket, "
                  "s3:TagResource in the destination account). All objects are in {}; "
                  "mend that and run the job again soon",
                  printable(terms_.bucket.name), temporary()));
  co_return forward(made);
}

net::Task<Result<void>> Taking::rest() {
  auto wait = jittered(name_wait(taken_.attempts, taken_.waited));
  if (terms_.patience) wait = std::min(wait, std::max(*terms_.patience - taken_.waited, 1ms));
  if (on_wait_) {
    on_wait_({.attempts = taken_.attempts,
              .waited = taken_.waited,
              .next = wait,
              .reason = reason_->code(),
              .request_id = reason_->request_id()});
  }
  const bool slept = co_await pause_(wait);
  taken_.waited += wait;
  if (reason_->code() == Errc::bucket_exists) seemed_taken_ += wait;
  if (slept) co_return ok;
  co_return fail(Errc::cancelled,
                 fmt::format("stopped while the job waited for the name {}. All objects are in {}; "
                             "run it again soon, for anybody may take the name",
                             printable(terms_.bucket.name), temporary()));
}

net::Task<Result<NameTaken>> Taking::run() {
  for (;;) {
    auto next = co_await attempt();
    if (!next) co_return forward(next);
    if (*next == Next::taken) co_return result();
    auto rested = co_await rest();
    if (!rested) co_return forward(rested);
  }
}

}  // namespace

std::chrono::milliseconds name_wait(int attempts, std::chrono::milliseconds waited) noexcept {
  auto first = first_wait;
  for (; attempts > 1 && first < short_wait; --attempts)
    first *= 2;
  if (first < short_wait) return first;
  return std::clamp(waited / waited_per_wait, short_wait, longest_wait);
}

net::Task<Result<BucketGone>> delete_source(aws::S3& owner, BucketDeletion source, Pause pause) {
  if (!source.before_delete || source.job_id.empty()) {
    co_return fail(Errc::invalid_argument,
                   "the source is not deleted without a job and an intent that is recorded first");
  }
  co_return co_await delete_empty_bucket(owner, std::move(source), std::move(pause));
}

net::Task<Result<NameTaken>> take_name(aws::S3& owner, NameTerms terms, Pause pause,
                                       OnNameWait on_wait) {
  Taking taking(owner, std::move(terms), std::move(pause), std::move(on_wait));
  co_return co_await taking.run();
}

}  // namespace s3m::workflow
