// A group of processes that exchange bytes and tensors with libtorch's c10d: gloo, and NCCL for tensors on a GPU.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/DeviceGuard.h>

#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#if defined(LAVIS_NCCL)
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <optional>

#include "watch.h"

namespace lavis::distributed {

// How a group is opened.
struct Plan {
  int rank = 0;
  int size = 1;
  // Where rank 0 listens for the watch and for the store, and on what, which rank 0 alone has.
  std::string host;
  int watchPort = 0;
  int storePort = 0;
  Descriptor watchSocket;
  Descriptor storeSocket;
  // Names the group: processes that know another one are not let in.
  std::string secret;
  // Whether tensors are on a GPU.
  bool isCuda = false;
  Milliseconds timeout{0};
};

enum class CallKind : int64_t { allReduce, broadcast, allGather, reduceScatter, barrier, allocate };
enum class Reduction : int64_t { sum, mean, max };

// One call; runtime/distributed/call.ts.
struct Call {
  CallKind kind;
  Reduction reduction;
  int root;
  uint64_t sequence;
  // The call in words, as all processes have to state it.
  std::vector<uint8_t> words;
  // What it works on; undefined where there is none. All-reduce and broadcast leave their result in `data`.
  at::Tensor data;
  at::Tensor output;
};

// Runs the calls of a process in the order in which they are given, one at a time, in a thread of its own.
class Group : public std::enable_shared_from_this<Group> {
 public:
  enum class State : int64_t { pending, done, failed };

  explicit Group(Plan plan) : plan_(std::move(plan)) {}

  // The thread holds the group, so that one that hangs in a call harms nobody but itself.
  void start() {
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  }

  void push(Call call) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (watch_) watch_->came(call.sequence);
    waiting_.push_back(std::move(call));
    changed_.notify_all();
  }

  // Waits until a call is done, opening being number 0, the group has failed, or the time is over.
  State wait(uint64_t sequence, Milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto deadline = Clock::now() + time;
    for (;;) {
      if (isOpen_ && finished_ >= sequence) return State::done;
      const auto now = Clock::now();
      const auto failsAt = failureTime();
      if (now >= failsAt) return State::failed;
      if (now >= deadline) return State::pending;
      changed_.wait_until(lock, std::min(deadline, failsAt));
    }
  }

