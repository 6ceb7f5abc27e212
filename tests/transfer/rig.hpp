// rig.hpp: transfer against a simulator in the same process: two buckets, one identity, and all
// that happened to look at afterwards.
//
// Threading  the simulator has a thread of its own; everything else is on the test's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/co_spawn.hpp>

#include "aws/s3.hpp"
#include "net/http_client.hpp"
#include "sim/server.hpp"
#include "transfer/empty.hpp"
#include "transfer/mirror.hpp"
#include "transfer/prove.hpp"
#include "transfer/test_journal.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

inline constexpr std::uint64_t mib = 1ull << 20, gib = 1ull << 30;

// An account with the empty buckets "original" and "copy".
sim::Scenario two_buckets();

struct RigOptions {
  GovernorOptions governor{.initial = 16, .adaptive = false};
  std::string source = "s3://original", destination = "s3://copy";
  bool with_role = false;  // sign with sessions of a role instead of a user's key
  bool real_time = false;  // else the clock stands still until the test moves it
};

class Rig {
 public:
  explicit Rig(const sim::Scenario& scenario, RigOptions options = {});
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // Each runs one operation to its end, with fresh figures in the members of its name.
  Result<void> copy(CopyOptions options = {}, std::vector<KeyRange> ranges = {KeyRange{}});
  Result<void> verify(VerifyMode mode = VerifyMode::listing);
  Result<void> plan(CopyOptions options = {});
  Result<void> delete_extra(std::function<Result<void>(const Deletion&)> allow, Filter filter = {});
  Result<Orphans> abort_orphans();
  Result<void> empty(EmptyOptions options = {}, std::vector<KeyRange> ranges = {KeyRange{}});
  Result<void> mirror(MirrorOptions options = {});
  Result<void> prove(ProofOptions options = {}, ManifestSink* manifest = nullptr);

  // The operation must succeed, with no failure of a single object.
  void must_copy(CopyOptions options = {}, std::vector<KeyRange> ranges = {KeyRange{}});
  // Every pair must be the same.
  void must_verify(VerifyMode mode = VerifyMode::listing);

  template <class T>
  T run(net::Task<T> task);

  // What was the destination is the source from now on.
  void go_on_to(const std::string& bucket);

  // As if the program were started again: only the journal and the simulator stay as they are.
  void restart();

  // The simulator's world.
  template <class Use>
  auto cloud(Use use) {
    return server_->with_cloud(std::move(use));
  }
  void put(const std::string& bucket, sim::ObjectSpec object);
  void fault(sim::FaultRule rule);
  void switches(std::function<void(sim::Switches&)> change);
  // Calls `hook` on the simulator's thread before the first request of an operation for a key.
  void before_first(std::string operation, std::function<void(sim::Cloud&)> hook);
  // Before the first DeleteObject or DeleteObjects that comes after a listing: not the scratch
  // object's, by which the service is tried first.
  void before_deletion(std::function<void(sim::Cloud&)> hook);
  std::uint64_t requests(std::string operation);
  void forget_requests();
  std::vector<std::string> keys(std::string bucket);
  std::optional<sim::ObjectView> object(std::string bucket, std::string key);
  std::size_t uploads_left();
  // Whether both objects have the same content, whatever their ETags.
  bool same_content(const std::string& source_key, const std::string& copy_key);
  bool same_content(const std::string& key) { return same_content(key, key); }

  ManualClock clock{system_clock().now()};
  Counters counters;
  Verification verification;
  Plan planned;
  Deletion deletion;
  Emptying emptied;
  Mirrored mirrored;
  Proven proven;
  std::vector<FailureEvent> failures;
  TestJournal journal;
  net::Loop loop;
  std::unique_ptr<net::CancelToken> cancel;
  std::unique_ptr<aws::Runtime> runtime;
  std::unique_ptr<Governor> governor;
  std::unique_ptr<aws::S3> s3;
  std::unique_ptr<Context> context;

 private:
  const Clock* clock_;
  std::shared_ptr<aws::Identity> identity();

  RigOptions options_;
  sim::AccessKey key_;
  std::unique_ptr<sim::Server> server_;
  std::unique_ptr<net::HttpClient> http_;
};

template <class T>
T Rig::run(net::Task<T> task) {
  std::optional<T> result;
  loop.restart();
  net::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    result.emplace(std::move(value));
    loop.stop();
  });
  loop.run();
  return std::move(result.value());
}

}  // namespace s3m::transfer
