// policy_test_support.hpp: for tests: a bucket's policy in memory, and probes that obey.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "workflow/grant_probe.hpp"
#include "workflow/policy_editor.hpp"
#include "workflow/run_task.hpp"

namespace s3m::workflow {

// What somebody else wrote, in bytes that no serialiser makes.
inline const std::string others =
    R"({ "Statement" : [{"Sid":"Logs","Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
    R"("Resource":"arn:aws:s3:::photos/logs/*"}] })";

// `on_write` may change what is stored, as somebody else would.
class FakePolicy final : public PolicyAccess {
 public:
  std::optional<std::string> document;
  std::vector<std::string> written;
  int removed = 0;
  std::function<Result<void>(const std::string&)> refuse;
  std::function<void()> on_write;

  net::Task<Result<std::optional<std::string>>> read() override {
    co_return Result<std::optional<std::string>>(document);
  }
  net::Task<Result<void>> write(std::string text) override {
    if (refuse) {
      auto verdict = refuse(text);
      if (!verdict) co_return verdict;
    }
    written.push_back(text);
    document = std::move(text);
    if (on_write) on_write();
    co_return ok;
  }
  net::Task<Result<void>> remove() override {
    ++removed;
    document.reset();
    co_return ok;
  }
};

// Works once `works()` says so.
class FakeProbe final : public GrantProbe {
 public:
  std::function<bool()> works = [] { return true; };
  int uses = 0;
  Errc otherwise = Errc::access_denied;

  net::Task<Result<void>> use() override {
    ++uses;
    if (works()) co_return ok;
    co_return fail(otherwise, "Access Denied");
  }
};

// A store, a policy and a clock that only counts.
class PolicyTest : public testing::Test {
 protected:
  PolicyTest() {
    auto opened = store::open_store({.url = (directory_ / "store.db").string()});
    EXPECT_TRUE(opened) << opened.error().describe();
    store_ = std::make_unique<StoreThread>(*std::move(opened));
  }
  ~PolicyTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  Pause pause() {
    return [this](std::chrono::milliseconds time) -> net::Task<bool> { return slept(time); };
  }
  net::Task<bool> slept(std::chrono::milliseconds time) {
    pauses_.push_back(time);
    co_return !cancelled_;
  }
  std::chrono::milliseconds waited() const {
    std::chrono::milliseconds sum{0};
    for (const auto pause : pauses_)
      sum += pause;
    return sum;
  }
  std::function<void(std::string)> warn() {
    return [this](std::string text) { warnings_.push_back(std::move(text)); };
  }

  PolicyEditor editor() { return {loop_, *store_, policy_, bucket_, "job", pause()}; }

  Result<bool> take_out(const std::string& sid) {
    auto edits = editor();
    return run_task(loop_, edits.remove(sid));
  }

  std::vector<store::GrantRecord> recorded() {
    return store_->run_blocking([](store::Store& store) { return store.grants(); }).value();
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-policy-" + random_hex(6));
  net::Loop loop_;
  std::unique_ptr<StoreThread> store_;
  store::BucketRef bucket_{"aws", "photos"};
  FakePolicy policy_;
  std::vector<std::chrono::milliseconds> pauses_;
  std::vector<std::string> warnings_;
  bool cancelled_ = false;
  bool placed_ = false;
};

}  // namespace s3m::workflow
