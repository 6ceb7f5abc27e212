#include "tests/transfer/rig.hpp"

#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include "aws/sts.hpp"

namespace s3m::transfer {
namespace {

class FixedCredentials final : public aws::CredentialsSource {
 public:
  explicit FixedCredentials(sim::AccessKey key) : key_(std::move(key)) {}
  net::Task<Result<aws::Credentials>> fetch() override {
    co_return aws::Credentials{.access_key_id = key_.id, .secret_access_key = key_.secret};
  }
  std::string describe() const override { return "a fixed key"; }

 private:
  sim::AccessKey key_;
};

// Retries without the patience that real services need.
aws::RetryPolicy hasty() {
  using std::chrono::milliseconds;
  return {.max_attempts = 4,
          .transient_base = milliseconds(1),
          .max_delay = milliseconds(20),
          .throttle_base = milliseconds(2),
          .longest_throttle_delay = milliseconds(20),
          .throttle_patience = milliseconds(30'000)};
}

Location location(std::string_view uri) {
  auto parsed = parse_location(uri);
  return std::move(*parsed);
}

const sim::AccountSpec& account(const sim::Scenario& scenario, std::string_view id) {
  for (const auto& each : scenario.accounts) {
    if (each.id == id) return each;
  }
  throw std::invalid_argument("no such account");
}

}  // namespace

sim::Scenario two_buckets() {
  auto scenario = sim::article_scenario();
  scenario.bucket("original", sim::source_account);
  scenario.bucket("copy", sim::source_account);
  scenario.account(sim::source_account).roles.front().trust =
      sim::trust_policy({std::string(sim::source_account)});
  return scenario;
}

Rig::Rig(const sim::Scenario& scenario, RigOptions options)
    : clock_(options.real_time ? &system_clock() : &clock), options_(std::move(options)) {
  auto server = sim::Server::start(scenario, {.clock = clock_});
  if (!server) throw std::runtime_error(server.error().describe());
  server_ = std::move(*server);
  const auto& owner = account(scenario, sim::source_account);
  key_ = sim::key_of(owner, owner.users.front());
  http_ = std::make_unique<net::HttpClient>(loop, net::HttpClientOptions{});
  restart();
}

Rig::~Rig() {
  http_->close();
  loop.restart();
  loop.run();
}

void Rig::restart() {
  context.reset();
  s3.reset();
  governor.reset();
  cancel = std::make_unique<net::CancelToken>(loop);
  runtime = std::make_unique<aws::Runtime>(aws::Runtime{
      .loop = loop, .http = *http_, .clock = *clock_, .cancel = cancel.get(), .retry = hasty()});
  governor = std::make_unique<Governor>(loop, options_.governor, *cancel);
  s3 = std::make_unique<aws::S3>(aws::Client(
      *runtime, identity(), {.url = server_->endpoint(), .region = "us-east-1"}, *governor));
  context = std::make_unique<Context>(
      Context{.runtime = *runtime,
              .governor = *governor,
              .cancel = *cancel,
              .source = {location(options_.source), s3.get(), {}},
              .destination = {location(options_.destination), s3.get(), {}},
              .writer = s3.get(),
              .journal = journal,
              .on_failure = [this](const auto& event) { failures.push_back(event); }});
}

std::shared_ptr<aws::Identity> Rig::identity() {
  auto user =
      std::make_shared<aws::Identity>(loop, std::make_unique<FixedCredentials>(key_), *clock_);
  if (!options_.with_role) return user;
  const aws::EndpointSettings settings{.url = server_->endpoint(), .region = "us-east-1"};
  auto sts =
      std::make_shared<aws::Sts>(aws::Client(*runtime, user, settings, aws::unlimited_admission()));
  auto role = aws::role_source(
      sts, {.role_arn = std::string(sim::source_role), .session_name = "transfer-test"});
  return std::make_shared<aws::Identity>(loop, std::move(role), *clock_);
}

Result<void> Rig::copy(CopyOptions options, std::vector<KeyRange> ranges) {
  counters = {};
  failures.clear();
  return run(transfer::copy(*context, options, std::move(ranges), counters));
}

Result<void> Rig::verify(VerifyMode mode) {
  verification = {};
  failures.clear();
  const VerifyOptions options{.mode = mode};
  return run(transfer::verify(*context, options, {KeyRange{}}, verification));
}

Result<void> Rig::plan(CopyOptions options) {
  planned = {};
  return run(transfer::plan(*context, options, {KeyRange{}}, planned));
}

Result<void> Rig::delete_extra(std::function<Result<void>(const Deletion&)> allow, Filter filter) {
  deletion = {};
  failures.clear();
  return run(transfer::delete_extra(*context, filter, std::move(allow), deletion));
}

Result<Orphans> Rig::abort_orphans() {
  return run(transfer::abort_orphans(*context));
}

Result<void> Rig::empty(EmptyOptions options, std::vector<KeyRange> ranges) {
  emptied = {};
  failures.clear();
  return run(transfer::empty_source(*context, options, std::move(ranges), emptied));
}

Result<void> Rig::mirror(MirrorOptions options) {
  mirrored = {};
  failures.clear();
  return run(transfer::mirror(*context, options, {KeyRange{}}, mirrored));
}

Result<void> Rig::prove(ProofOptions options, ManifestSink* manifest) {
  proven = {};
  failures.clear();
  return run(transfer::prove(*context, options, proven, manifest));
}

void Rig::go_on_to(const std::string& bucket) {
  context->source = context->destination;
  context->destination.location = {bucket, {}};
}

void Rig::must_copy(CopyOptions options, std::vector<KeyRange> ranges) {
  const auto copied = copy(std::move(options), std::move(ranges));
  ASSERT_TRUE(copied.has_value()) << copied.error().describe();
  for (const auto& failure : failures)
    ADD_FAILURE() << failure.key << ": " << failure.message;
  EXPECT_EQ(counters.failed, 0U);
  EXPECT_TRUE(counters.listing_done);
  EXPECT_EQ(counters.part_bytes, 0U);
}

void Rig::must_verify(VerifyMode mode) {
  const auto verified = verify(mode);
  ASSERT_TRUE(verified.has_value()) << verified.error().describe();
  for (const auto& failure : failures)
    ADD_FAILURE() << failure.key << ": " << failure.message;
  EXPECT_TRUE(verification.complete());
  EXPECT_EQ(verification.objects, verification.same_strong + verification.same_weak);
}

void Rig::put(const std::string& bucket, sim::ObjectSpec object) {
  const bool done =
      cloud([&](sim::Cloud& world) { return world.put(bucket, object, clock_->now()); });
  ASSERT_TRUE(done);
}

void Rig::fault(sim::FaultRule rule) {
  cloud([&](sim::Cloud& world) { world.faults().add(std::move(rule)); });
}

void Rig::switches(std::function<void(sim::Switches&)> change) {
  cloud([&](sim::Cloud& world) { change(world.switches()); });
}

void Rig::before_first(std::string operation, std::function<void(sim::Cloud&)> hook) {
  cloud([&](sim::Cloud& world) {
    world.before_each([&world, operation = std::move(operation), hook = std::move(hook),
                       done = false](const sim::RequestRecord& request) mutable {
      if (done || request.operation != operation) return;
      done = true;
      hook(world);
    });
  });
}

void Rig::before_deletion(std::function<void(sim::Cloud&)> hook) {
  cloud([&](sim::Cloud& world) {
    world.before_each([&world, hook = std::move(hook), listed = false,
                       done = false](const sim::RequestRecord& request) mutable {
      listed |= request.operation.starts_with("List");
      if (done || !listed || !request.operation.starts_with("DeleteObject")) return;
      done = true;
      hook(world);
    });
  });
}

std::uint64_t Rig::requests(std::string operation) {
  return cloud([&](sim::Cloud& world) { return world.metrics().requests(operation); });
}

void Rig::forget_requests() {
  cloud([](sim::Cloud& world) { world.metrics().reset(); });
}

std::vector<std::string> Rig::keys(std::string bucket) {
  return cloud([&](sim::Cloud& world) { return world.keys(bucket); });
}

std::optional<sim::ObjectView> Rig::object(std::string bucket, std::string key) {
  return cloud([&](sim::Cloud& world) { return world.object(bucket, key); });
}

std::size_t Rig::uploads_left() {
  return cloud([&](sim::Cloud& world) { return world.uploads("copy").size(); });
}

bool Rig::same_content(const std::string& source_key, const std::string& copy_key) {
  return cloud([&](sim::Cloud& world) {
    constexpr std::size_t enough = 64 * 1024;
    const auto source = world.object("original", source_key), copy = world.object("copy", copy_key);
    return source && copy && source->size == copy->size &&
           world.read("original", source_key, enough) == world.read("copy", copy_key, enough);
  });
}

}  // namespace s3m::transfer
