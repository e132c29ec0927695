// Indices as the tensor API has them: ordered among equals, and told when they are outside.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "addon.h"

namespace lavis {
namespace {

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

}  // namespace

void defineIndices(napi_env env, napi_value exports) {
  define<topK>(env, exports, "topK");
  define<firstOutside>(env, exports, "firstOutside");
}

}  // namespace lavis
