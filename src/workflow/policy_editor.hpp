// policy_editor.hpp: one bucket's policy, edited by one job at a time and never behind its back.
//
// Layer      workflow.
// Threading  one loop; the store on its thread.
//
// Serialised per bucket through the store's lock, recorded before the put, read back after it. The
// service has no compare-and-set: what others change between our reading and our putting is lost,
// so nothing but the edit itself stands between the two (guard G21).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "net/signal.hpp"
#include "workflow/bucket_policy.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::workflow {

// The policy of one bucket as its owner reads and writes it.
class PolicyAccess {
 public:
  virtual ~PolicyAccess() = default;
  virtual net::Task<Result<std::optional<std::string>>> read() = 0;
  virtual net::Task<Result<void>> write(std::string document) = 0;
  virtual net::Task<Result<void>> remove() = 0;
};

// Over S3. `owner` signs and outlives what is made.
std::unique_ptr<PolicyAccess> s3_policy(aws::S3& owner, std::string bucket,
                                        std::string expected_owner);

// Pauses between attempts; true when it slept to its end, false when the job was cancelled. Tests
// give one that only counts.
using Pause = std::function<net::Task<bool>(std::chrono::milliseconds)>;

// What one job says in a policy for one purpose.
struct PolicyText {
  std::string sid;  // what the Sids of `statements` begin with
  std::string job_id;
  std::string dialect;  // as recorded
  std::vector<PolicyStatement> statements;
};

class PolicyEditor {
 public:
  // All arguments outlive the editor.
  PolicyEditor(net::Loop& loop, StoreThread& store, PolicyAccess& policy, store::BucketRef bucket,
               std::string job_id, Pause pause);

  // Puts the statements into the policy, in place of those with the same Sid. Where exactly these
  // stand already, they are recorded and nothing is put.
  //
  // Gives   ok once they were read back.
  // Errors  refused, too_large: nothing was changed. conflict: another job held the lock all the
  //         time, or others overwrote our statements three times. cancelled. What the service says
  //         else; invalid_request when it does not accept the document.
  net::Task<Result<void>> add(PolicyText text);

  // What is to be the policy, made of what it is; the very same text where nothing is to change.
  using Edit = std::function<Result<std::string>(const std::optional<std::string>& current)>;
  // Puts what `edit` makes of the policy that stands, statements of ours among it. `edit` is called
  // again with what is read back.
  //
  // Gives   ok once it has nothing to change any more.
  // Errors  those of `edit`; else as add().
  net::Task<Result<void>> edit(Edit edit);

  // Whether a statement put by add() stands, or may stand because an answer was lost.
  bool may_stand() const noexcept { return may_stand_; }

  // Takes every statement out whose Sid begins with `sid`, and forgets its record. What stood in
  // the policy before any statement of ours is known from that record; its very bytes come back
  // with the last of ours.
  //
  // Gives   true if there was something to take out; false also when the bucket is gone.
  // Errors  as add(); the record then stays, for `cleanup`.
  net::Task<Result<bool>> remove(std::string sid);

 private:
  net::Task<Result<void>> lock();
  net::Task<void> unlock();
  net::Task<Result<void>> add_locked(PolicyText text);
  net::Task<Result<bool>> remove_locked(std::string sid);
  net::Task<Result<void>> edit_locked(Edit edit);
  net::Task<Result<bool>> is_settled(Edit edit);
  net::Task<Result<std::optional<std::string>>> original_of(std::optional<std::string> current);
  net::Task<Result<void>> record(PolicyText text, std::optional<std::string> original);
  net::Task<Result<void>> forget(std::string sid);
  net::Task<void> put_failed(const Error& error, std::string sid);
  net::Task<Result<std::optional<store::GrantRecord>>> recorded(std::string sid);
  net::Task<Result<bool>> reads_back(std::vector<PolicyStatement> statements);
  // Reads until statements of that Sid are there, or gone; the last reading in any case.
  net::Task<Result<std::optional<std::string>>> read_until(std::string sid, bool present);
  net::Task<Result<bool>> take_out(std::string current, std::string sid,
                                   std::optional<std::string> original);
  net::Task<Result<void>> carry_out(PolicyRemoval removal, std::string current);

  net::Loop& loop_;
  StoreThread& store_;
  PolicyAccess& policy_;
  store::BucketRef bucket_;
  store::LockOwner owner_;
  Pause pause_;
  bool may_stand_ = false;
};

}  // namespace s3m::workflow
