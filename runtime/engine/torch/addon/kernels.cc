// What libtorch's operators do not do as the tensor API says: draws that follow from a key, ordered ties, and
// indices that are told when they are outside.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/_safe_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/empty.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

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

// oneDNN's product of float32 matrices, on the CPU a tenth to a third faster than the BLAS that libtorch's own linear
// layer takes; empty where this libtorch was built without it.
using LinearPointwise = at::Tensor(
    const at::Tensor&,
    const at::Tensor&,
    const std::optional<at::Tensor>&,
    std::string_view,
    c10::List<std::optional<at::Scalar>>,
    std::optional<std::string_view>);

const std::optional<c10::TypedOperatorHandle<LinearPointwise>>& linearPointwise() {
  static const auto found = []() -> std::optional<c10::TypedOperatorHandle<LinearPointwise>> {
    const auto op = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!op || !op->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
    try {
      return op->typed<LinearPointwise>();
    } catch (const c10::Error&) {
      return std::nullopt;
    }
  }();
  return found;
}

// x · weightᵀ + bias for x [rows, in], weight [out, in] of any strides
at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias) {
  return linearPointwise()->call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), "");
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      const at::Tensor& x,
      const at::Tensor& weight,
      const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["hasBias"] = bias.has_value();
    return product(x, weight, bias);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext* context,
      const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dx;
    at::Tensor dweight;
    at::Tensor dbias;
    if (context->needs_input_grad(0)) dx = product(dy, weight.t(), std::nullopt);
    // Both factors are transposed here, which the BLAS is faster at.
    if (context->needs_input_grad(1)) dweight = dy.t().mm(x);
    if (context->saved_data["hasBias"].toBool() && context->needs_input_grad(2)) dbias = dy.sum(0);
    return {dx, dweight, dbias};
  }
};

// linear(x, weight, bias | 0): number; float32 on the CPU
napi_value linear(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  State& state = State::of(env);
  const at::Tensor& x = toTensor(env, arguments[0]);
  const at::Tensor& weight = toTensor(env, arguments[1]);
  const uint32_t biasHandle = toHandle(env, arguments[2]);
  const auto bias = biasHandle == 0 ? std::nullopt : std::make_optional(state.tensor(biasHandle));
  if (!linearPointwise() || x.numel() == 0 || weight.numel() == 0) {
    return fromHandle(env, state.hold(at::linear(x, weight, bias)));
  }
  auto shape = x.sizes().vec();
  const at::Tensor rows = x.reshape({-1, shape.back()});
  shape.back() = weight.size(0);
  return fromHandle(env, state.hold(Linear::apply(rows, weight, bias).view(shape)));
}

// softmax(q · kᵀ · scale + mask) in float32
at::Tensor attentionWeights(const at::Tensor& q, const at::Tensor& k, const at::Tensor& mask, double scale) {
  at::Tensor scores = at::matmul(q, k.transpose(-1, -2)).to(at::kFloat).mul_(scale);
  if (!mask.defined()) return at::softmax(scores, -1);
  return at::_safe_softmax(scores.add_(mask), -1);
}

// Attention on the CPU in less than float32. libtorch's fused kernel takes almost three times as long there, its
// backward pass above all; this one too keeps no weights, but computes them again.
struct ReducedAttention : torch::autograd::Function<ReducedAttention> {
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      const at::Tensor& q,
      const at::Tensor& k,
      const at::Tensor& v,
      const std::optional<at::Tensor>& mask,
      double scale) {
    context->save_for_backward({q, k, v, mask.value_or(at::Tensor())});
    context->saved_data["scale"] = scale;
    return at::matmul(attentionWeights(q, k, mask.value_or(at::Tensor()), scale).to(v.scalar_type()), v);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext* context,
      const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &mask = saved[3];
    const at::Tensor& dy = gradients[0];
    const double scale = context->saved_data["scale"].toDouble();
    const at::Tensor weights = attentionWeights(q, k, mask, scale);
    at::Tensor dq;
    at::Tensor dk;
    at::Tensor dv;
    if (context->needs_input_grad(2)) dv = at::matmul(weights.to(v.scalar_type()).transpose(-1, -2), dy);
    if (context->needs_input_grad(0) || context->needs_input_grad(1)) {
      const at::Tensor dweights = at::matmul(dy, v.transpose(-1, -2)).to(at::kFloat);
      const at::Tensor dscores =
          at::_softmax_backward_data(dweights, weights, -1, at::kFloat).mul_(scale).to(q.scalar_type());
      if (context->needs_input_grad(0)) dq = at::matmul(dscores, k);
      if (context->needs_input_grad(1)) dk = at::matmul(dscores.transpose(-1, -2), q);
    }
    return {dq, dk, dv, at::Tensor(), at::Tensor()};
  }
};

