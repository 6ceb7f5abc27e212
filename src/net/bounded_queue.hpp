// bounded_queue.hpp: hands items from producers to consumers on one loop, with back-pressure.
//
// Layer      net.
// Threading  one loop: call every member on it.
// Why not asio::experimental::channel: its close() makes queued items unreachable and does not
// wake blocked senders.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "net/signal.hpp"

namespace s3m::net {

template <class T>
class BoundedQueue {
 public:
  BoundedQueue(Loop& loop, std::size_t capacity)
      : capacity_(capacity), readable_(loop), writable_(loop) {}

  // Waits for room. False, and the item is dropped, once the queue is closed.
  Task<bool> push(T item) {
    while (!closed_ && items_.size() >= capacity_)
      co_await writable_.wait();
    if (closed_) co_return false;
    items_.push_back(std::move(item));
    readable_.notify_one();
    co_return true;
  }

  // Waits for an item. nullopt when the queue is closed and drained.
  Task<std::optional<T>> pop() {
    while (items_.empty() && !closed_)
      co_await readable_.wait();
    if (items_.empty()) co_return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    writable_.notify_one();
    co_return item;
  }

  // As push, without waiting: false, and `item` is untouched, when there is no room or the queue
  // is closed.
  bool try_push(T& item) {
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    readable_.notify_one();
    return true;
  }

  // As pop, without waiting: nullopt when nothing is queued.
  std::optional<T> try_pop() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    writable_.notify_one();
    return item;
  }

  // No more items will come: consumers drain what is queued, blocked producers give up.
  void close() {
    closed_ = true;
    readable_.notify_all();
    writable_.notify_all();
  }

  // Closes and drops what is queued.
  void abandon() {
    items_.clear();
    close();
  }

  std::size_t size() const noexcept { return items_.size(); }

 private:
  std::size_t capacity_;
  std::deque<T> items_;
  bool closed_ = false;
  Signal readable_, writable_;
};

}  // namespace s3m::net
