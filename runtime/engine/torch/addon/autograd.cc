// libtorch's automatic differentiation and mixed precision.
#include <ATen/autocast_mode.h>
#include <c10/core/AutogradState.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "addon.h"

namespace lavis {
namespace {

using torch::autograd::Variable;
using torch::autograd::variable_list;

// What a JavaScript function threw inside a backward pass, on its way out of libtorch.
thread_local napi_ref thrown = nullptr;

// A function of JavaScript that a graph holds.
struct Callback : torch::CustomClassHolder {
  Callback(napi_env env, napi_ref function) : env(env), function(function), abandoned(State::of(env).abandoned()) {}
  ~Callback() override { abandoned->add(function); }

  napi_env env;
  napi_ref function;
  std::shared_ptr<AbandonedReferences> abandoned;
};

// Calls backward(dy, inputs) and takes the gradients out of the handles that it returns.
variable_list callBackward(const Callback& callback, const at::Tensor& dy, const variable_list& inputs) {
  napi_env env = callback.env;
  State& state = State::of(env);
  napi_value arguments[2];
  arguments[0] = fromHandle(env, state.hold(dy));
  check(napi_create_array_with_length(env, inputs.size(), &arguments[1]));
  for (uint32_t i = 0; i < inputs.size(); i++) {
    check(napi_set_element(env, arguments[1], i, fromHandle(env, state.hold(inputs[i]))));
  }
  napi_value receiver;
  napi_value function;
  napi_value returned;
  check(napi_get_undefined(env, &receiver));
  check(napi_get_reference_value(env, callback.function, &function));
  const napi_status status = napi_call_function(env, receiver, function, 2, arguments, &returned);
  if (status != napi_ok) {
    napi_value error;
    check(napi_get_and_clear_last_exception(env, &error));
    // Only objects can be referenced.
    napi_valuetype type;
    check(napi_typeof(env, error, &type));
    if (type != napi_object) {
      napi_value text;
      check(napi_coerce_to_string(env, error, &text));
      check(napi_create_error(env, nullptr, text, &error));
    }
    check(napi_create_reference(env, error, 1, &thrown));
    throw std::runtime_error("a backward function threw");
  }
  variable_list gradients;
  forEach(env, returned, [&](napi_value element) {
    const uint32_t handle = toHandle(env, element);
    gradients.push_back(handle == 0 ? Variable() : state.tensor(handle));
    if (handle != 0) state.release(handle);
  });
  return gradients;
}

// A value as a function of inputs that a function of JavaScript computes the gradients of.
struct JavaScriptFunction : torch::autograd::Function<JavaScriptFunction> {
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      at::TensorList inputs,
      const at::Tensor* value,
      const c10::intrusive_ptr<Callback>& callback) {
    context->save_for_backward(inputs.vec());
    context->saved_data["backward"] = c10::IValue::make_capsule(callback);
    return value->detach();
  }

  static variable_list backward(torch::autograd::AutogradContext* context, const variable_list& gradients) {
    const variable_list inputs = context->get_saved_variables();
    const auto capsule = context->saved_data["backward"].toCapsule();
    const auto& callback = static_cast<const Callback&>(*capsule);
    napi_handle_scope scope;
    check(napi_open_handle_scope(callback.env, &scope));
    try {
      variable_list results = callBackward(callback, gradients[0], inputs);
      check(napi_close_handle_scope(callback.env, scope));
      // The arguments that are no tensors have no gradients.
      results.resize(inputs.size() + 2);
      return results;
    } catch (...) {
      napi_close_handle_scope(callback.env, scope);
      throw;
    }
  }
};

// parameter(handle): void, makes the tensor a leaf that gradients are wanted for
napi_value parameter(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  toTensor(env, arguments[0]).requires_grad_(true);
  return undefined(env);
}

// requiresGrad(handle): boolean
napi_value requiresGrad(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return fromBool(env, toTensor(env, arguments[0]).requires_grad());
}

// setGrad(isEnabled): void
napi_value setGrad(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  c10::GradMode::set_enabled(toBool(env, arguments[0]));
  return undefined(env);
}

// setAutocast(device, type): void; type uint8 switches it off. Remembered casts of parameters are forgotten.
napi_value setAutocast(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const c10::DeviceType device = c10::Device(toString(env, arguments[0])).type();
  const auto type = static_cast<at::ScalarType>(toInteger(env, arguments[1]));
  const bool isEnabled = type != at::kByte;
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device, isEnabled);
  at::autocast::set_autocast_cache_enabled(true);
  if (isEnabled) at::autocast::set_autocast_dtype(device, type);
  return undefined(env);
}

