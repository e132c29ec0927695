// Draws: dropout that follows from a key, as on every engine, and the devices' own generators.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>

#include "addon.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LAVIS_VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define LAVIS_VECTORIZED
#endif

namespace lavis {
namespace {

// The generator of runtime/tensor/random.ts: word i of a key (a, b) is mix(mix(i + a) ^ b).
inline uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x21f0aaadu;
  x = (x ^ (x >> 15)) * 0xd35a2d97u;
  return x ^ (x >> 15);
}

struct Draw {
  uint32_t a;
  uint32_t b;
  uint32_t threshold;
  float factor;
};

inline float dropped(float x, int64_t i, const Draw& draw) {
  const uint32_t word = mix(mix(static_cast<uint32_t>(i) + draw.a) ^ draw.b);
  return word >= draw.threshold ? x * draw.factor : 0.0f;
}

// y[i] = x[i] · factor where word i ≥ threshold, else 0
template <typename T>
void dropRange(const T* x, T* y, const Draw& draw, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) y[i] = static_cast<T>(dropped(static_cast<float>(x[i]), i, draw));
}

LAVIS_VECTORIZED void dropFloats(const float* x, float* y, const Draw& draw, int64_t begin, int64_t end) {
  const Draw d = draw;
  for (int64_t i = begin; i < end; i++) y[i] = dropped(x[i], i, d);
}

at::Tensor drop(const at::Tensor& given, const Draw& draw) {
  const at::Tensor x = given.contiguous();
  at::Tensor y = at::empty_like(x);
  at::parallel_for(0, x.numel(), 1 << 14, [&](int64_t begin, int64_t end) {
    switch (x.scalar_type()) {
      case at::kFloat:
        return dropFloats(x.const_data_ptr<float>(), y.mutable_data_ptr<float>(), draw, begin, end);
      case at::kBFloat16:
        return dropRange(x.const_data_ptr<at::BFloat16>(), y.mutable_data_ptr<at::BFloat16>(), draw, begin, end);
      case at::kHalf:
        return dropRange(x.const_data_ptr<at::Half>(), y.mutable_data_ptr<at::Half>(), draw, begin, end);
      default:
        TORCH_CHECK(false, "dropout of ", x.scalar_type());
    }
  });
  return y;
}

// Keeps no mask: the backward pass draws it again.
struct Dropout : torch::autograd::Function<Dropout> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const Draw& draw) {
    context->saved_data["a"] = static_cast<int64_t>(draw.a);
    context->saved_data["b"] = static_cast<int64_t>(draw.b);
    context->saved_data["threshold"] = static_cast<int64_t>(draw.threshold);
    context->saved_data["factor"] = static_cast<double>(draw.factor);
    return drop(x, draw);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext* context,
      const torch::autograd::variable_list& gradients) {
    const Draw draw{
        static_cast<uint32_t>(context->saved_data["a"].toInt()),
        static_cast<uint32_t>(context->saved_data["b"].toInt()),
        static_cast<uint32_t>(context->saved_data["threshold"].toInt()),
        static_cast<float>(context->saved_data["factor"].toDouble())};
    return {drop(gradients[0], draw), at::Tensor()};
  }
};

// dropout(handle, a, b, threshold, factor): number; on the CPU
napi_value dropout(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  const at::Tensor& x = toTensor(env, arguments[0]);
  const Draw draw{
      static_cast<uint32_t>(toInteger(env, arguments[1])),
      static_cast<uint32_t>(toInteger(env, arguments[2])),
      static_cast<uint32_t>(toInteger(env, arguments[3])),
      static_cast<float>(toNumber(env, arguments[4]))};
  return fromHandle(env, State::of(env).hold(Dropout::apply(x, draw)));
}

at::Generator generatorOf(napi_env env, napi_value device) {
  return at::globalContext().defaultGenerator(c10::Device(toString(env, device)));
}

// seed(device, seed): void, of the device's own generator
napi_value seed(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  at::Generator generator = generatorOf(env, arguments[0]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(static_cast<uint64_t>(toInteger(env, arguments[1])));
  return undefined(env);
}

// randomState(device): Uint8Array, the state of the device's own generator
napi_value randomState(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  at::Generator generator = generatorOf(env, arguments[0]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  const at::Tensor state = generator.get_state();
  void* data;
  napi_value buffer;
  napi_value array;
  check(napi_create_arraybuffer(env, state.nbytes(), &data, &buffer));
  std::memcpy(data, state.const_data_ptr(), state.nbytes());
  check(napi_create_typedarray(env, napi_uint8_array, state.nbytes(), buffer, 0, &array));
  return array;
}

// setRandomState(device, state: Uint8Array): void
napi_value setRandomState(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  size_t length;
  void* data;
  check(napi_get_typedarray_info(env, arguments[1], nullptr, &length, &data, nullptr, nullptr));
  at::Tensor state = at::empty({static_cast<int64_t>(length)}, at::kByte);
  std::memcpy(state.mutable_data_ptr(), data, length);
  at::Generator generator = generatorOf(env, arguments[0]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
  return undefined(env);
}

}  // namespace

void defineRandom(napi_env env, napi_value exports) {
  define<dropout>(env, exports, "dropout");
  define<seed>(env, exports, "seed");
  define<randomState>(env, exports, "randomState");
  define<setRandomState>(env, exports, "setRandomState");
}

}  // namespace lavis