// attention(q, k, v, mask | 0, scale): number; q, k, v of one type on the CPU, the mask float32
napi_value attention(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  State& state = State::of(env);
  const auto at = [&](size_t i) { return toTensor(env, arguments[i]); };
  const uint32_t maskHandle = toHandle(env, arguments[3]);
  const auto mask = maskHandle == 0 ? std::nullopt : std::make_optional(state.tensor(maskHandle));
  return fromHandle(
      env, state.hold(ReducedAttention::apply(at(0), at(1), at(2), mask, toNumber(env, arguments[4]))));
}

// topK(handle, k): [values, indices] along the last axis; of equal elements the lower index is first. NaN counts
// as the largest, as in libtorch.
napi_value topK(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const at::Tensor x = toTensor(env, arguments[0]).detach().to(at::kCPU, at::kFloat).contiguous();
  const int64_t k = toInteger(env, arguments[1]);
  const int64_t length = x.size(-1);
  auto shape = x.sizes().vec();
  shape.back() = k;
  at::Tensor values = at::empty(shape, at::kFloat);
  at::Tensor indices = at::empty(shape, at::kInt);
  const float* from = x.const_data_ptr<float>();
  auto* largest = values.mutable_data_ptr<float>();
  auto* at = indices.mutable_data_ptr<int32_t>();
  at::parallel_for(0, length == 0 ? 0 : x.numel() / length, 1, [&](int64_t begin, int64_t end) {
    std::vector<int32_t> order(length);
    for (int64_t row = begin; row < end; row++) {
      const float* elements = from + row * length;
      const auto isBefore = [elements](int32_t i, int32_t j) {
        const bool isNaN = std::isnan(elements[i]);
        if (isNaN != std::isnan(elements[j])) return isNaN;
        if (elements[i] != elements[j] && !isNaN) return elements[i] > elements[j];
        return i < j;
      };
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + k, order.end(), isBefore);
      for (int64_t i = 0; i < k; i++) {
        largest[row * k + i] = elements[order[i]];
        at[row * k + i] = order[i];
      }
    }
  });
  State& state = State::of(env);
  const auto device = toTensor(env, arguments[0]).device();
  napi_value pair;
  check(napi_create_array_with_length(env, 2, &pair));
  check(napi_set_element(env, pair, 0, fromHandle(env, state.hold(values.to(device)))));
  check(napi_set_element(env, pair, 1, fromHandle(env, state.hold(indices.to(device)))));
  return pair;
}

// firstOutside(handle, length, except): number, where the first of int32 elements on the CPU is that is neither in
// 0 … length − 1 nor `except`; −1 for nowhere
napi_value firstOutside(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const at::Tensor indices = toTensor(env, arguments[0]).contiguous();
  const int64_t length = toInteger(env, arguments[1]);
  const int64_t except = toInteger(env, arguments[2]);
  const auto* elements = indices.const_data_ptr<int32_t>();
  for (int64_t i = 0; i < indices.numel(); i++) {
    if ((elements[i] < 0 || elements[i] >= length) && elements[i] != except) return fromNumber(env, static_cast<double>(i));
  }
  return fromNumber(env, -1);
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

void defineKernels(napi_env env, napi_value exports) {
  define<dropout>(env, exports, "dropout");
  define<linear>(env, exports, "linear");
  define<attention>(env, exports, "attention");
  define<topK>(env, exports, "topK");
  define<firstOutside>(env, exports, "firstOutside");
  define<seed>(env, exports, "seed");
  define<randomState>(env, exports, "randomState");
  define<setRandomState>(env, exports, "setRandomState");
}

}  // namespace lavis