// Memory that nobody else sees, so that gradients may be changed in place: libtorch hands one tensor to several
// parameters, and expanded ones.
at::Tensor separate(at::Tensor gradient) {
  const bool isAlone = gradient.use_count() == 1 && gradient.storage().use_count() == 1 &&
                       gradient.is_contiguous() && gradient.scalar_type() == at::kFloat;
  if (isAlone) return gradient;
  return gradient.detach().to(at::kFloat).clone(at::MemoryFormat::Contiguous);
}

// grad(outputs: handles, inputs: handles, seeds: handles): handles, 0 where an output does not depend on
// an input. Without seeds the outputs have one element each.
napi_value grad(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  State& state = State::of(env);
  state.abandoned()->deleteAll(env);
  const variable_list outputs = toTensors(env, arguments[0]);
  const variable_list inputs = toTensors(env, arguments[1]);
  const variable_list seeds = toTensors(env, arguments[2]);
  variable_list gradients;
  {
    // In this thread: a backward function of JavaScript can run in no other, on a GPU either.
    auto& modes = c10::AutogradState::get_tls_state();
    const bool isMultithreaded = modes.get_multithreading_enabled();
    modes.set_multithreading_enabled(false);
    try {
      gradients = torch::autograd::grad(outputs, inputs, seeds, false, false, true);
    } catch (...) {
      modes.set_multithreading_enabled(isMultithreaded);
      if (thrown == nullptr) throw;
      napi_value error;
      check(napi_get_reference_value(env, thrown, &error));
      napi_delete_reference(env, thrown);
      thrown = nullptr;
      check(napi_throw(env, error));
      throw PendingException{};
    }
    modes.set_multithreading_enabled(isMultithreaded);
  }
  napi_value handles;
  check(napi_create_array_with_length(env, gradients.size(), &handles));
  for (uint32_t i = 0; i < gradients.size(); i++) {
    uint32_t handle = 0;
    if (gradients[i].defined()) handle = state.hold(separate(std::move(gradients[i])));
    check(napi_set_element(env, handles, i, fromHandle(env, handle)));
  }
  return handles;
}

// withBackward(value: handle, inputs: handles, backward): number, the value as a function of the inputs.
// backward(dy: handle, inputs: handles): handles, the gradients, 0 for none. It frees the handles that it gets; those
// that it returns are taken over.
napi_value withBackward(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const at::Tensor value = toTensor(env, arguments[0]);
  const variable_list inputs = toTensors(env, arguments[1]);
  napi_ref reference;
  check(napi_create_reference(env, arguments[2], 1, &reference));
  const auto callback = c10::make_intrusive<Callback>(env, reference);
  return fromHandle(env, State::of(env).hold(JavaScriptFunction::apply(at::TensorList(inputs), &value, callback)));
}

}  // namespace

void defineAutograd(napi_env env, napi_value exports) {
  define<parameter>(env, exports, "parameter");
  define<requiresGrad>(env, exports, "requiresGrad");
  define<setGrad>(env, exports, "setGrad");
  define<setAutocast>(env, exports, "setAutocast");
  define<grad>(env, exports, "grad");
  define<withBackward>(env, exports, "withBackward");
}

}  // namespace lavis