  // Why the group has failed.
  Failure failure() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_) return *failure_;
    return {FailureKind::peerLost, "a connection to another process broke: " + broken_.value_or(""), {}};
  }

  // Where processes are out of step: what each of them stated, one after the other.
  std::vector<uint8_t> statedCalls() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stated_;
  }

  std::vector<int> missing(uint64_t sequence) {
    const auto watch = this->watch();
    return watch ? watch->missing(sequence) : std::vector<int>{};
  }

  void abort(const std::string& reason) {
    if (const auto watch = this->watch()) watch->tell({FailureKind::aborted, reason, {}});
  }

  // Leaves the group: the others' calls that need this process fail. The thread ends when it is through with the call
  // that it is in, which never comes where another process hangs. Without a word, others take it that the process ends.
  void leave(bool isOrderly) {
    std::shared_ptr<Watch> watch;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (isLeaving_) return;
      isLeaving_ = true;
      waiting_.clear();
      watch = std::move(watch_);
      changed_.notify_all();
    }
    const std::string message = "rank " + std::to_string(plan_.rank) + " has left";
    if (watch && isOrderly) watch->tell({FailureKind::peerLost, message, {}, true});
  }

  // Waits for the thread's end.
  bool hasEnded(Milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return isEnded_; });
  }

 private:
  // A process may end when it is through with a call while others are not: what it has sent is still on its way. One
  // that leaves in order is so as a rule, and nobody waits for it.
  static constexpr Milliseconds grace{200};
  static constexpr Milliseconds orderlyGrace{2000};
  // Gloo notices the end of a process first, the watch tells which one it was.
  static constexpr Milliseconds explanation{1000};
  // Whoever waits for a call knows for how long; gloo need not.
  static constexpr Milliseconds forever{std::chrono::hours(24 * 365)};

  std::shared_ptr<Watch> watch() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return watch_;
  }

  Clock::time_point failureTime() const {
    if (failure_ && (broken_ || failure_->kind != FailureKind::peerLost)) return failedAt_;
    if (failure_) return std::max(failedAt_, startedAt_) + (failure_->isOrderly ? orderlyGrace : grace);
    if (broken_) return failedAt_ + explanation;
    return Clock::time_point::max();
  }

  void fail(Failure failure) {
    const std::lock_guard<std::mutex> lock(mutex_);
    // The first is the cause of the others, but for those that left in order, and for processes that found out before
    // this one that all are out of step, and ended.
    const bool isCause = failure.kind == FailureKind::outOfStep && failure_ && failure_->kind == FailureKind::peerLost;
    const bool isKnown = failure_ && (!failure_->isOrderly || failure.isOrderly);
    if ((isKnown && !isCause) || isLeaving_) return;
    failure_ = std::move(failure);
    failedAt_ = Clock::now();
    changed_.notify_all();
  }

  void run() {
    try {
      open();
      while (auto call = next()) {
        if (!execute(*call)) break;
        const std::lock_guard<std::mutex> lock(mutex_);
        finished_ = call->sequence;
        changed_.notify_all();
      }
    } catch (const std::exception& problem) {
      const auto* ours = dynamic_cast<const c10::Error*>(&problem);
      const std::string text = ours == nullptr ? problem.what() : ours->what_without_backtrace();
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!isOpen_ && !failure_) failure_ = Failure{FailureKind::other, text, {}};
      if (!broken_ && !failure_) failedAt_ = Clock::now();
      broken_ = text;
      changed_.notify_all();
    }
    close();
  }

  void open() {
    const auto deadline = Clock::now() + plan_.timeout;
    const auto onFailure = [this](Failure failure) { fail(std::move(failure)); };
    const auto watch = std::make_shared<Watch>(plan_.rank, plan_.size, onFailure);
    std::string address = plan_.host;
    if (plan_.rank == 0) {
      watch->host(plan_.watchSocket, plan_.secret, deadline, isLeaving_);
    } else {
      address = watch->join(plan_.host, plan_.watchPort, plan_.secret, deadline);
    }
    watch->start();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (isLeaving_) return;
      watch_ = watch;
    }

    c10d::TCPStoreOptions storeOptions;
    storeOptions.port = static_cast<uint16_t>(plan_.storePort);
    storeOptions.isServer = plan_.rank == 0;
    storeOptions.waitWorkers = false;
    storeOptions.timeout = leftUntil(deadline);
    if (plan_.rank == 0) storeOptions.masterListenFd = plan_.storeSocket.release();
    const auto store = c10::make_intrusive<c10d::TCPStore>(plan_.host, storeOptions);
    const auto named = [&](const char* name) {
      return c10::make_intrusive<c10d::PrefixStore>(plan_.secret + "/" + name, store);
    };

    const auto options = c10d::ProcessGroupGloo::Options::create(leftUntil(deadline));
    options->threads = 1;
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
    gloo_ = c10::make_intrusive<c10d::ProcessGroupGloo>(named("gloo"), plan_.rank, plan_.size, options);
#if defined(LAVIS_NCCL)
    if (plan_.isCuda) {
      // Its watchdog would end the process after a time of its own.
      const auto ncclOptions = c10d::ProcessGroupNCCL::Options::create();
      ncclOptions->timeout = forever;
      nccl_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(named("nccl"), plan_.rank, plan_.size, ncclOptions);
    }
