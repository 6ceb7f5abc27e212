// lanes.hpp: coroutines that do queued work, in turn for each flow it belongs to.
//
// Layer      transfer.
// Threading  one loop.
// Lifetime   finish() must be awaited before the lanes go.
// Memory     about `capacity` pieces of work, and a few for each flow beyond that.
//
// There are as many lanes as the governor's budget, so that a permit is nearly always free for the
// one request a lane has in flight; those whose request waits to be sent again do not count, up to
// as many again. A flow that is throttled begins new work only as its own rate allows, so that its
// sleepers do not take the lanes of others, and its queue holds back nobody but its own producer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/container/deque.hpp>

#include "net/task_group.hpp"
#include "transfer/flow.hpp"

namespace s3m::transfer {

template <class Work>
class Lanes {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    // `work` stays until the Task ends.
    virtual net::Task<void> handle(Work& work) = 0;
  };

  // `governor` and `handler` outlive the lanes. `kind` is what most of the requests are.
  Lanes(net::Loop& loop, Governor& governor, Handler& handler,
        aws::RequestKind kind = aws::RequestKind::copy)
      : governor_(governor),
        handler_(handler),
        kind_(kind),
        loop_(loop),
        idle_(loop),
        group_(loop) {}

  bool full(const FlowPtr& flow) const {
    const auto* queue = find(flow);
    return queue != nullptr && full(*queue);
  }

  // After stop() the work is dropped.
  void push(Work work, const FlowPtr& flow = nullptr) {
    if (stopped_) return;
    Queue& queue = queue_of(flow);
    queue.items.push_back(std::move(work));
    ++queued_;
    make_ready(queue);
    begin_more();
  }

  // Waits until half of the flow's place in the queue is free, or stop(); then it is not full.
  net::Task<void> room(FlowPtr flow) {
    Queue& queue = queue_of(flow);
    while (!stopped_ && !has_room(queue))
      co_await queue.room.wait();
  }

  // Drops what is queued. What is being handled goes on to its end.
  void stop() {
    stopped_ = true;
    queued_ = holders_ = 0;
    ready_.clear();
    blocked_.clear();
    for (auto& [flow, queue] : queues_) {
      queue->items.clear();
      queue->state = State::empty;
      queue->room.notify_all();
    }
    end_idle();
  }

  // No more work will come; waits until all of it is done.
  net::Task<void> finish() {
    closed_ = true;
    end_idle();
    return group_.join();
  }

 private:
  static constexpr std::size_t capacity = 2000, least_place = 16;

  enum class State : std::uint8_t { empty, ready, blocked };
  struct Queue {
    Queue(net::Loop& loop, FlowPtr of) : flow(std::move(of)), room(loop) {}
    FlowPtr flow;
    // Large blocks: the default holds one or two pieces of work in each.
    boost::container::deque<
        Work, void,
        typename boost::container::deque_options<boost::container::block_size<32U>>::type>
        items;
    net::Signal room;
    std::size_t running = 0;
    State state = State::empty;  // which list it is in
  };

  std::size_t place_of_each() const noexcept {
    return std::max(capacity / std::max<std::size_t>(holders_, 1), least_place);
  }
  bool full(const Queue& queue) const noexcept {
    const auto size = queue.items.size();
    return size >= place_of_each() || (queued_ >= 2 * capacity && size >= least_place);
  }

  bool has_room(const Queue& queue) const noexcept {
    return !full(queue) && queue.items.size() <= place_of_each() / 2;
  }

  Queue* find(const FlowPtr& flow) const {
    if (last_ != nullptr && last_->flow == flow) return last_;
    const auto found = queues_.find(flow.get());
    if (found != queues_.end()) last_ = found->second.get();
    return found == queues_.end() ? nullptr : last_;
  }

  Queue& queue_of(const FlowPtr& flow) {
    if (Queue* known = find(flow)) return *known;
    if (queues_.size() >= sweep_at_) sweep();
    auto& queue = queues_[flow.get()];
    queue = std::make_unique<Queue>(loop_, flow);
    last_ = queue.get();
    return *last_;
  }

