#include "net/signal.hpp"

#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/intrusive/list.hpp>

namespace s3m::net {

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

using RegistryHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

}  // namespace

// A suspended coroutine. It is linked twice: in its Signal's queue, and in the registry of all
// waiters of the loop.
struct Signal::Waiter : RegistryHook {
  explicit Waiter(Signal& signal) noexcept : owner(signal) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;
  virtual void wake() = 0;  // destroys *this

  Signal& owner;
  Waiter* next = nullptr;
};

template <class Handler>
struct Signal::HandlerWaiter final : Waiter {
  HandlerWaiter(Signal& signal, Handler&& h) : Waiter(signal), handler(std::move(h)) {}

  void wake() override {
    Handler resume(std::move(handler));
    delete this;
    asio::post(std::move(resume));
  }

  Handler handler;
};

// All waiters of a loop. A Signal may live in the frame that waits on it (a TaskGroup being
// joined), so the loop, not the Signal, has to break that ring when it is destroyed.
class Signal::Registry final : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;

  explicit Registry(asio::execution_context& context)
      : asio::execution_context::service(context), loop_(static_cast<Loop&>(context)) {}

  void add(Waiter& waiter) noexcept { waiters_.push_front(waiter); }
  bool loop_is_gone() const noexcept { return gone_; }

 private:
  using List = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

  // The loop destroys what is posted after what its reactor and timers held, so this posts
  // something whose destruction takes the waiters down.
  void shutdown() override {
    gone_ = true;
    auto destroy = [](Registry* registry) { registry->destroy_waiters(); };
    std::unique_ptr<Registry, decltype(destroy)> guard(this, destroy);
    asio::post(loop_, [last = std::move(guard)]() {});
  }

  void destroy_waiters() {
    while (!waiters_.empty()) {
      Waiter& waiter = waiters_.front();
      waiter.owner.first_ = waiter.owner.last_ = nullptr;
      delete &waiter;
    }
  }

  Loop& loop_;
  List waiters_;  // the latest first
  bool gone_ = false;
};

Signal::Signal(Loop& loop) : registry_(asio::use_service<Registry>(loop)) {}

Signal::~Signal() {
  while (Waiter* waiter = dequeue())
    delete waiter;
}

void Signal::enqueue(Waiter* waiter) noexcept {
  (last_ == nullptr ? first_ : last_->next) = waiter;
  last_ = waiter;
  ++waiting_;
  registry_.add(*waiter);
}

Signal::Waiter* Signal::dequeue() noexcept {
  Waiter* waiter = first_;
  if (waiter == nullptr) return nullptr;
  first_ = waiter->next;
  if (first_ == nullptr) last_ = nullptr;
  --waiting_;
  return waiter;
}

Task<void> Signal::wait() {
  auto enqueue_handler = [this]<class Handler>(Handler handler) {
    enqueue(new HandlerWaiter<Handler>(*this, std::move(handler)));
  };
  co_await asio::async_initiate<const asio::deferred_t, void()>(enqueue_handler, asio::deferred);
}

void Signal::notify_one() {
  if (Waiter* waiter = dequeue()) waiter->wake();
}

void Signal::notify_all() {
  for (std::size_t count = waiting_; count > 0; --count)
    notify_one();
}

bool Signal::loop_is_gone() const noexcept {
  return registry_.loop_is_gone();
}

Task<void> sleep_for(std::chrono::nanoseconds duration) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor, duration);
  co_await timer.async_wait(asio::deferred);
}

// One sleep, linked into its token while it lasts.
struct CancelToken::Sleeper {
  Sleeper(CancelToken& token, std::chrono::nanoseconds duration)
      : timer(token.loop_.get_executor(), duration), owner(&token), next(token.sleepers_) {
    if (next != nullptr) next->link = &next;
    link = &token.sleepers_;
    token.sleepers_ = this;
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    if (owner == nullptr) return;
    *link = next;
    if (next != nullptr) next->link = link;
  }

  Timer timer;
  CancelToken* owner;  // null once the token is gone
  Sleeper* next;
  Sleeper** link = nullptr;  // what points at this
};

CancelToken::~CancelToken() {
  for (Sleeper* sleeper = sleepers_; sleeper != nullptr; sleeper = sleeper->next) {
    sleeper->owner = nullptr;
  }
}

void CancelToken::cancel() {
  cancelled_ = true;
  for (Sleeper* sleeper = sleepers_; sleeper != nullptr; sleeper = sleeper->next) {
    sleeper->timer.cancel();
  }
}

Task<bool> CancelToken::sleep_for(std::chrono::nanoseconds duration) {
  if (cancelled_) co_return false;
  Sleeper sleeper(*this, duration);
  co_await sleeper.timer.async_wait(asio::as_tuple(asio::deferred));
  co_return !cancelled_;
}

}  // namespace s3m::net
