#include "workflow/policy_editor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

// An edit is three requests; a holder that needs longer than this has died or hangs.
constexpr std::chrono::milliseconds lock_lease = 60s;
constexpr int lock_attempts = 60;
constexpr std::chrono::milliseconds lock_pause = 2s;
// A policy is eventually consistent to read as well.
constexpr int read_back_attempts = 8;
constexpr std::chrono::milliseconds read_back_pause = 250ms;
constexpr int put_attempts = 3;

class S3Policy final : public PolicyAccess {
 public:
  S3Policy(aws::S3& owner, std::string bucket, std::string expected_owner)
      : owner_(owner), bucket_(std::move(bucket)), expected_owner_(std::move(expected_owner)) {}

  net::Task<Result<std::optional<std::string>>> read() override {
    co_return co_await owner_.get_bucket_policy(bucket_, expected_owner_);
  }
  net::Task<Result<void>> write(std::string document) override {
    co_return co_await owner_.put_bucket_policy(bucket_, std::move(document), expected_owner_);
  }
  net::Task<Result<void>> remove() override {
    co_return co_await owner_.delete_bucket_policy(bucket_, expected_owner_);
  }

 private:
  aws::S3& owner_;
  std::string bucket_, expected_owner_;
};

std::unexpected<Error> stopped() {
  return fail(Errc::cancelled, "stopped before the bucket policy was edited");
}

}  // namespace

std::unique_ptr<PolicyAccess> s3_policy(aws::S3& owner, std::string bucket,
                                        std::string expected_owner) {
  return std::make_unique<S3Policy>(owner, std::move(bucket), std::move(expected_owner));
}

PolicyEditor::PolicyEditor(net::Loop& loop, StoreThread& store, PolicyAccess& policy,
                           store::BucketRef bucket, std::string job_id, Pause pause)
    : loop_(loop),
      store_(store),
      policy_(policy),
      bucket_(std::move(bucket)),
      owner_{std::move(job_id), store::this_process()},
      pause_(std::move(pause)) {}

net::Task<Result<void>> PolicyEditor::add(PolicyText text) {
  auto locked = co_await lock();
  if (!locked) co_return forward(locked);
  auto added = co_await add_locked(std::move(text));
  co_await unlock();
  co_return added;
}

net::Task<Result<bool>> PolicyEditor::remove(std::string sid) {
  auto locked = co_await lock();
  if (!locked) co_return forward(locked);
  auto removed = co_await remove_locked(std::move(sid));
  co_await unlock();
  co_return removed;
}

net::Task<Result<void>> PolicyEditor::edit(Edit edit) {
  auto locked = co_await lock();
  if (!locked) co_return forward(locked);
  auto edited = co_await edit_locked(std::move(edit));
  co_await unlock();
  co_return edited;
}

net::Task<Result<void>> PolicyEditor::lock() {
  std::string holder;
  for (int attempt = 0; attempt < lock_attempts; ++attempt) {
    if (attempt > 0) {
      const bool slept = co_await pause_(lock_pause);
      if (!slept) co_return stopped();
    }
    auto held = co_await store_.run(loop_, [this](store::Store& store) {
      return store.try_lock_policy(bucket_, owner_, lock_lease);
    });
    if (!held) co_return forward(held);
    if (held->ours) co_return ok;
    holder = held->holder.job_id;
    log::info("job {} edits the policy of bucket {}; waiting", holder, bucket_.bucket);
  }
  co_return fail(Errc::conflict,
                 fmt::format("job {} has been editing the policy of bucket {} for too long; end "
                             "that job or try again later",
                             printable(holder), printable(bucket_.bucket)));
}

net::Task<void> PolicyEditor::unlock() {
  auto unlocked = co_await store_.run(
      loop_, [this](store::Store& store) { return store.unlock_policy(bucket_, owner_); });
  if (!unlocked) log::warning("policy lock not given back: {}", unlocked.error().describe());
}

