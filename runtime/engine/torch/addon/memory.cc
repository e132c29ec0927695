// What tensors take, on the CPU and on a GPU.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <c10/core/CPUAllocator.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "addon.h"

namespace lavis {
namespace {

// The memory of tensors on the CPU. What goes back is kept for the next tensor of about that size, since fresh
// pages cost more to touch than most operators take to fill them; but never so much that what is out and what is
// kept exceed what was out at most. Counts what is out.
class PoolAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &give, c10::Device(c10::kCPU)};
    void* data = take(bytes);
    return {data, data, &give, c10::Device(c10::kCPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &give; }

  void copy_data(void* to, const void* from, size_t bytes) const override { default_copy_data(to, from, bytes); }

  struct Usage {
    size_t bytes;
    size_t tensors;
    size_t peakBytes;
  };

  Usage usage() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {live_, count_, peak_};
  }

  void resetPeak() {
    const std::lock_guard<std::mutex> lock(mutex_);
    peak_ = live_;
  }

  // Gives what is kept back to the system.
  void trim() {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (!kept_.empty()) dropLargest();
    most_ = out_;
  }

  static PoolAllocator& instance() {
    static auto* pool = new PoolAllocator();
    return *pool;
  }

 private:
  // Stands before each block; its size keeps what follows aligned for every vector instruction.
  struct alignas(64) Header {
    // How many bytes were asked for, and how many the block has after its header.
    size_t asked;
    size_t capacity;
  };

  // Smaller blocks are the C library's: it keeps those itself.
  static constexpr size_t leastKept = size_t{1} << 20;
  static constexpr size_t page = 4096;

  void* take(size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Header* block = bytes < leastKept ? pop(bytes) : reuse(bytes);
    if (block == nullptr) block = obtain(bytes);
    block->asked = bytes;
    count_++;
    live_ += bytes;
    peak_ = std::max(peak_, live_);
    out_ += block->capacity;
    most_ = std::max(most_, out_);
    return block + 1;
  }

  // Blocks of up to mostSmall bytes come in steps of 64, each step with a stack of those that went back: scalars and
  // short vectors come and go with every operator.
  static constexpr size_t mostSmall = 4096;
  static size_t step(size_t bytes) { return (bytes + 63) / 64; }

  Header* pop(size_t bytes) {
    if (bytes > mostSmall || small_[step(bytes)].empty()) return nullptr;
    Header* block = small_[step(bytes)].back();
    small_[step(bytes)].pop_back();
    return block;
  }

  // The smallest kept block that fits and is not much too large.
  Header* reuse(size_t bytes) {
    const auto found = kept_.lower_bound(bytes);
    if (found == kept_.end() || found->first > bytes + bytes / 8) return nullptr;
    Header* block = found->second;
    kept_.erase(found);
    keptBytes_ -= block->capacity;
    return block;
  }

  Header* obtain(size_t bytes) {
    const bool isKept = bytes >= leastKept;
    const size_t whole = isKept ? (sizeof(Header) + bytes + page - 1) / page * page : sizeof(Header) + bytes;
    const size_t capacity = whole - sizeof(Header);
    while (isKept && !kept_.empty() && out_ + keptBytes_ + capacity > most_) dropLargest();
    const auto get = [&] { return isKept ? map(whole) : std::aligned_alloc(alignof(Header), 64 * step(whole)); };
    void* memory = get();
    if (memory == nullptr && !kept_.empty()) {
      while (!kept_.empty()) dropLargest();
      memory = get();
    }
    TORCH_CHECK(memory != nullptr, "can't allocate memory: ", bytes, " bytes more for a tensor");
    auto* block = static_cast<Header*>(memory);
    block->capacity = capacity;
    return block;
  }

  void dropLargest() {
    const auto last = std::prev(kept_.end());
    keptBytes_ -= last->first;
    unmap(last->second, last->first + sizeof(Header));
    kept_.erase(last);
  }

