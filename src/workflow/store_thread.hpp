// store_thread.hpp: the store on a thread of its own, so that no event loop waits for a disk.
//
// Layer      workflow; store and net below.
// Threading  run() on a loop's thread, run_blocking() on any but the store's own.
// Lifetime   the destructor runs what is queued, then ends the thread. No run() may be suspended
//            by then.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "net/signal.hpp"
#include "net/task.hpp"
#include "store/store.hpp"

namespace s3m::workflow {

class StoreThread {
 public:
  explicit StoreThread(std::unique_ptr<store::Store> store);
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // Runs `work(store::Store&)` on the store's thread and resumes the caller on `loop` with what it
  // gives. Calls run in the order made.
  template <class Work>
  net::Task<std::invoke_result_t<Work&, store::Store&>> run(net::Loop& loop, Work work) {
    using Value = std::invoke_result_t<Work&, store::Store&>;
    std::optional<Value> value;
    net::Signal done(loop);
    submit([&, guard = boost::asio::make_work_guard(loop)](store::Store& store) {
      auto made = std::make_shared<Value>(work(store));
      boost::asio::post(loop, [&value, &done, made] {
        value.emplace(std::move(*made));
        done.notify_all();
      });
    });
    while (!value)
      co_await done.wait();
    co_return std::move(*value);
  }

  // The same, and the calling thread waits: for one small transaction.
  template <class Work>
  std::invoke_result_t<Work&, store::Store&> run_blocking(Work work) {
    using Value = std::invoke_result_t<Work&, store::Store&>;
    std::promise<Value> promise;
    auto future = promise.get_future();
    submit([&](store::Store& store) { promise.set_value(work(store)); });
    return future.get();
  }

 private:
  using Job = std::move_only_function<void(store::Store&)>;
  void submit(Job job);
  void serve();

  std::unique_ptr<store::Store> store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace s3m::workflow
