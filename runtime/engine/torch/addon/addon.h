// What the parts of the addon share: the environment's handles, and conversions between JavaScript and C++.
#pragma once

#include <ATen/core/Tensor.h>
#include <node_api.h>

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace lavis {

// A JavaScript exception is pending in the environment: unwind to the callback's end and leave it there.
struct PendingException : std::exception {};

inline void check(napi_status status) {
  if (status == napi_ok) return;
  if (status == napi_pending_exception) throw PendingException{};
  throw std::runtime_error("Node-API call failed with status " + std::to_string(status));
}

// References to JavaScript values that are to be deleted: only their own thread may do that, and tensors die on any. It
// outlives its environment where a tensor does.
class AbandonedReferences {
 public:
  void add(napi_ref reference) {
    const std::lock_guard<std::mutex> lock(mutex_);
    references_.push_back(reference);
    isEmpty_ = false;
  }

  void deleteAll(napi_env env) {
    if (isEmpty_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (napi_ref reference : references_) napi_delete_reference(env, reference);
    references_.clear();
    isEmpty_ = true;
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> isEmpty_{true};
  std::vector<napi_ref> references_;
};

// What one JavaScript environment (the main thread or a worker thread) holds. Integer handles, because finalizers
// of garbage-collected ones do not run while a synchronous training step makes thousands of tensors.
class State {
 public:
  static State& of(napi_env env) {
    void* data = nullptr;
    check(napi_get_instance_data(env, &data));
    return *static_cast<State*>(data);
  }

  // Takes a tensor in and returns its handle, ≥ 1; 0 stands for no tensor.
  uint32_t hold(at::Tensor tensor) {
    if (!tensor.defined()) return 0;
    if (free_.empty()) {
      slots_.push_back(std::move(tensor));
      return static_cast<uint32_t>(slots_.size());
    }
    const uint32_t handle = free_.back();
    free_.pop_back();
    slots_[handle - 1] = std::move(tensor);
    return handle;
  }

  const at::Tensor& tensor(uint32_t handle) const {
    if (handle == 0 || handle > slots_.size() || !slots_[handle - 1].defined()) {
      throw std::runtime_error("handle " + std::to_string(handle) + " stands for no tensor");
    }
    return slots_[handle - 1];
  }

  void release(uint32_t handle) {
    tensor(handle);
    slots_[handle - 1] = at::Tensor();
    free_.push_back(handle);
  }

  size_t held() const { return slots_.size() - free_.size(); }

  const std::shared_ptr<AbandonedReferences>& abandoned() const { return abandoned_; }

 private:
  std::shared_ptr<AbandonedReferences> abandoned_ = std::make_shared<AbandonedReferences>();
  std::vector<at::Tensor> slots_;
  std::vector<uint32_t> free_;
};

// JavaScript → C++

inline double toNumber(napi_env env, napi_value value) {
  double number = 0;
  check(napi_get_value_double(env, value, &number));
  return number;
}

inline int64_t toInteger(napi_env env, napi_value value) {
  int64_t number = 0;
  check(napi_get_value_int64(env, value, &number));
  return number;
}

inline uint32_t toHandle(napi_env env, napi_value value) {
  uint32_t handle = 0;
  check(napi_get_value_uint32(env, value, &handle));
  return handle;
}

inline bool toBool(napi_env env, napi_value value) {
  bool truth = false;
  check(napi_get_value_bool(env, value, &truth));
  return truth;
}

inline std::string toString(napi_env env, napi_value value) {
  size_t length = 0;
  check(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  check(napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

inline const at::Tensor& toTensor(napi_env env, napi_value value) {
  return State::of(env).tensor(toHandle(env, value));
}

// Calls `each(element)` for the elements of an array.
template <typename Each>
void forEach(napi_env env, napi_value array, Each each) {
  uint32_t length = 0;
  check(napi_get_array_length(env, array, &length));
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    check(napi_get_element(env, array, i, &element));
    each(element);
  }
}

inline std::vector<int64_t> toIntegers(napi_env env, napi_value array) {
  std::vector<int64_t> integers;
  forEach(env, array, [&](napi_value element) { integers.push_back(toInteger(env, element)); });
  return integers;
}

inline std::vector<at::Tensor> toTensors(napi_env env, napi_value array) {
  std::vector<at::Tensor> tensors;
  forEach(env, array, [&](napi_value element) { tensors.push_back(toTensor(env, element)); });
  return tensors;
}

// C++ → JavaScript

inline napi_value fromNumber(napi_env env, double number) {
  napi_value value;
  check(napi_create_double(env, number, &value));
  return value;
}

inline napi_value fromHandle(napi_env env, uint32_t handle) {
  napi_value value;
  check(napi_create_uint32(env, handle, &value));
  return value;
}

inline napi_value fromBool(napi_env env, bool truth) {
  napi_value value;
  check(napi_get_boolean(env, truth, &value));
  return value;
}

inline napi_value fromString(napi_env env, const std::string& text) {
  napi_value value;
  check(napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

inline napi_value undefined(napi_env env) {
  napi_value value;
  check(napi_get_undefined(env, &value));
  return value;
}

// The arguments of a callback.
template <size_t Most>
struct Arguments {
  size_t count = Most;
  napi_value values[Most];

  Arguments(napi_env env, napi_callback_info info) {
    check(napi_get_cb_info(env, info, &count, values, nullptr, nullptr));
    if (count > Most) throw std::runtime_error("too many arguments are given");
  }
  napi_value operator[](size_t index) const { return values[index]; }
};

// Throws what went wrong in C++ as a JavaScript error; `code` tells an exhausted memory from the rest.
void throwToJavaScript(napi_env env, std::exception_ptr error);

// The callback of `Function`, a napi_value (napi_env, napi_callback_info) that may throw.
template <napi_value (*Function)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) {
  try {
    return Function(env, info);
  } catch (...) {
    throwToJavaScript(env, std::current_exception());
    return nullptr;
  }
}

template <napi_value (*Function)(napi_env, napi_callback_info)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<Function>, nullptr, &function));
  check(napi_set_named_property(env, exports, name, function));
}

// Each part adds its functions to the module.
void defineData(napi_env env, napi_value exports);
void defineDistributed(napi_env env, napi_value exports);
void defineCall(napi_env env, napi_value exports);
void defineAutograd(napi_env env, napi_value exports);
void defineMemory(napi_env env, napi_value exports);
void defineIndices(napi_env env, napi_value exports);
void defineLayers(napi_env env, napi_value exports);
void defineRandom(napi_env env, napi_value exports);

}  // namespace lavis
