// Layers on the CPU that are faster than what libtorch's own operators choose.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_safe_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <torch/csrc/autograd/custom_function.h>

#include "addon.h"

namespace lavis {
namespace {

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

}  // namespace

void defineLayers(napi_env env, napi_value exports) {
  define<linear>(env, exports, "linear");
  define<attention>(env, exports, "attention");
}

}  // namespace lavis