  // Pages of the system's, in large ones where it has them: fewer faults, and fewer misses of the translation cache.
#if defined(__linux__)
  static void* map(size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
  }
  static void unmap(void* memory, size_t bytes) { munmap(memory, bytes); }
#else
  static void* map(size_t bytes) { return std::aligned_alloc(page, bytes); }
  static void unmap(void* memory, size_t) { std::free(memory); }
#endif

  static void give(void* data) {
    if (data == nullptr) return;
    auto* block = static_cast<Header*>(data) - 1;
    PoolAllocator& pool = instance();
    const std::lock_guard<std::mutex> lock(pool.mutex_);
    pool.count_--;
    pool.live_ -= block->asked;
    pool.out_ -= block->capacity;
    if (block->asked <= mostSmall) {
      pool.small_[step(block->asked)].push_back(block);
    } else if (block->asked < leastKept) {
      std::free(block);
    } else {
      pool.keptBytes_ += block->capacity;
      pool.kept_.emplace(block->capacity, block);
    }
  }

  std::mutex mutex_;
  std::array<std::vector<Header*>, mostSmall / 64 + 1> small_;
  std::multimap<size_t, Header*> kept_;
  size_t keptBytes_ = 0;
  size_t live_ = 0;
  size_t count_ = 0;
  size_t peak_ = 0;
  // The capacities that are out, and their peak, which resetPeak leaves alone.
  size_t out_ = 0;
  size_t most_ = 0;
};

at::DeviceAllocator* allocatorOf(const c10::Device& device) {
  // A GPU's statistics begin when CUDA does.
  at::globalContext().lazyInitDevice(device.type());
  return at::getDeviceAllocator(device.type());
}

napi_value usage(napi_env env, size_t bytes, size_t tensors, size_t peakBytes) {
  napi_value object;
  check(napi_create_object(env, &object));
  check(napi_set_named_property(env, object, "bytes", fromNumber(env, static_cast<double>(bytes))));
  check(napi_set_named_property(env, object, "tensors", fromNumber(env, static_cast<double>(tensors))));
  check(napi_set_named_property(env, object, "peakBytes", fromNumber(env, static_cast<double>(peakBytes))));
  return object;
}

// memory(device): { bytes, tensors, peakBytes } of the process on that device
napi_value memory(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const c10::Device device(toString(env, arguments[0]));
  if (device.is_cpu()) {
    const auto [bytes, tensors, peakBytes] = PoolAllocator::instance().usage();
    return usage(env, bytes, tensors, peakBytes);
  }
  const auto stats = allocatorOf(device)->getDeviceStats(device.index());
  const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return usage(
      env,
      static_cast<size_t>(stats.allocated_bytes[all].current),
      static_cast<size_t>(stats.allocation[all].current),
      static_cast<size_t>(stats.allocated_bytes[all].peak));
}

// resetPeak(device): void, the peak is what is out now
napi_value resetPeak(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const c10::Device device(toString(env, arguments[0]));
  if (device.is_cpu()) {
    PoolAllocator::instance().resetPeak();
  } else {
    allocatorOf(device)->resetPeakStats(device.index());
  }
  return undefined(env);
}

// trim(device): void, gives memory that no tensor has back to the system
napi_value trim(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const c10::Device device(toString(env, arguments[0]));
  if (device.is_cpu()) {
    PoolAllocator::instance().trim();
  } else {
    allocatorOf(device)->emptyCache();
  }
  return undefined(env);
}

// heldHandles(): number
napi_value heldHandles(napi_env env, napi_callback_info) {
  return fromNumber(env, static_cast<double>(State::of(env).held()));
}

}  // namespace

void defineMemory(napi_env env, napi_value exports) {
  // The first environment of the process sets it; memory from before is given back as it was taken.
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&PoolAllocator::instance(), 1); });
  define<memory>(env, exports, "memory");
  define<resetPeak>(env, exports, "resetPeak");
  define<trim>(env, exports, "trim");
  define<heldHandles>(env, exports, "heldHandles");
}

}  // namespace lavis
