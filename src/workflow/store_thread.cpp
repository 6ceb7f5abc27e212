#include "workflow/store_thread.hpp"

namespace s3m::workflow {

StoreThread::StoreThread(std::unique_ptr<store::Store> store)
    : store_(std::move(store)), thread_([this] { serve(); }) {}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreThread::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void StoreThread::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job(*store_);
    job = nullptr;  // what it holds ends here, not under the lock
    lock.lock();
  }
}

}  // namespace s3m::workflow