// The policy before any statement of ours, in its own bytes: where another statement of ours stands
// already the document has been written anew, and that one's record kept them.
net::Task<Result<std::optional<std::string>>> PolicyEditor::original_of(
    std::optional<std::string> current) {
  auto bare = without_ours(current);
  if (!bare || !*bare || *bare == current) co_return bare;
  auto records =
      co_await store_.run(loop_, [this](store::Store& store) { return store.grants_on(bucket_); });
  if (!records) co_return forward(records);
  for (auto& record : *records) {
    const auto& kept = record.original_policy;
    if (kept && says_the_same(*kept, **bare)) co_return std::move(record.original_policy);
  }
  co_return bare;
}

net::Task<Result<void>> PolicyEditor::record(PolicyText text, std::optional<std::string> original) {
  store::GrantRecord grant{.bucket = bucket_,
                           .sid = text.sid,
                           .job_id = text.job_id,
                           .dialect = text.dialect,
                           .original_policy = std::move(original),
                           .created_at = system_clock().now()};
  auto recorded = co_await store_.run(
      loop_, [&grant](store::Store& store) { return store.record_grant(grant); });
  // Recorded already, by an earlier dialect of this job: that record has the true original.
  const bool there = !recorded && recorded.error().code() == Errc::conflict &&
                     recorded.error().retry() == RetryClass::never;
  if (there) co_return ok;
  co_return recorded;
}

net::Task<Result<void>> PolicyEditor::add_locked(PolicyText text) {
  for (int attempt = 0; attempt < put_attempts; ++attempt) {
    auto current = co_await policy_.read();
    if (!current) co_return forward(current);
    if (*current) {
      auto living = check_principals(**current);
      if (!living) co_return forward(living);
      // What an earlier run of the job put stands on, whatever becomes of this put.
      const auto earlier = find_sids(**current, text.sid);
      may_stand_ = may_stand_ || (earlier && !earlier->empty());
    }
    auto edited = with_statements(*current, text.statements, text.sid);
    if (!edited) co_return forward(edited);
    auto original = co_await original_of(*current);
    if (!original) co_return forward(original);
    auto recorded = co_await record(text, *std::move(original));
    if (!recorded) co_return forward(recorded);
    if (*edited == *current) {
      may_stand_ = true;
      co_return ok;
    }
    auto put = co_await policy_.write(*std::move(edited));
    if (!put) {
      co_await put_failed(put.error(), text.sid);
      co_return put;
    }
    may_stand_ = true;
    const auto there = co_await reads_back(text.statements);
    if (!there) co_return fail(there.error().clone());
    if (*there) co_return ok;
  }
  co_return fail(Errc::conflict,
                 "somebody else keeps overwriting the bucket policy: our statement was put three "
                 "times and was gone each time");
}

net::Task<Result<void>> PolicyEditor::edit_locked(Edit edit) {
  for (int attempt = 0; attempt < put_attempts; ++attempt) {
    auto current = co_await policy_.read();
    if (!current) co_return forward(current);
    auto wanted = edit(*current);
    if (!wanted) co_return forward(wanted);
    if (*wanted == *current) co_return ok;
    auto put = co_await policy_.write(*std::move(wanted));
    if (!put) co_return put;
    const auto settled = co_await is_settled(edit);
    if (!settled) co_return fail(settled.error().clone());
    if (*settled) co_return ok;
  }
  co_return fail(Errc::conflict,
                 "somebody else keeps overwriting the bucket policy: what was put three times was "
                 "not there each time");
}

net::Task<Result<bool>> PolicyEditor::is_settled(Edit edit) {
  for (int attempt = 0; attempt < read_back_attempts; ++attempt) {
    if (attempt > 0) {
      const bool slept = co_await pause_(read_back_pause * attempt);
      if (!slept) co_return stopped();
    }
    auto current = co_await policy_.read();
    if (!current) co_return forward(current);
    const auto wanted = edit(*current);
    if (!wanted) co_return fail(wanted.error().clone());
    if (*wanted == *current) co_return true;
  }
  co_return false;
}

// A put that the service answered with a refusal has changed nothing, and its record is in the way;
// one without an answer may have happened.
net::Task<void> PolicyEditor::put_failed(const Error& error, std::string sid) {
  const bool refused = error.http_status() >= 400 && error.http_status() < 500;
  if (!refused) may_stand_ = true;
  if (may_stand_) co_return;
  auto forgotten = co_await forget(sid);
  if (!forgotten) log::warning("{} stays recorded: {}", sid, forgotten.error().describe());
}