  // Forgets flows that nobody refers to any more.
  void sweep() {
    last_ = nullptr;
    std::erase_if(queues_, [](const auto& entry) {
      const Queue& queue = *entry.second;
      return queue.items.empty() && queue.running == 0 && queue.room.waiting() == 0 &&
             queue.flow.use_count() <= 1;
    });
    sweep_at_ = 2 * queues_.size() + 16;
  }

  void make_ready(Queue& queue) {
    if (queue.state != State::empty) return;
    ++holders_;
    queue.state = State::ready;
    ready_.push_back(&queue);
  }

  void block_first() {
    ready_.front()->state = State::blocked;
    blocked_.push_back(ready_.front());
    ready_.pop_front();
  }

  void unblock_all() {
    for (Queue* queue : blocked_) {
      queue->state = State::ready;
      ready_.push_back(queue);
    }
    blocked_.clear();
  }

  // Puts a flow that may begin work first; false when there is none.
  bool find_ready() {
    for (; !ready_.empty(); block_first()) {
      const Queue& queue = *ready_.front();
      if (queue.flow == nullptr || queue.flow->wants_more(queue.running)) return true;
    }
    return false;
  }

  bool may_run_more() const {
    const std::size_t budget = governor_.budget(kind_);
    const std::size_t parked = std::min<std::size_t>(governor_.parked(kind_), budget);
    return running_ < budget + parked;
  }

  // One lane at a time: it begins the next when it has taken its work.
  void begin_more() {
    if (!watching_) {
      watching_ = true;
      group_.spawn(watch());
    }
    if (starting_ >= queued_ || !may_run_more() || !find_ready()) return;
    ++running_;
    ++starting_;
    if (idle_.waiting() > 0) {
      idle_.notify_one();
    } else {
      group_.spawn(lane());
    }
  }

  Work take_first() {
    Queue& queue = *ready_.front();
    ready_.pop_front();
    Work work = std::move(queue.items.front());
    queue.items.pop_front();
    --queued_;
    if (queue.items.empty()) {
      queue.state = State::empty;
      --holders_;
    } else {
      ready_.push_back(&queue);
    }
    if (queue.room.waiting() > 0 && has_room(queue)) queue.room.notify_all();
    return work;
  }

  bool over() const noexcept { return (closed_ || stopped_) && queued_ == 0; }

  void end_idle() {
    if (!over()) return;
    idle_.notify_all();
    governor_.changed().notify_all();
  }

  net::Task<void> lane() {
    for (;;) {
      if (starting_ > 0) {
        --starting_;
        co_await work();
        --running_;
      }
      if (over()) break;
      co_await idle_.wait();
    }
    end_idle();
  }

  net::Task<void> work() {
    // A lane too many, because the budget has shrunk, ends with its work.
    const auto wanted = [this] { return running_ <= governor_.budget(kind_) || may_run_more(); };
    for (bool first = true; (first || wanted()) && find_ready(); first = false) {
      Queue& queue = *ready_.front();
      Work item = take_first();
      ++queue.running;
      begin_more();
      co_await handler_.handle(item);
      --queue.running;
      if (queue.state == State::blocked) unblock_all();
    }
    if (find_ready()) begin_more();
  }

  // Looks again at what was held back when the governor says that something has changed.
  net::Task<void> watch() {
    while (!over()) {
      unblock_all();
      begin_more();
      co_await governor_.changed().wait();
    }
  }

  Governor& governor_;
  Handler& handler_;
  aws::RequestKind kind_;
  net::Loop& loop_;
  std::unordered_map<const Flow*, std::unique_ptr<Queue>> queues_;
  mutable Queue* last_ = nullptr;  // that was found
  std::deque<Queue*> ready_;       // in turn
  std::vector<Queue*> blocked_;    // flows that are throttled
  net::Signal idle_;
  net::TaskGroup group_;
  std::size_t queued_ = 0, holders_ = 0;    // works in queues; queues that are not empty
  std::size_t running_ = 0, starting_ = 0;  // lanes with work; of those, not yet at it
  std::size_t sweep_at_ = 64;
  bool stopped_ = false, closed_ = false, watching_ = false;
};

}  // namespace s3m::transfer
