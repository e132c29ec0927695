// Elements between JavaScript's typed arrays and tensors, copied or shared, and what a handle stands for.
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>

#include "addon.h"

namespace lavis {
namespace {

struct TypedArray {
  void* data;
  size_t length;
  at::ScalarType type;
};

TypedArray toTypedArray(napi_env env, napi_value value) {
  napi_typedarray_type type;
  TypedArray array{};
  check(napi_get_typedarray_info(env, value, &type, &array.length, &array.data, nullptr, nullptr));
  switch (type) {
    case napi_float32_array:
      array.type = at::kFloat;
      return array;
    case napi_int32_array:
      array.type = at::kInt;
      return array;
    case napi_uint8_array:
      array.type = at::kBool;
      return array;
    default:
      throw std::runtime_error("a typed array of another type than Float32, Int32 or Uint8");
  }
}

void checkLength(const TypedArray& array, const std::vector<int64_t>& shape) {
  size_t length = 1;
  for (const int64_t size : shape) length *= static_cast<size_t>(size);
  if (length != array.length) throw std::runtime_error("the array's length is not the shape's");
}

// fromArray(data, shape, device): number, a tensor with a copy of the elements
napi_value fromArray(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const TypedArray array = toTypedArray(env, arguments[0]);
  const std::vector<int64_t> shape = toIntegers(env, arguments[1]);
  const c10::Device device(toString(env, arguments[2]));
  checkLength(array, shape);
  at::Tensor tensor = at::empty(shape, array.type);
  if (array.length > 0) std::memcpy(tensor.mutable_data_ptr(), array.data, tensor.nbytes());
  return fromHandle(env, State::of(env).hold(tensor.to(device)));
}

// shareArray(data, shape): number, a tensor on the CPU whose memory is the array's own
napi_value shareArray(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const TypedArray array = toTypedArray(env, arguments[0]);
  const std::vector<int64_t> shape = toIntegers(env, arguments[1]);
  checkLength(array, shape);
  State& state = State::of(env);
  napi_ref reference;
  check(napi_create_reference(env, arguments[0], 1, &reference));
  const auto done = [abandoned = state.abandoned(), reference](void*) { abandoned->add(reference); };
  return fromHandle(env, state.hold(at::from_blob(array.data, shape, done, array.type)));
}

at::Tensor plain(const at::Tensor& tensor, at::ScalarType type) {
  return tensor.detach().to(at::kCPU, type).contiguous();
}

// readInto(handle, array): void, copies the elements, converted to the array's type
napi_value readInto(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const TypedArray array = toTypedArray(env, arguments[1]);
  const at::Tensor tensor = plain(toTensor(env, arguments[0]), array.type);
  if (static_cast<size_t>(tensor.numel()) != array.length) throw std::runtime_error("the array's length is not the tensor's");
  if (array.length > 0) std::memcpy(array.data, tensor.const_data_ptr(), tensor.nbytes());
  return undefined(env);
}

// lend(handle, use: (elements: ArrayBuffer) => T): T; the buffer is a contiguous CPU tensor's own memory, a copy's for
// others, and empty once `use` has returned
napi_value lend(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const at::Tensor& held = toTensor(env, arguments[0]);
  const bool isReduced = held.scalar_type() == at::kBFloat16 || held.scalar_type() == at::kHalf;
  const at::Tensor lent = plain(held, isReduced ? at::kFloat : held.scalar_type());
  napi_value buffer;
  napi_value receiver;
  napi_value result = nullptr;
  check(napi_create_external_arraybuffer(env, lent.mutable_data_ptr(), lent.nbytes(), nullptr, nullptr, &buffer));
  check(napi_get_undefined(env, &receiver));
  const napi_status status = napi_call_function(env, receiver, arguments[1], 1, &buffer, &result);
  napi_value error = nullptr;
  if (status == napi_pending_exception) check(napi_get_and_clear_last_exception(env, &error));
  check(napi_detach_arraybuffer(env, buffer));
  if (error != nullptr) check(napi_throw(env, error));
  check(status);
  return result;
}

// item(handle): number
napi_value item(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return fromNumber(env, toTensor(env, arguments[0]).item().toDouble());
}

// free(handle): void
napi_value release(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  State::of(env).release(toHandle(env, arguments[0]));
  return undefined(env);
}

}  // namespace

void defineData(napi_env env, napi_value exports) {
  define<fromArray>(env, exports, "fromArray");
  define<shareArray>(env, exports, "shareArray");
  define<readInto>(env, exports, "readInto");
  define<lend>(env, exports, "lend");
  define<item>(env, exports, "item");
  define<release>(env, exports, "free");
}

}  // namespace lavis