net::Task<Result<void>> PolicyEditor::forget(std::string sid) {
  co_return co_await store_.run(
      loop_, [this, &sid](store::Store& store) { return store.forget_grant(bucket_, sid); });
}

net::Task<Result<bool>> PolicyEditor::reads_back(std::vector<PolicyStatement> statements) {
  for (int attempt = 0; attempt < read_back_attempts; ++attempt) {
    if (attempt > 0) {
      const bool slept = co_await pause_(read_back_pause * attempt);
      if (!slept) co_return stopped();
    }
    auto current = co_await policy_.read();
    if (!current) co_return forward(current);
    if (holds_statements(*current, statements)) co_return true;
  }
  co_return false;
}

net::Task<Result<std::optional<store::GrantRecord>>> PolicyEditor::recorded(std::string sid) {
  auto grants =
      co_await store_.run(loop_, [this](store::Store& store) { return store.grants_on(bucket_); });
  if (!grants) co_return forward(grants);
  const auto found = std::ranges::find(*grants, sid, &store::GrantRecord::sid);
  if (found == grants->end()) co_return std::nullopt;
  co_return std::move(*found);
}

net::Task<Result<void>> PolicyEditor::carry_out(PolicyRemoval removal, std::string current) {
  if (removal.action == PolicyRemoval::Action::remove_policy) co_return co_await policy_.remove();
  auto put = co_await policy_.write(removal.document);
  if (put) co_return ok;
  if (removal.emptied && put.error().code() == Errc::invalid_request) {
    co_return co_await policy_.remove();
  }
  // A principal that died meanwhile is what a service objects to; it does not say in which
  // statement.
  auto living = check_principals(current);
  co_return living ? std::move(put) : std::move(living);
}

net::Task<Result<std::optional<std::string>>> PolicyEditor::read_until(std::string sid,
                                                                       bool present) {
  Result<std::optional<std::string>> current = std::nullopt;
  for (int attempt = 0; attempt < read_back_attempts; ++attempt) {
    if (attempt > 0) {
      const bool slept = co_await pause_(read_back_pause * attempt);
      if (!slept) co_return stopped();
    }
    current = co_await policy_.read();
    if (!current) co_return current;
    if (*current) {
      const auto sids = find_sids(**current, sid);
      if (!sids) co_return fail(sids.error().clone());
      if (sids->empty() != present) co_return current;
    } else if (!present) {
      co_return current;
    }
  }
  co_return current;
}

net::Task<Result<bool>> PolicyEditor::remove_locked(std::string sid) {
  auto grant = co_await recorded(sid);
  if (!grant) co_return forward(grant);
  const bool is_recorded = grant->has_value();
  // What was recorded may not be there: the job died before it put it. Or this reading is stale.
  auto current = is_recorded ? co_await read_until(sid, true) : co_await policy_.read();
  const bool bucket_gone = !current && current.error().code() == Errc::no_such_bucket;
  if (!current && !bucket_gone) co_return forward(current);

  bool removed = false;
  if (!bucket_gone && *current) {
    auto original = is_recorded ? (*grant)->original_policy : std::nullopt;
    auto done = co_await take_out(**current, sid, std::move(original));
    if (!done) co_return done;
    removed = *done;
  }
  auto forgotten = co_await forget(sid);
  if (!forgotten) co_return forward(forgotten);
  may_stand_ = false;
  co_return removed;
}

net::Task<Result<bool>> PolicyEditor::take_out(std::string current, std::string sid,
                                               std::optional<std::string> original) {
  auto removal = without_statements(current, sid, original);
  if (!removal) co_return forward(removal);
  if (removal->action == PolicyRemoval::Action::nothing) co_return false;
  auto done = co_await carry_out(*std::move(removal), current);
  if (!done) co_return forward(done);
  auto after = co_await read_until(sid, false);
  if (!after) co_return forward(after);
  const auto left = *after ? find_sids(**after, sid) : std::vector<std::string>{};
  if (left && left->empty()) co_return true;
  co_return fail(Errc::conflict,
                 "our statement was taken out of the bucket policy, and is still there");
}

}  // namespace s3m::workflow