#endif
    const std::lock_guard<std::mutex> lock(mutex_);
    isOpen_ = true;
    changed_.notify_all();
  }

  std::optional<Call> next() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return isLeaving_ || !waiting_.empty(); });
    if (isLeaving_) return std::nullopt;
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    startedAt_ = Clock::now();
    return call;
  }

  // False where another process is about to do something else.
  bool execute(Call& call) {
    const at::NoGradGuard guard;
    if (!isSame(call.words)) return false;
    if (!call.data.defined() || call.data.numel() == 0) return true;
    switch (call.kind) {
      case CallKind::allReduce:
        reduce(call.data, call.reduction);
        break;
      case CallKind::reduceScatter: {
        // In place, and without gloo's copies: what is put in may be changed.
        reduce(call.data, call.reduction);
        const int64_t length = call.output.numel();
        call.output.copy_(call.data.narrow(0, plan_.rank * length, length));
        break;
      }
      case CallKind::broadcast: {
        std::vector<at::Tensor> tensors{call.data};
        c10d::BroadcastOptions options;
        options.rootRank = call.root;
        options.timeout = forever;
        gloo_->broadcast(tensors, options)->wait();
        break;
      }
      case CallKind::allGather:
        gather(call.output, call.data);
        break;
      case CallKind::barrier:
      case CallKind::allocate:
        break;
    }
    return true;
  }

  bool isSame(const std::vector<uint8_t>& words) {
    const auto length = static_cast<int64_t>(words.size());
    at::Tensor all = at::empty({length * plan_.size}, at::kByte);
    gather(all, at::from_blob(const_cast<uint8_t*>(words.data()), {length}, at::kByte));
    const auto* stated = all.const_data_ptr<uint8_t>();
    for (int rank = 0; rank < plan_.size; rank++) {
      if (std::equal(words.begin(), words.end(), stated + rank * length)) continue;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        stated_.assign(stated, stated + all.numel());
      }
      fail({FailureKind::outOfStep, "the processes are out of step", {rank}});
      return false;
    }
    return true;
  }

  void gather(at::Tensor output, at::Tensor input) {
    c10d::AllgatherOptions options;
    options.timeout = forever;
    gloo_->_allgather_base(output, input, options)->wait();
  }

  void reduce(at::Tensor& data, Reduction reduction) {
    std::vector<at::Tensor> tensors{data};
    c10d::AllreduceOptions options;
    options.reduceOp = reduction == Reduction::max ? c10d::ReduceOp::MAX : c10d::ReduceOp::SUM;
    options.timeout = forever;
    const c10::OptionalDeviceGuard guard(data.device());
    finish(groupFor(data).allreduce(tensors, options), data);
    if (reduction == Reduction::mean) scale(data);
  }

  c10d::Backend& groupFor(const at::Tensor& data) {
#if defined(LAVIS_NCCL)
    if (data.is_cuda() && nccl_) return *nccl_;
#endif
    return *gloo_;
  }

  void finish(const c10::intrusive_ptr<c10d::Work>& work, const at::Tensor& data) {
    // On a GPU `wait` would only make what JavaScript queues there meanwhile come after the call.
    while (!data.is_cpu() && !work->isCompleted()) {
      if (mustStop()) {
#if defined(LAVIS_NCCL)
        if (nccl_) nccl_->abort();
#endif
        throw std::runtime_error("a call was given up");
      }
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    work->wait();
  }

  bool mustStop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return isLeaving_ || Clock::now() >= failureTime();
  }

  void scale(at::Tensor& data) const {
    const float factor = 1.0f / static_cast<float>(plan_.size);
    if (!data.is_cpu()) {
      data.mul_(factor);
      return;
    }
    // Not with libtorch's threads, which compute meanwhile.
    auto* numbers = data.mutable_data_ptr<float>();
    const int64_t length = data.numel();
    for (int64_t i = 0; i < length; i++) numbers[i] *= factor;
  }

  void close() {
    gloo_.reset();
#if defined(LAVIS_NCCL)
    nccl_.reset();
#endif
    const std::lock_guard<std::mutex> lock(mutex_);
    isEnded_ = true;
    changed_.notify_all();
  }

  Plan plan_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_;
#if defined(LAVIS_NCCL)
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl_;
#endif

  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Watch> watch_;
  std::deque<Call> waiting_;
  std::atomic<bool> isLeaving_{false};
  bool isOpen_ = false;
  bool isEnded_ = false;
  uint64_t finished_ = 0;
  Clock::time_point startedAt_{};
  // What is known of the failure, what gloo says, and since when.
  std::optional<Failure> failure_;
  std::optional<std::string> broken_;
  Clock::time_point failedAt_{};
  std::vector<uint8_t> stated_;
};

}  // namespace lavis::distributed
